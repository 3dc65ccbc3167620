"""Working in a conda environment on Windows: its programs lie in several folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from torchup.api.context import Context
from torchup.api.environments import foreign, known
from torchup.api.kernels.adding import programs_of, variables_of
from torchup.api.shells import activating
from torchup.host.capture import Capture, CaptureHost
from torchup.model import Environment, EnvRecord, Requirement, Stack
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.integrate.shells import Leaving

PLACE = "C:/envs/a"
INSIDE = ("", "/Library/mingw-w64/bin", "/Library/usr/bin", "/Library/bin", "/Scripts", "/bin")
FOLDERS = [f"{PLACE}{one}" for one in INSIDE]
SYSTEM = "C:/Windows/system32"


def found() -> Environment:
    stack = Stack(
        python="3.11", packages={}, build="cpu", runtime="", device="cpu", index_url="", pins={}
    )
    record = EnvRecord(
        name="a", path=PLACE, backend="conda", created="", stack=stack, requirement=Requirement()
    )
    return Environment(record=record, state="foreign", packages={})


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    def load(*_: object, **__: object) -> Environment:
        return found()

    monkeypatch.setattr(activating, "load", load)
    monkeypatch.setattr(foreign, "load", load)
    capture = Capture(
        system="windows",
        machine="AMD64",
        files={f"{PLACE}/conda-meta/history": ""},
        executables=(f"{PLACE}/python.exe", f"{PLACE}/Library/bin/ffmpeg.exe"),
        env={
            "PATH": ";".join([*FOLDERS, SYSTEM]),
            "CONDA_PREFIX": PLACE,
            "PYTHONNOUSERSITE": "1",
        },
    )
    host: Any = CaptureHost(capture)
    return Context(host, Home(tmp_path / "home"))


def test_each_way_in_has_every_folder(context: Context) -> None:
    entering = activating.entering_of(context, "a", "powershell")
    assert list(entering.programs) == FOLDERS
    argv, variables = known.command_for(context, "a", ["ffmpeg"])
    assert (variables["PATH"] or "").split(";")[: len(FOLDERS)] == FOLDERS
    assert argv == [f"{PLACE}/Library/bin/ffmpeg.exe"]
    assert list(programs_of(context, found())) == FOLDERS


def test_the_users_own_packages_are_left_out_by_each(context: Context) -> None:
    entering = activating.entering_of(context, "a", "powershell")
    _, variables = known.command_for(context, "a", ["python"])
    for one in (entering.replaced, variables, variables_of(context, found())):
        assert one["PYTHONNOUSERSITE"] == "1"


def test_every_folder_is_left_again(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[tuple[Leaving, bool]] = []

    class Shell:
        def deactivate(self, leaving: Leaving, *, windows: bool) -> list[str]:
            taken.append((leaving, windows))
            return []

    monkeypatch.setattr(activating, "shell_of", lambda _: Shell())
    activating.deactivation(context, "powershell")
    ((leaving, windows),) = taken
    assert (leaving.path, windows) == (SYSTEM, True)
    assert leaving.touched == ("CONDA_PREFIX",), "what torchup did not set stays"
