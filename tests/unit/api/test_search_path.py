"""What is confusing about plain commands, and ways out that can be pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from torchup.api.context import Context
from torchup.api.search_path.findings import judge
from torchup.host.capture import Capture, CaptureHost
from torchup.model.search_path import Running, Which
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = "/opt/my python/bin/python"
FOUND = Which(
    folder="/work",
    running=Running(
        executable=PYTHON,
        prefix="/opt/my python",
        site="/opt/my python/site",
        user_site="/home/me/.local/site",
        framework="/shared/torch/__init__.py",
        hidden=("/work/queue.py",),
    ),
    programs=(),
    pip_site="/other/site",
    entered="/e/demo",
    pythonpath=("/shared",),
)


@pytest.mark.parametrize(
    ("system", "env", "lines"),
    [
        ("linux", {"SHELL": "/bin/zsh"}, ("unset PYTHONPATH", "type -a python")),
        ("macos", {"SHELL": "/bin/fish"}, ("set -e PYTHONPATH", "type -a python")),
        ("windows", {}, ("set PYTHONPATH=", "where python")),
        (
            "windows",
            {"USERPROFILE": "C:/me", "PSModulePath": "C:/me/Modules"},
            ("Remove-Item Env:PYTHONPATH", "Get-Command python -All"),
        ),
    ],
)
def test_ways_out_are_of_the_users_own_shell(
    tmp_path: Path,
    system: Any,  # noqa: ANN401 - a literal
    env: dict[str, str],
    lines: tuple[str, str],
) -> None:
    host: Any = CaptureHost(Capture(system=system, machine="x86_64", env=env))
    found = {one.code: one for one in judge(Context(host, Home(tmp_path / "home")), FOUND)}
    unset, every = lines
    assert found["framework-from-pythonpath"].remedies[0].commands == ((unset,),)
    assert found["active-environment-not-used"].remedies[0].commands == ((every,),)
    assert found["pip-of-other-python"].remedies[0].commands == (
        (PYTHON, "-m", "ensurepip"),
        (PYTHON, "-m", "pip", "install", "PACKAGE"),
    )
    renamed = "my_queue.py" if system == "windows" else "/work/my_queue.py"
    assert found["shadowing-local-file"].remedies[0].commands[0][2] == renamed


def test_windows_renames_a_packages_folder(tmp_path: Path) -> None:
    from msgspec.structs import replace

    host: Any = CaptureHost(Capture(system="windows", machine="AMD64"))
    assert FOUND.running is not None
    running = replace(FOUND.running, hidden=(r"C:\work\torch\__init__.py",))
    every = judge(Context(host, Home(tmp_path / "home")), replace(FOUND, running=running))
    (found,) = [one for one in every if one.code == "shadowing-local-file"]
    assert found.remedies[0].commands == (("ren", r"C:\work\torch", "my_torch"),)


def test_the_users_own_packages_are_removed_by_the_python_that_sees_them(tmp_path: Path) -> None:
    from msgspec.structs import replace

    host: Any = CaptureHost(Capture(system="linux", machine="x86_64"))
    assert FOUND.running is not None
    running = replace(FOUND.running, framework="/home/me/.local/site/torch/__init__.py")
    every = judge(Context(host, Home(tmp_path / "home")), replace(FOUND, running=running))
    (found,) = [one for one in every if one.code == "framework-from-user-site"]
    assert found.remedies[0].commands == ((PYTHON, "-m", "pip", "uninstall", "torch"),)
