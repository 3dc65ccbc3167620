from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.host.capture import Capture, CaptureHost
from torchup.integrate.editors import find_editors
from torchup.integrate.jupyter.spec import read as read_kernel
from torchup.integrate.notebooks import find_notebooks
from torchup.model.software import Editor

if TYPE_CHECKING:
    from torchup.model import System

HOME = "/home/user"


def kernel(interpreter: str, title: str) -> str:
    argv = [interpreter, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    return json.dumps({"argv": argv, "display_name": title, "language": "python"})


def test_kernels_are_found_and_checked() -> None:
    own = f"{HOME}/.local/share/jupyter/kernels"
    capture = Capture(
        system="linux",
        machine="x86_64",
        env={"HOME": HOME, "PATH": "/usr/bin"},
        files={
            f"{own}/paper/kernel.json": kernel("/envs/paper/bin/python", "Paper"),
            f"{own}/gone/kernel.json": kernel("/envs/gone/bin/python", "Gone"),
            f"{own}/broken/kernel.json": "{",
            "/opt/conda/share/jupyter/kernels/python3/kernel.json": kernel("python", "Python 3"),
        },
        executables=("/envs/paper/bin/python", "/usr/bin/python"),
    )
    found = find_notebooks(CaptureHost(capture), ["/opt/conda"])
    assert [(one.name, one.title, one.exists) for one in found] == [
        ("gone", "Gone", False),
        ("paper", "Paper", True),
        ("python3", "Python 3", True),
    ]


@pytest.mark.parametrize(
    "document",
    [b"", b"[]", b"{}", b'{"argv": []}', b'{"argv": [1]}', b'{"argv": "python"}', b"\xff\xfe"],
)
def test_what_is_no_kernel_is_none(document: bytes) -> None:
    assert read_kernel(document, "x", "/x") is None


def test_a_kernel_without_title_has_its_name() -> None:
    found = read_kernel(b'\xef\xbb\xbf{"argv": ["python3"]}', "mine", "/x")
    assert found is not None
    assert (found.title, found.interpreter) == ("mine", "python3")


@fuzzed
@given(st.binary())
def test_any_file_may_stand_where_a_kernel_should(document: bytes) -> None:
    read_kernel(document, "x", "/x")


@pytest.mark.parametrize(
    ("system", "env", "path", "content", "expected"),
    [
        (
            "linux",
            {"HOME": HOME},
            "/usr/share/code/resources/app/package.json",
            '{"version": "1.95.3"}',
            Editor(name="VS Code", path="/usr/share/code", version="1.95.3"),
        ),
        (
            "linux",
            {"HOME": HOME},
            f"{HOME}/.vscode-server/bin/abc/node",
            "",
            Editor(name="VS Code server", path=f"{HOME}/.vscode-server"),
        ),
        (
            "linux",
            {"HOME": HOME},
            "/opt/pycharm-community-2024.2/product-info.json",
            '{"name": "PyCharm", "version": "2024.2.3"}',
            Editor(name="PyCharm", path="/opt/pycharm-community-2024.2", version="2024.2.3"),
        ),
        (
            "linux",
            {"HOME": HOME},
            "/snap/pycharm-community/current/product-info.json",
            '{"version": "2023.3"}',
            Editor(name="PyCharm", path="/snap/pycharm-community/current", version="2023.3"),
        ),
        (
            "macos",
            {"HOME": "/Users/user"},
            "/Applications/Visual Studio Code.app/Contents/Resources/app/package.json",
            '{"version": "1.95.3"}',
            Editor(name="VS Code", path="/Applications/Visual Studio Code.app", version="1.95.3"),
        ),
        (
            "macos",
            {"HOME": "/Users/user"},
            "/Applications/PyCharm CE.app/Contents/Resources/product-info.json",
            '{"version": "2024.1"}',
            Editor(name="PyCharm", path="/Applications/PyCharm CE.app", version="2024.1"),
        ),
        (
            "windows",
            {"LOCALAPPDATA": "C:/Users/user/AppData/Local"},
            "C:/Users/user/AppData/Local/Programs/Microsoft VS Code/resources/app/package.json",
            '{"version": "1.90.0"}',
            Editor(
                name="VS Code",
                path="C:/Users/user/AppData/Local/Programs/Microsoft VS Code",
                version="1.90.0",
            ),
        ),
        (
            "windows",
            {"PROGRAMFILES": "C:/Program Files"},
            "C:/Program Files/JetBrains/PyCharm 2024.2/product-info.json",
            '{"version": "2024.2"}',
            Editor(
                name="PyCharm", path="C:/Program Files/JetBrains/PyCharm 2024.2", version="2024.2"
            ),
        ),
    ],
)
def test_editors_are_found_where_their_installers_put_them(
    system: System, env: dict[str, str], path: str, content: str, expected: Editor
) -> None:
    capture = Capture(system=system, machine="x86_64", env=env, files={path: content})
    assert find_editors(CaptureHost(capture)) == (expected,)


def test_a_file_that_tells_nothing_is_no_editor() -> None:
    files = {"/opt/pycharm-1/product-info.json": "[", "/opt/pycharm-2/product-info.json": "{}"}
    capture = Capture(system="linux", machine="x86_64", env={"HOME": HOME}, files=files)
    assert find_editors(CaptureHost(capture)) == ()
