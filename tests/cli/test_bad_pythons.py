"""Interpreters that the framework doesn't run on, and files that are no interpreters."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world
from cli.process import CPU, Torchup, has_next_step, one_error
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="scripts as interpreters")


FAKE = """#!/bin/sh
for code; do :; done
exec "{python}" -S -c '
import sys
code = sys.argv[1]
sys.implementation.name = "pypy"
sys.prefix = sys.base_prefix
exec(code)
' "$code"
"""
"""Takes the last argument as the code to run, as an interpreter that says it is PyPy."""


@pytest.fixture
def pypy(tmp_path: Path) -> Path:
    """An interpreter that says it is PyPy."""
    path = tmp_path / "opt" / "bin" / "pypy3"
    path.parent.mkdir(parents=True)
    path.write_text(FAKE.format(python=sys.executable))
    path.chmod(0o755)
    return path


@posix
def test_pypy_by_its_path(torchup: Torchup, pypy: Path) -> None:
    for command in (("create", "demo"), ("plan",), ("why",)):
        said = one_error(torchup(*command, "--cpu", "--python", str(pypy)), EXIT_USAGE)
        assert "CPython" in said
        assert "PyPy" in said
        assert has_next_step(said)
    assert not torchup.left()


def test_pypy_by_its_name(torchup: Torchup) -> None:
    said = one_error(torchup("create", "demo", "--cpu", "--python", "pypy3.10"), EXIT_USAGE)
    assert "CPython" in said


@posix
@needs_world
def test_pypy_on_the_path_is_passed_over(connected: Torchup, pypy: Path) -> None:
    search = f"{pypy.parent}{os.pathsep}{connected.env['PATH']}"
    probed = connected("probe", "--json", PATH=search).document("torchup.machine/v1")
    assert "PyPy" in {one["implementation"] for one in probed["pythons"]}
    planned = connected("create", "demo", *CPU, "--dry-run", "--json", PATH=search)
    assert planned.code == EXIT_DONE, planned


@pytest.mark.parametrize("line", ["3.6", "2.7", "3.99"])
@needs_world
def test_pythons_that_torch_does_not_support(connected: Torchup, line: str) -> None:
    done = connected("create", "demo", "--cpu", "torch==2.13.0", "--python", line)
    assert (done.code, done.err) == (EXIT_NO, ""), done
    assert line in done.out
    assert "3.11" in done.out, "what it does support"
    assert not connected.left()


@pytest.mark.parametrize("text", ["three", "3", "3.x", "", "3.1.2.3", "3.10;rm", "1e9", "3.-1"])
def test_pythons_that_are_none(torchup: Torchup, text: str) -> None:
    said = one_error(torchup("create", "demo", "--cpu", f"--python={text}"), EXIT_USAGE)
    assert has_next_step(said)
    assert not torchup.left()


def test_an_interpreter_that_is_none(torchup: Torchup, tmp_path: Path) -> None:
    text = tmp_path / "python3"
    text.write_text("#!/bin/sh\necho hello\n")
    for executable in (False, True):
        text.chmod(0o755 if executable else 0o644)
        said = one_error(torchup("create", "demo", "--cpu", "--python", str(text)), EXIT_USAGE)
        assert str(text) in said
    for path in ("/nowhere/python", str(tmp_path)):
        for command in (("create", "demo", "--cpu"), ("verify",)):
            said = one_error(torchup(*command, "--python", path), EXIT_USAGE)
            assert path in said
    assert not torchup.left()
