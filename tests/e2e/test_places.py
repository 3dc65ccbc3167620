"""Environments in folders with all kinds of names: made, changed, copied, renamed and moved."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world
from cli.process import has_next_step, one_error
from cli.world import MINOR
from madeenvironments import make_environment
from torchup.errors import EXIT_DONE, EXIT_USAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.process import Torchup

pytestmark = [pytest.mark.slow, needs_world]

CREATE = ("create", "demo", "--cpu", "torch==2.13.0", "--no-verify")


def lives(torchup: Torchup, name: str, path: Path) -> None:
    """See that an environment is whole at a place, for torchup, its programs and shells."""
    shown = torchup("show", name, "--json").document("torchup.environment/v1")
    assert (shown["path"], shown["state"]) == (str(path), "ok"), shown
    ran = torchup("run", name, "--", "python", "-c", "import sys, torch; print(sys.prefix)")
    assert ran.out.strip() == str(path), ran
    plain = subprocess.run(
        ["bash", "-c", '. "$1/bin/activate" && echo "$VIRTUAL_ENV" && "$1/bin/told"', "-", path],
        capture_output=True,
        text=True,
        check=False,
        env=torchup.env,
    )
    assert plain.stdout.splitlines() == [str(path), str(path)], plain.stderr
    held = (path / "pip.conf").read_text().split("file://", 1)[1]
    assert held.isascii()
    assert " " not in held.strip()


def add_script(path: Path) -> None:
    """Put a script there as installers write it for a path without blanks or with some."""
    script = path / "bin" / "told"
    quoted = str(path).replace("'", "'\"'\"'")
    plain = f"#!{path}/bin/python\n"
    shell = f"#!/bin/sh\n'''exec' '{quoted}/bin/python' \"$0\" \"$@\"\n' '''\n"
    odd = any(one in str(path) for one in " '\"") or len(plain) > 127
    script.write_text((shell if odd else plain) + "import sys\nprint(sys.prefix)\n")
    script.chmod(0o755)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("plain", "with a blank"),
        ("环境 🙂", "plain"),
        ('it\'s "quoted"', "l'été 中文"),
        ("short", "much-longer-than-a-first-line-may-be-" * 4),
    ],
)
def test_a_life_in_odd_folders(connected: Torchup, first: str, second: str) -> None:
    connected.env.pop("TORCHUP_HOME")
    home, other = connected.root / first, connected.root / f"{second} 2"
    assert connected("config", "set", "home", str(home)).code == EXIT_DONE
    assert connected(*CREATE).code == EXIT_DONE
    add_script(home / "envs" / "demo")
    assert connected("add", "six", "-n", "demo", "--no-verify").code == EXIT_DONE
    lives(connected, "demo", home / "envs" / "demo")
    assert connected("clone", "demo", "twin").code == EXIT_DONE
    assert connected("rename", "twin", "孪生").code == EXIT_DONE
    lives(connected, "孪生", home / "envs" / "孪生")
    assert connected("move", "孪生", "--to", str(other)).code == EXIT_DONE
    lives(connected, "孪生", other / "孪生")
    assert connected("rename", "孪生", "twin").code == EXIT_DONE
    lives(connected, "twin", other / "twin")
    assert connected("remove", "six", "-n", "twin", "--no-verify").code == EXIT_DONE
    new = connected.root / second
    moved = connected("config", "set", "home", str(new))
    assert (moved.code, moved.err, home.exists()) == (EXIT_DONE, "", False)
    lives(connected, "demo", new / "envs" / "demo")
    lives(connected, "twin", other / "twin")
    cached = next(new.glob("cache/uv/archive-v0/*/torch/__init__.py"))
    installed = f"lib/python{MINOR}/site-packages/torch/__init__.py"
    assert cached.samefile(new / "envs" / "demo" / installed), "what was shared still is"
    assert connected("add", "six", "-n", "twin", "--no-verify").code == EXIT_DONE
    for name in ("demo", "twin"):
        assert connected("delete", name, "--yes").code == EXIT_DONE
    assert list(other.iterdir()) == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on another volume than the tests' own."""
    memory = Path("/dev/shm")  # the one other volume that most Linux machines have
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second volume here")
    with TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def test_a_disk_that_really_is_another(connected: Torchup, disk: Path) -> None:
    connected.env.pop("TORCHUP_HOME")
    home = connected.root / "home"
    assert connected("config", "set", "home", str(home)).code == EXIT_DONE
    assert connected(*CREATE).code == EXIT_DONE
    add_script(home / "envs" / "demo")
    moved = connected("move", "demo", "--to", str(disk))
    assert f"torchup move demo --to {home}" in " ".join(moved.out.split()), "how to share again"
    lives(connected, "demo", disk / "demo")
    added = connected("add", "six", "-n", "demo", "--no-verify")
    assert added.out.count("torchup move demo") == 1, added
    copied = connected("clone", "demo", "twin")
    assert "are shared" in copied.out
    assert connected("delete", "twin", "--yes").code == EXIT_DONE
    assert connected("move", "demo", "--to", str(home)).code == EXIT_DONE
    lives(connected, "demo", home / "envs" / "demo")
    assert list(disk.iterdir()) == []
    assert connected("config", "set", "home", str(disk / "home")).code == EXIT_DONE
    lives(connected, "demo", disk / "home" / "envs" / "demo")
    assert not home.exists()
    assert connected("config", "set", "home", str(home)).code == EXIT_DONE
    lives(connected, "demo", home / "envs" / "demo")


def test_copies_are_told_once(connected: Torchup) -> None:
    apart = {"UV_LINK_MODE": "copy"}
    assert connected(*CREATE, **apart).out.count("UV_LINK_MODE") == 1
    added = connected("add", "six", "-n", "demo", "--no-verify", **apart)
    assert added.out.count("UV_LINK_MODE") == 1
    assert "UV_LINK_MODE" not in connected("add", "packaging", "-n", "demo", "--no-verify").out


def test_names_that_differ_in_case_alone_are_one(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    theirs = make_environment(torchup.root / "elsewhere", "theirs")
    (theirs / ".torchup" / "environment.json").unlink()
    assert torchup("adopt", str(theirs)).code == EXIT_DONE
    for command in (
        ("create", "Demo"),
        ("create", "THEIRS"),
        ("clone", "demo", "DEMO"),
        ("clone", "demo", "Theirs"),
        ("rename", "demo", "dEmo"),
        ("rename", "demo", "Theirs"),
        ("adopt", str(theirs), "--name", "DEMO"),
    ):
        assert has_next_step(one_error(torchup(*command), EXIT_USAGE)), command
    assert torchup("move", "DEMO", "--to", str(torchup.root / "out")).code == EXIT_DONE
    assert (torchup.root / "out" / "demo").is_dir(), "it is called as it was made"
    assert has_next_step(one_error(torchup("create", "Demo"), EXIT_USAGE))
