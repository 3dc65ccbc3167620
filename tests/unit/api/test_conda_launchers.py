"""Programs that start an interpreter which was moved away."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from torchup.api.condas.launchers import CODE, dead, propose
from torchup.api.context import Context
from torchup.host.real import RealHost
from torchup.model import text
from torchup.model.finding import Finding
from torchup.state.home import Home
from unit.apply.test_launcher import distlib, uv_tail

if TYPE_CHECKING:
    from torchup.model import System

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="another system is played")


class Windows(RealHost):
    @property
    def system(self) -> System:
        return "windows"


def mended(host: RealHost, environment: Path) -> dict[str, bytes]:
    finding = Finding(
        code=CODE,
        severity="error",
        title=text("condas.launchers"),
        facts={"path": str(environment)},
    )
    proposal = propose(Context(host, Home(environment.parent / "home")), finding)
    assert proposal is not None
    return {Path(one.path).name: one.data for one in proposal.edits}  # type: ignore[union-attr]


def test_on_windows_the_path_is_in_the_program(tmp_path: Path) -> None:
    environment = tmp_path / "course"
    (environment / "conda-meta").mkdir(parents=True)
    scripts = environment / "Scripts"
    scripts.mkdir()
    python = environment / "python.exe"
    python.touch(mode=0o755)
    old = "C:\\Users\\me\\anaconda3\\envs\\course\\python.exe"
    (scripts / "pip.exe").write_bytes(distlib(old))
    (scripts / "ruff.exe").write_bytes(uv_tail(old))
    (scripts / "whole.exe").write_bytes(distlib(str(python)))
    (scripts / "tool.exe").write_bytes(b"MZ" + bytes(500))
    host = Windows()
    assert {Path(one).name: path for one, path in dead(host, environment).items()} == {
        "pip.exe": old,
        "ruff.exe": old,
    }
    changed = mended(host, environment)
    assert str(python).encode() in changed["pip.exe"]
    assert old.encode() not in changed["ruff.exe"]


LONG = "#!/bin/sh\n'''exec' \"/old place/course/bin/python3\" \"$0\" \"$@\"\n' '''\nimport x\n"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("#!/old/course/bin/python3.11\nprint()\n", True),
        ("#!/old/course/bin/python -E\nprint()\n", True),
        (LONG, True),
        ("#!/usr/bin/env python\nprint()\n", False),
        ("#!/bin/sh\necho\n", False),
        ("#!{own}\nprint()\n", False),
        ("", False),
    ],
)
def test_elsewhere_it_is_in_the_first_line(tmp_path: Path, script: str, *, said: bool) -> None:
    environment = tmp_path / "course"
    (environment / "bin").mkdir(parents=True)
    (environment / "conda-meta").mkdir()
    own = environment / "bin" / "python"
    own.symlink_to(sys.executable)
    (environment / "bin" / "tool").write_text(script.replace("{own}", str(own)))
    host = RealHost()
    assert bool(dead(host, environment)) is said
    if said:
        (data,) = mended(host, environment).values()
        assert str(own).encode() in data
        assert b"/old" not in data
        own.unlink()
        assert dead(host, environment) == {}, "all of it is broken"
