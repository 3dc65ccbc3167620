"""Files that make a kernel: written, read, and the Jupyter that they belong to."""

from __future__ import annotations

import json
import string
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.api.context import Context
from torchup.api.kernels.adding import needs_launcher, programs_of, variables_of
from torchup.api.kernels.jupyters import jupyter_prefix, prefix_of_jupyter
from torchup.errors import NoAnswerError, UsageError
from torchup.host.capture import Capture, CaptureHost
from torchup.integrate.jupyter import spec
from torchup.integrate.jupyter.folders import kernel_folders, user_folder
from torchup.model import Environment, EnvRecord, Requirement, Stack
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
WANTED = spec.Wanted(
    title="论文 (GPU)",
    python="/home/me/my envs/环境/bin/python",
    environment="demo",
    home="/home/me/torchup",
    programs=("/home/me/my envs/环境/bin",),
    variables={"VIRTUAL_ENV": "/home/me/my envs/环境"},
)


def test_what_was_written_is_read() -> None:
    data = spec.written(WANTED, windows=False)
    found = spec.read(data, "demo", "/k/demo/kernel.json")
    assert found is not None
    assert (found.title, found.interpreter) == (WANTED.title, WANTED.python)
    assert (found.own, found.environment) == (True, "demo")
    assert found.variables["PATH"] == "/home/me/my envs/环境/bin:${PATH}"
    assert json.loads(data)["argv"][1:] == ["-m", "ipykernel_launcher", "-f", "{connection_file}"]


def test_a_conda_environment_on_windows_finds_its_libraries() -> None:
    """The search path that conda's activation makes, as the folders of such an environment lie."""
    folders = ("C:\\envs\\a", "C:\\envs\\a\\Library\\bin", "C:\\envs\\a\\Scripts")
    found = spec.variables({}, folders, windows=True)
    assert found == {"PATH": ";".join((*folders, "${PATH}"))}


def test_every_folder_of_a_conda_environment_on_windows_is_searched() -> None:
    """Their order is that of conda's activation (conda/activate.py, ``_get_path_dirs``)."""
    place = "C:/envs/a"
    capture = Capture(
        system="windows",
        machine="AMD64",
        files={f"{place}/conda-meta/history": ""},
        executables=(f"{place}/python.exe",),
    )
    stack = Stack(
        python="3.11", packages={}, build="cpu", runtime="", device="cpu", index_url="", pins={}
    )
    record = EnvRecord(
        name="a", path=place, backend="conda", created="", stack=stack, requirement=Requirement()
    )
    found = Environment(record=record, state="foreign", packages={})
    context: Any = SimpleNamespace(host=CaptureHost(capture))
    folders = [one.replace("\\", "/") for one in programs_of(context, found)]
    inside = ("", "/Library/mingw-w64/bin", "/Library/usr/bin", "/Library/bin", "/Scripts", "/bin")
    assert folders == [f"{place}{one}" for one in inside]
    assert variables_of(context, found) == {"CONDA_PREFIX": place, "PYTHONNOUSERSITE": "1"}


@pytest.mark.parametrize("backend", ["conda", "uv"])
def test_torchups_own_environments_get_what_jupyter_starts(backend: str) -> None:
    context: Any = SimpleNamespace(host=CaptureHost(Capture(system="linux", machine="x86_64")))
    assert needs_launcher(context, environment("ok", backend))


@pytest.mark.parametrize(
    ("backend", "code"), [("conda", "kernel.launcher-conda"), ("uv", "kernel.launcher-missing")]
)
def test_others_are_told_how(backend: str, code: str, tmp_path: Path) -> None:
    host: Any = CaptureHost(Capture(system="linux", machine="x86_64"))
    context = Context(host, Home(tmp_path))
    with pytest.raises(NoAnswerError, match=code.replace(".", r"\.")):
        needs_launcher(context, environment("foreign", backend))


def environment(state: Literal["ok", "foreign"], backend: str) -> Environment:
    stack = Stack(
        python="3.11", packages={}, build="cpu", runtime="", device="cpu", index_url="", pins={}
    )
    record = EnvRecord(
        name="a", path="/e/a", backend=backend, created="", stack=stack, requirement=Requirement()
    )
    return Environment(record=record, state=state, packages={})


@given(st.dictionaries(st.sampled_from(["A", "CUDA_HOME", "B_C"]), TEXT), st.lists(TEXT))
def test_jupyter_fills_in_what_was_meant(values: dict[str, str], programs: list[str]) -> None:
    """jupyter_client substitutes variables by string.Template.safe_substitute."""
    found = spec.variables(values, [one for one in programs if one], windows=False)
    filled = {
        name: string.Template(value).safe_substitute({"PATH": "/usr/bin", "A": "wrong"})
        for name, value in found.items()
    }
    path = filled.pop("PATH", "/usr/bin")
    assert filled == values
    assert path == ":".join([*filter(None, programs), "/usr/bin"])


@pytest.mark.parametrize(
    ("program", "python"),
    [
        ("/e/bin/python3.11", True),
        ("C:\\e\\Python.exe", True),
        ("pythonw.exe", True),
        ("/usr/bin/python3.13t", True),
        ("pypy3", True),
        ("/usr/bin/env", False),
        ("/opt/conda/bin/conda", False),
        ("/e/bin/python-config", False),
    ],
)
def test_a_python_is_told_by_its_name(program: str, python: bool) -> None:
    assert spec.is_python(program) is python


@given(TEXT)
def test_names_are_what_jupyter_takes(text: str) -> None:
    name = spec.plain_name(text)
    assert not name or spec.is_name(name)


def test_what_somebody_else_wrote_stays() -> None:
    theirs = {
        "argv": ["/old/bin/python", "-Xfrozen_modules=off", "-m", "ipykernel_launcher"],
        "display_name": "mine",
        "env": {"MINE": "1"},
        "interrupt_mode": "message",
        "metadata": {"debugger": True, "torchup": {"environment": "demo", "home": "/h"}},
    }
    data = spec.moved_to(json.dumps(theirs).encode(), ["/new/bin/python"], {"VIRTUAL_ENV": "/new"})
    found = json.loads(data)
    assert found["env"] == {"MINE": "1", "VIRTUAL_ENV": "/new"}
    kept = ("display_name", "interrupt_mode", "metadata")
    assert {name: found[name] for name in kept} == {name: theirs[name] for name in kept}


def test_kernels_of_other_languages_are_left_alone() -> None:
    assert spec.read(b'{"argv": ["R"], "language": "R"}', "ir", "/x") is None


def host(**files: str) -> CaptureHost:
    return CaptureHost(
        Capture(
            system="linux",
            machine="x86_64",
            env={"HOME": "/home/me", "PATH": "/usr/bin", "JUPYTER_PATH": "/site"},
            files={f"/{name}": text for name, text in files.items()},
            executables=(
                "/lab/bin/jupyter",
                "/lab/bin/python",
                "/tool/bin/jupyter",
                "/usr/bin/python3",
                "/usr/bin/jupyter",
                "/long/bin/python",
                "/home/me/.local/bin/jupyter",
            ),
        )
    )


@pytest.mark.parametrize(
    ("program", "text", "prefix"),
    [
        ("/lab/bin/jupyter", "#!/lab/bin/python\n", "/lab"),
        ("/lab/bin/python", "", "/lab"),
        ("/home/me/.local/bin/jupyter", "#!/lab/bin/python\n", "/lab"),
        (
            "/home/me/.local/bin/jupyter",
            '#!/bin/sh\n\'\'\'exec\' "/long/bin/python" "$0" "$@"\n',
            "/long",
        ),
        (
            "/home/me/.local/bin/jupyter",
            "#!/bin/sh\n'''exec' '/long/bin/python' \"$0\" \"$@\"\n",
            "/long",
        ),
        ("/home/me/.local/bin/jupyter", "#! /lab/bin/python -I \n", "/lab"),
        ("/home/me/.local/bin/jupyter", "#!/usr/bin/env python3\n", "/usr"),
        ("/home/me/.local/bin/jupyter", "#!/gone/bin/python\n", None),
        ("/nowhere/jupyter", "", None),
    ],
)
def test_a_program_belongs_to_an_environment(program: str, text: str, prefix: str | None) -> None:
    assert prefix_of_jupyter(host(**{program[1:]: text}), program) == prefix


def test_a_jupyter_that_is_not_there_is_said() -> None:
    with pytest.raises(UsageError, match=r"kernel\.no-jupyter"):
        jupyter_prefix(host(), "/nowhere/jupyter")


def test_folders_in_jupyters_order() -> None:
    assert [*kernel_folders(host(), ["/lab"])] == [
        "/site/kernels",
        "/home/me/.local/share/jupyter/kernels",
        "/lab/share/jupyter/kernels",
        "/usr/local/share/jupyter/kernels",
        "/usr/share/jupyter/kernels",
    ]
    named = Capture(system="windows", machine="AMD64", env={"APPDATA": "C:/Roaming"})
    assert user_folder(CaptureHost(named)) == "C:/Roaming/jupyter/kernels"
