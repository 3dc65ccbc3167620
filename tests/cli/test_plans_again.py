"""``plan`` for a machine in a file says again what it said before, and never anything else."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, Final

import pytest

from cli.test_again import TICK, _streams, again, at_once
from indexserver import IndexServer, make_wheel
from torchup.cli import keeping
from torchup.cli.again import FOLDER, PLANS
from torchup.cli.main import run
from torchup.early import EarlyHost

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["at_once"]

pytestmark = pytest.mark.usefixtures("at_once")
RELATIVE: Final = ("plan", "--machine", "machine.json")


def machine(name: str, driver: str) -> bytes:
    gpu = {"index": 0, "vendor": "nvidia", "name": name}
    return json.dumps(
        {
            "schema": "torchup.machine/v1",
            "os": {"system": "linux", "libc": "glibc 2.35"},
            "arch": "x86_64",
            "gpus": [gpu],
            "drivers": [{"vendor": "nvidia", "version": driver}],
        }
    ).encode()


SERVED: Final = machine("NVIDIA GeForce RTX 3090", "550.54.14")
UNSERVED: Final = machine("NVIDIA GeForce RTX 5090", "390.10")


def worked_out(argv: tuple[str, ...]) -> tuple[int, bytes]:
    with _streams() as said:
        code = run(list(argv))
        return code, _flushed(said.getvalue)


def _flushed(value: Callable[[], bytes]) -> bytes:
    import sys

    sys.stdout.flush()
    return value()


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a machine in it, and a home."""
    (tmp_path / "home").mkdir()
    (tmp_path / "machine.json").write_bytes(SERVED)
    monkeypatch.setenv("TORCHUP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_rests_on_pages_is_worked_out_each_time(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that holds for a while may be asked for by something else meanwhile."""
    tag = "cp311-cp311-manylinux_2_28_x86_64"
    make_wheel(place / "whl" / "nightly" / "cpu", "torch", "2.16.0.dev20261118+cpu", tag=tag)
    argv = (*RELATIVE, "--nightly", "--cpu", "--no-companions")
    with IndexServer(place, max_age=600).start() as server:
        monkeypatch.setenv("TORCHUP_FRAMEWORK_INDEX", server.index("whl"))
        worked_out(argv)
        asked = len(server.requests)
        assert b"dev20261118" in worked_out(argv)[1]
        assert len(server.requests) == asked, "the pages hold"
    assert again(argv) is None


@pytest.mark.parametrize(
    "options", [(), ("--json",), ("torch==2.4.1",), ("-v",), ("--print", "pip"), ("--cpu",)]
)
def test_the_same_is_said_again(options: tuple[str, ...]) -> None:
    argv = (*RELATIVE, *options)
    assert again(argv) is None
    worked_out(argv)  # asks uv for its default index, which is written down
    code, text = worked_out(argv)
    assert code == 0
    assert again(argv) == text


def test_the_status_is_said_again_too(place: Path) -> None:
    from torchup.cli.again import say_again

    (place / "machine.json").write_bytes(UNSERVED)
    code, text = worked_out((*RELATIVE, "torch==2.4.1"))
    assert code == 1
    with _streams() as said:
        assert say_again([*RELATIVE, "torch==2.4.1"]) == 1
        assert _flushed(said.getvalue) == text


def _elsewhere(place: Path, patch: pytest.MonkeyPatch) -> None:
    (place / "there").mkdir()
    (place / "there" / "machine.json").write_bytes(UNSERVED)
    patch.chdir(place / "there")


def _settings(place: Path, _: pytest.MonkeyPatch) -> None:
    (place / "config.toml").write_text('lang = "zh_CN"\n')


def _newer_facts(place: Path, _: pytest.MonkeyPatch) -> None:
    (place / "home" / "facts").mkdir()
    (place / "home" / "facts" / "current.json").write_text("{}")


@pytest.mark.parametrize(
    ("argv", "change"),
    [
        (RELATIVE, lambda place, _: (place / "machine.json").write_bytes(UNSERVED)),
        (RELATIVE, lambda place, _: (place / "machine.json").unlink()),
        ((*RELATIVE, "--json"), lambda *_: None),
        (("plan", "--machine=machine.json"), lambda *_: None),
        (RELATIVE, lambda _, patch: patch.setenv("TORCHUP_FACTS_OVERLAY", "facts")),
        (RELATIVE, lambda _, patch: patch.setenv("LANG", "zh_CN.UTF-8")),
        (RELATIVE, lambda _, patch: patch.setattr(EarlyHost, "today", lambda _: "2031-01-01")),
        (RELATIVE, _elsewhere),
        (RELATIVE, _settings),
        (RELATIVE, _newer_facts),
    ],
)
def test_whatever_differs_is_worked_out(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    argv: tuple[str, ...],
    change: Callable[[Path, pytest.MonkeyPatch], object],
) -> None:
    worked_out(RELATIVE)
    assert again(RELATIVE) is not None
    time.sleep(TICK)
    change(place, monkeypatch)
    assert again(argv) is None


@pytest.mark.parametrize("name", ["-r", "--project", "--wheels"])
def test_what_rests_on_more_files_is_never_kept(place: Path, name: str) -> None:
    (place / "requirements.txt").write_text("torch\n")
    (place / "torch-2.13.0-cp311-none-any.whl").touch()
    argv = (*RELATIVE, name, "requirements.txt" if name == "-r" else ".")
    worked_out(argv)
    assert not (place / "home" / FOLDER).exists()


def test_a_login_is_written_nowhere(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://me:hunter2@index.test/simple")
    for _ in range(2):
        worked_out((*RELATIVE, "--json"))
    assert not logins(place)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PIP_FIND_LINKS", "/srv/wheels https://me:hunter2@index.test/wheels"),
        ("PIP_EXTRA_INDEX_URL", "https://index.test/t/hunter2/simple"),
    ],
)
def test_nor_is_one_of_several_addresses(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    for _ in range(2):
        worked_out((*RELATIVE, "--json"))
    assert not logins(place)


def test_nor_is_one_that_is_asked_for(place: Path) -> None:
    channel = ("--backend", "conda", "--channel", "https://me:hunter2@channel.test/c")
    for _ in range(2):
        worked_out((*RELATIVE, *channel))
    assert not logins(place)


def logins(place: Path) -> list[Path]:
    kept = [one for one in (place / "home").rglob("*") if one.is_file()]
    return [one for one in kept if b"hunter2" in one.read_bytes()]


def test_standard_input_is_no_file(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "-").write_bytes(SERVED)
    argv = ("plan", "--machine", "-")
    for _ in range(2):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(UNSERVED)))
        worked_out(argv)
    assert again(argv) is None


def test_a_home_is_not_made_for_it(place: Path) -> None:
    (place / "home").rmdir()
    assert worked_out(RELATIVE)[0] == 0
    assert not (place / "home").exists()


def test_only_the_newest_are_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_MOST", 2)
    for number in range(8):
        worked_out((*RELATIVE, f"torch==2.{number + 1}.0"))
        time.sleep(TICK)
    kept = list((place / "home" / FOLDER / PLANS).iterdir())
    assert 2 <= len(kept) <= 4
    assert again((*RELATIVE, "torch==2.8.0")) is not None


def test_two_questions_in_one_file_are_told_apart(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out(RELATIVE)
    (one,) = (place / "home" / FOLDER / PLANS).iterdir()
    monkeypatch.setattr("torchup.cli.again.kept_as", lambda _: f"{PLANS}/{one.name}")
    assert again(RELATIVE) is not None
    assert again((*RELATIVE, "--json")) is None
