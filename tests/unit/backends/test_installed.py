from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from torchup.backends.installed import (
    fault,
    installed,
    interpreter,
    leftovers,
    program_folders,
)
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from pathlib import Path

HOST = RealHost()

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out a POSIX environment")


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    add(tmp_path, "Frame_Work-2.0+cpu")
    add(tmp_path, "companion-1.0+cpu")
    return tmp_path


def add(environment: Path, stem: str, *, whole: bool = True) -> None:
    folder = environment / "lib" / "python3.11" / "site-packages" / f"{stem}.dist-info"
    folder.mkdir(parents=True)
    if whole:
        (folder / "METADATA").write_text("")


def code(environment: Path, **expected: str) -> str | None:
    found = fault(environment, HOST, {k.replace("_", "-"): v for k, v in expected.items()})
    return found.code if found else None


def test_packages_are_read_from_folder_names(environment: Path) -> None:
    assert installed(environment, HOST) == {"frame-work": "2.0+cpu", "companion": "1.0+cpu"}
    assert installed(environment / "nowhere", HOST) == {}


def test_a_healthy_one(environment: Path) -> None:
    assert code(environment, frame_work="2.0+cpu", companion="1.0+cpu") is None


@pytest.mark.parametrize(
    ("expected", "wrong"),
    [
        ({"companion": "1.0+cu126"}, "environment.other-build"),
        ({"companion": "1.0"}, "environment.other-build"),
        ({"companion": "1.1+cpu"}, "environment.other-version"),
        ({"third": "1"}, "environment.package-missing"),
    ],
)
def test_what_changed_is_named(environment: Path, expected: dict[str, str], wrong: str) -> None:
    assert code(environment, **expected) == wrong


def test_a_cut_off_installation_is_named_and_not_counted(environment: Path) -> None:
    add(environment, "half_done-3.0", whole=False)
    assert leftovers(environment, HOST) == ("half-done",)
    assert "half-done" not in installed(environment, HOST)
    assert code(environment) == "environment.leftovers"


def test_a_missing_interpreter_comes_first(environment: Path) -> None:
    (environment / "bin" / "python").unlink()
    (environment / "bin" / "python").symlink_to("/gone/python3.11")
    assert code(environment, third="1") == "environment.no-interpreter"


def test_conda_s_environments_have_several_folders_of_programs_on_windows(tmp_path: Path) -> None:
    """Without them its programs don't find their libraries."""

    class Windows(RealHost):
        system = "windows"

    (tmp_path / "conda-meta").mkdir()
    host = Windows()
    assert interpreter(tmp_path, host) == tmp_path / "python.exe"
    folders = program_folders(tmp_path, host)
    assert folders[0] == tmp_path
    assert {tmp_path / "Library" / "bin", tmp_path / "Scripts"} <= set(folders)
    (tmp_path / "conda-meta").rmdir()
    assert program_folders(tmp_path, host) == (tmp_path / "Scripts",)
