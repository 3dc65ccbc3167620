"""Names that can't be, names that nothing has, and a name in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world
from cli.process import CPU, Torchup, has_next_step, one_error
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE

if TYPE_CHECKING:
    from pathlib import Path

BAD_NAMES = [
    ("a/b", "path"),
    ("a\\b", "path"),
    ("../b", "path"),
    ("..", "."),
    (".", "."),
    (".hidden", "."),
    ("a b", "space"),
    (" ", "space"),
    ("", "name"),
    ("x" * 300, "long"),
    ("中" * 100, "long"),
    ("a\nb", "name"),
    ("a\tb", "name"),
    ("con", "Windows"),
    ("a:b", ":"),
    ("a*", "*"),
    ("a.", "dot"),
]


@pytest.mark.parametrize(("name", "tells"), BAD_NAMES, ids=lambda one: repr(one)[:12])
def test_names(torchup: Torchup, name: str, tells: str) -> None:
    said = one_error(torchup("create", name), EXIT_USAGE)
    assert has_next_step(said), said
    assert tells in said
    assert not torchup.left()
    assert not list(torchup.root.glob("*b"))


@pytest.mark.parametrize("command", ["show", "delete", "run", "verify"])
@pytest.mark.parametrize("name", ["../..", "", "x" * 300])
def test_names_that_nothing_has(torchup: Torchup, command: str, name: str) -> None:
    more = ("--", "python") if command == "run" else ()
    done = torchup(command, name, *more)
    assert done.code in {EXIT_USAGE, EXIT_NO}
    assert has_next_step(one_error(done, done.code))
    assert torchup.root.is_dir()


def test_a_name_that_looks_like_an_option(torchup: Torchup) -> None:
    one_error(torchup("create", "--", "-x"), EXIT_USAGE)
    one_error(torchup("create", "-x"), EXIT_USAGE)


@pytest.mark.parametrize("command", ["show", "delete", "run", "verify"])
def test_unknown_environments(torchup: Torchup, command: str) -> None:
    more = ("--", "python") if command == "run" else ()
    said = one_error(torchup(command, "demo", *more), EXIT_NO)
    assert "demo" in said
    assert "torchup list" in said
    assert not torchup.left()


def stamps(place: Path) -> dict[str, int]:
    """When each file was written, but for the one that remembers the size."""
    files = (path for path in place.rglob("*") if path.is_file() and path.name != "size.json")
    return {str(path): path.stat().st_mtime_ns for path in files}


@needs_world
def test_a_name_in_use(connected: Torchup) -> None:
    assert connected("create", "demo", *CPU).code == EXIT_DONE
    place = connected.home / "envs" / "demo"
    before = stamps(place)
    satisfied = (
        CPU,
        ("--cpu",),
        ("torch>=2.12", "--cpu"),
        ("--build", "cpu", "torchvision"),
        ("torch==2.13.0+cpu",),
        (),
    )
    for arguments in satisfied:
        done = connected("create", "demo", *arguments)
        assert (done.code, done.err) == (EXIT_DONE, ""), arguments
        assert "there already" in done.out
    differs = (
        (("--cpu", "torch==2.12.1"), "2.12.1"),
        (("--build", "cu126"), "cu126"),
        (("torch==2.13.0+cu126",), "cu126"),
        (("--cpu", "--python", "3.9"), "3.9"),
        (("--cpu", "six"), "six"),
        (("--cpu", "numpy>2"), "numpy>2"),
    )
    for arguments, tells in differs:
        done = connected("create", "demo", *arguments)
        assert (done.code, done.err) == (EXIT_NO, ""), arguments
        assert tells in done.out
        assert "torchup delete demo" in done.out
    wrong = connected("create", "demo", "--cpu", "--build", "cu126")
    assert one_error(wrong, EXIT_USAGE)
    near = one_error(connected("show", "demi"), EXIT_NO)
    assert "demo" in near
    assert stamps(place) == before, "nothing was changed"
