"""What stands on a terminal at the end: bars are gone before anything else is printed."""

from __future__ import annotations

import os
import re
import select
import sys
from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world

if TYPE_CHECKING:
    from cli.process import Torchup

if sys.platform != "win32":
    import pty


def on_terminal(torchup: Torchup, *arguments: str) -> str:
    """Run it at a terminal of its own and return all that was written there."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(torchup.root)
        env = torchup.env | {"TERM": "xterm", "COLUMNS": "90"}
        os.execve(sys.executable, torchup.argv(*arguments), env)
    said = b""
    while select.select([terminal], [], [], torchup.timeout)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux's way of saying that nobody writes any more
            break
        if not piece:
            break
        said += piece
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, said
    return said.decode()


@needs_world
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
def test_no_bar_is_drawn_behind_the_checks(connected: Torchup) -> None:
    said = on_terminal(connected, "create", "demo", "--cpu", "--yes")
    assert "━" in said, "there was a bar"
    _, found, after = said.partition("Verifying")
    assert found
    assert "━" not in after
    assert re.search(r"\x1b\[2K\S*$", said) is None, "the last line is not a bar's"
