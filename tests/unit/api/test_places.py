"""Whose a program on the search path is, on every system."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from torchup.api.search_path.looking import look
from torchup.api.search_path.places import Owners
from torchup.host.capture import Capture, CaptureHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.model import System


def owners(tmp_path: Path, system: System, files: tuple[str, ...], **env: str) -> Owners:
    capture = Capture(system=system, machine="x86_64", env=env, files=dict.fromkeys(files, ""))
    context: Any = SimpleNamespace(host=CaptureHost(capture), home=Home(tmp_path))
    return Owners(context)


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("C:/Users/me/.pyenv/pyenv-win/shims/python.bat", "shim", ""),
        ("C:/Users/me/AppData/Local/Microsoft/WindowsApps/python.exe", "store", ""),
        ("C:/miniconda3/python.exe", "conda-base", "conda:base"),
        ("C:/miniconda3/Scripts/pip.exe", "conda-base", "conda:base"),
        ("C:/miniconda3/envs/dl/python.exe", "conda", "conda:dl"),
        ("C:/work/.venv/Scripts/python.exe", "venv", "C:/work/.venv"),
        ("C:/Program Files/Python311/python.exe", "system", ""),
        ("D:/tools/python.exe", "other", ""),
    ],
)
def test_on_windows(tmp_path: Path, path: str, kind: str, name: str) -> None:
    found = owners(
        tmp_path,
        "windows",
        (
            "C:/miniconda3/conda-meta/history",
            "C:/miniconda3/condabin/conda.bat",
            "C:/miniconda3/envs/dl/conda-meta/history",
            "C:/work/.venv/pyvenv.cfg",
        ),
        USERPROFILE="C:/Users/me",
    ).place(path)
    assert (found.kind, found.environment) == (kind, name)


@pytest.mark.parametrize(
    ("path", "kind", "by"),
    [
        ("/home/me/.pyenv/shims/python", "shim", "pyenv"),
        ("/srv/py env/shims/python", "shim", "pyenv"),
        ("/home/me/.asdf/shims/python", "shim", "asdf"),
        ("/home/me/.local/share/mise/shims/python", "shim", "mise"),
        ("/home/me/.local/bin/python", "tool", ""),
        ("/usr/bin/python3", "system", ""),
        ("/opt/homebrew/bin/python3", "system", ""),
    ],
)
def test_on_linux_and_macos(tmp_path: Path, path: str, kind: str, by: str) -> None:
    found = owners(tmp_path, "linux", (), HOME="/home/me", PYENV_ROOT="/srv/py env").place(path)
    assert (found.kind, found.by) == (kind, by)


def test_the_first_of_a_name_counts_on_windows(tmp_path: Path) -> None:
    capture = Capture(
        system="windows",
        machine="AMD64",
        env={"PATH": "C:\\a;C:\\b;", "USERPROFILE": "C:\\Users\\me"},
        executables=("C:\\a/python.exe", "C:\\b/python.exe", "C:\\b/pip.bat"),
    )
    context: Any = SimpleNamespace(host=CaptureHost(capture), home=Home(tmp_path))
    found = look(context, ("python", "pip", "none"))
    assert [[one.path for one in each.places] for each in found.programs] == [
        ["C:\\a/python.exe", "C:\\b/python.exe"],
        ["C:\\b/pip.bat"],
        [],
    ]
    assert found.running is None, "a capture starts nothing"
