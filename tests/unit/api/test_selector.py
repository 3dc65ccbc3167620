"""The selector never contradicts what is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.api.context import Context
from torchup.api.machines.described import Described
from torchup.api.machines.describing import describe
from torchup.api.selector.options import Picked, options
from torchup.api.stacks import planning
from torchup.facts.frameworks import meaning
from torchup.facts.load import load_catalogue
from torchup.host.real import RealHost
from torchup.model import Machine, Requirement
from torchup.model.machine import Os
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

HERE = Machine(os=Os(system="linux", libc="glibc 2.39"), arch="x86_64", gpus=(), drivers=())
TODAY = "2026-11-21"


def machine(*gpus: str, driver: str | None = None, system: str | None = None) -> Machine:
    said = Described(gpus=gpus or ("none",), driver=driver, system=system, arch=None)
    return describe(said, HERE)


MACHINES = {
    "old driver": machine("RTX 3060", driver="535"),
    "new card": machine("RTX 5090", driver="580"),
    "old card": machine("GTX 1080", driver="580"),
    "windows": machine("RTX 4090", driver="550", system="windows"),
    "amd": machine("RX 7900 XTX"),
    "none": machine(),
    "apple": machine("M2"),
}
MORE = MACHINES | {"amd, windows": machine("RX 7900 XTX", system="windows")}
OTHERS = {
    ("onnxruntime", "amd, windows"),
    ("onnxruntime", "windows"),
    ("tensorflow", "amd, windows"),
    ("tensorflow", "apple"),
    ("jax", "apple"),
}


@pytest.mark.parametrize("kind", MACHINES)
@pytest.mark.parametrize("axis", ["releases", "builds", "pythons"])
def test_what_is_grey_cannot_be_had_and_what_is_not_can(
    kind: str, axis: str, tmp_path: Path
) -> None:
    agrees(kind, axis, tmp_path)


@pytest.mark.parametrize(("framework", "kind"), sorted(OTHERS))
@pytest.mark.parametrize("axis", ["releases", "builds", "pythons"])
def test_so_it_is_for_other_frameworks_and_other_ways(
    framework: str, kind: str, axis: str, tmp_path: Path
) -> None:
    with meaning(framework):
        agrees(kind, axis, tmp_path)


def agrees(kind: str, axis: str, tmp_path: Path) -> None:
    asked_of, name = MORE[kind], load_catalogue().framework.name
    for one in getattr(options(asked_of, Picked()), axis):
        wish = {
            "releases": Requirement(packages=(f"{name}=={one.value}.*",), today=TODAY),
            "builds": Requirement(packages=(name,), build=one.value, today=TODAY),
            "pythons": Requirement(packages=(name,), python=one.value, today=TODAY),
        }[axis]
        context = Context(RealHost(), Home(tmp_path), offline=True)
        answer = planning.choose(context, asked_of, wish, live=False).resolution
        # Which Pythons can be downloaded is known where they are asked for, not here.
        if any(reason.code == "python-unobtainable" for reason in answer.reasons):
            continue
        assert (answer.outcome == "ok") == (one.why is None), (one, answer.reasons)


def test_what_is_picked_narrows_the_rest() -> None:
    found = options(MACHINES["old driver"], Picked(release="2.6"))
    assert {one.value for one in found.builds if one.why is None} >= {"cu124", "cpu"}
    assert "cu128" not in {one.value for one in found.builds}
    narrowed = options(MACHINES["old driver"], Picked(build="cu118"))
    no = {one.value for one in narrowed.releases if one.why is not None}
    assert {"2.15", "2.14"} <= no


def test_a_day_leaves_what_there_was() -> None:
    found = options(MACHINES["old driver"], Picked(as_of="2023-06-01"))
    assert found.releases[0].value == "2.0"
    assert "2.6" not in {one.value for one in found.releases}


def test_a_release_that_is_not_offered_is_shown_where_it_is_picked() -> None:
    assert "1.7" in {one.value for one in options(MACHINES["none"], Picked(release="1.7")).releases}
