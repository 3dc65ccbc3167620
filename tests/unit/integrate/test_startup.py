"""The file that a shell reads as it starts."""

from __future__ import annotations

from typing import Any

import pytest

from torchup.host.capture import Capture, CaptureHost
from torchup.integrate.shells import KINDS
from torchup.integrate.shells.startup import (
    LINES,
    has_line,
    line_for,
    startup_file,
    users_lines,
    without_line,
)


@pytest.mark.parametrize(
    ("system", "files", "found"),
    [
        ("macos", {}, ".bash_profile"),
        ("macos", {".profile": "x\n"}, ".profile"),
        ("macos", {".profile": "x\n", ".bash_login": "x\n"}, ".bash_login"),
        ("macos", {".profile": "x\n", ".bash_profile": "x\n"}, ".bash_profile"),
        ("macos", {".profile": ". ~/.bashrc\n"}, ".bashrc"),
        ("linux", {".profile": "x\n"}, ".bashrc"),
    ],
)
def test_bash_reads_the_first_that_is_there(
    system: Any,  # noqa: ANN401 - a literal
    files: dict[str, str],
    found: str,
) -> None:
    there = {f"/home/me/{name}": content for name, content in files.items()}
    capture = Capture(system=system, machine="arm64", files=there, env={"HOME": "/home/me"})
    assert startup_file(CaptureHost(capture), "bash") == f"/home/me/{found}"


@pytest.mark.parametrize("kind", [one for one in KINDS if one in LINES])
def test_only_what_torchup_writes_is_taken_away(kind: str) -> None:
    (named,) = (one for one in KINDS if one == kind)
    for line in (LINES[named], line_for(named)):
        assert without_line(f"a\n  {line}\r\nb") == "a\nb"
        for mine in (f"export X=1; {line}\n", f"{line} # mine\n"):
            assert without_line(mine) == mine
            assert users_lines(mine) == (mine.strip(),)
            assert has_line(mine)
        assert not has_line(f"# {line}\n")
