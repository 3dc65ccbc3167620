"""What sources really hold narrows the choice, and is named where it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.model import Os
from unit.resolve.machinery import (
    LINKS,
    PYPI,
    choose,
    down,
    listed,
    machine,
    page,
    wheel,
)

if TYPE_CHECKING:
    from torchup.model import Resolution

CENTOS = Os(system="linux", distro="centos", version="7", libc="glibc 2.17")
NO_INDEX = listed(page("cpu"))
"""The framework's own index was asked, and has nothing."""


def codes(found: Resolution) -> set[str]:
    return {reason.code for reason in found.reasons}


def python_of(found: Resolution) -> str:
    assert found.stack is not None
    return found.stack.python


def test_folder_of_wheels_serves_where_the_index_is_down() -> None:
    places = listed(LINKS, torch=(wheel("torch", "2.13.0+cpu"),)) + down(page("cpu"))
    found = choose(machine(), listings=places)
    assert found.stack is not None
    assert (found.stack.packages, found.stack.python) == ({"torch": "2.13.0"}, "3.11")
    assert found.stack.pins == {"torch": "2.13.0+cpu"}
    assert (found.stack.index_url, found.stack.source) == ("/wheels", "links")
    left = {one.subject: one.reason.code for one in found.companions_left_out}
    assert left == {"torchvision": "companion-not-there", "torchaudio": "companion-not-there"}


@pytest.mark.parametrize("asked_builds", [("cu126",), ("cu126", "cu118")])
def test_framework_index_down_is_no_answer_for_pascal(asked_builds: tuple[str, ...]) -> None:
    places = listed(PYPI, torch=(wheel("torch", "2.14.1", "3.13"),))
    for build in asked_builds:
        places += down(page(build))
    found = choose(machine("sm_61", driver="580.65.06"), listings=places)
    assert found.outcome == "none"
    assert "source-unreachable" in codes(found)
    remedies = [one.remedy.code for one in found.near_misses]
    assert "remedy.source" in remedies
    assert remedies[-1] == "remedy.cpu" or "remedy.cpu" not in remedies


def test_build_that_was_not_asked_for_is_taken_from_the_catalogue() -> None:
    places = listed(page("cu126"), torch=())
    found = choose(machine("sm_37", driver="470.256.02"), listings=places)
    assert found.stack is not None
    assert (found.stack.packages["torch"], found.stack.build) == ("2.7.1", "cu118")


def test_version_that_is_not_listed_is_not_planned() -> None:
    places = listed(page("cu126"), torch=(wheel("torch", "2.13.0+cu126", "3.13"),))
    found = choose(machine("sm_61", driver="580.65.06"), listings=places)
    assert found.stack is not None
    assert found.stack.packages["torch"] == "2.13.0"
    pinned = choose(machine("sm_61", driver="580.65.06"), "torch==2.14.1", listings=places)
    assert pinned.outcome == "none"
    assert codes(pinned) == {"not-listed"}


def test_yanked_files_are_not_there() -> None:
    files = (wheel("torch", "2.14.1+cpu", yanked=True), wheel("torch", "2.13.0+cpu"))
    found = choose(machine(), listings=listed(page("cpu"), torch=files))
    assert found.stack is not None
    assert found.stack.packages["torch"] == "2.13.0"


def test_heavy_build_only_where_no_cpu_build_can_be_reached() -> None:
    heavy = listed(PYPI, torch=(wheel("torch", "2.14.1", "3.13"),))
    found = choose(machine(), listings=heavy + down(page("cpu")))
    assert found.stack is not None
    assert (found.stack.build, found.stack.device) == ("cu130", "cpu")
    assert "runtime-unused" in codes(found)
    assert found.serves == ()
    light = listed(page("cpu"), torch=(wheel("torch", "2.11.0+cpu", "3.13"),))
    lighter = choose(machine(), listings=heavy + light).stack
    assert lighter is not None
    assert (lighter.build, lighter.packages["torch"]) == ("cpu", "2.11.0")
    assert choose(machine(), listings=heavy + down(page("cpu")), cpu=True).outcome == "none"


def test_heavy_build_of_a_folder_counts_too() -> None:
    places = listed(LINKS, torch=(wheel("torch", "2.13.0+cu126"),)) + down(page("cpu"))
    found = choose(machine(), listings=places)
    assert found.stack is not None
    assert found.stack.build == "cu126"
    assert "runtime-unused" in codes(found)


def test_companion_of_another_build_is_not_mixed_in() -> None:
    places = (
        listed(
            LINKS,
            torch=(wheel("torch", "2.13.0+cpu"),),
            torchvision=(wheel("torchvision", "0.28.0+cu126"),),
            torchaudio=(wheel("torchaudio", "2.11.0+cpu"),),
        )
        + NO_INDEX
    )
    found = choose(machine(), listings=places)
    assert found.stack is not None
    assert found.stack.packages == {"torch": "2.13.0", "torchaudio": "2.11.0"}
    assert [one.subject for one in found.companions_left_out] == ["torchvision"]
    refused = choose(machine(), "torchvision", listings=places)
    assert refused.outcome == "none"


def test_named_companion_counts_before_the_others() -> None:
    places = (
        listed(
            LINKS,
            torch=(wheel("torch", "2.13.0+cpu", "3.12"), wheel("torch", "2.13.0+cpu", "3.13")),
            torchvision=(wheel("torchvision", "0.28.0+cpu", "3.13"),),
            torchaudio=(wheel("torchaudio", "2.11.0+cpu", "3.12"),),
        )
        + NO_INDEX
    )
    assert python_of(choose(machine(), listings=places)) == "3.13"
    found = choose(machine(), "torchaudio", listings=places)
    assert found.stack is not None
    assert found.stack.python == "3.12"
    assert found.stack.packages == {"torch": "2.13.0", "torchaudio": "2.11.0"}


def test_nothing_obtainable_and_nothing_installed() -> None:
    found = choose(machine(), obtainable=())
    assert found.outcome == "none"
    assert "python-unobtainable" in codes(found)
    assert "remedy.install-python" in [one.remedy.code for one in found.near_misses]


def test_floors_come_from_the_wheels_themselves() -> None:
    files = (
        wheel("torch", "2.14.1+cpu"),
        wheel("torch", "2.13.0+cpu", floor="glibc 2.17"),
    )
    found = choose(machine(os=CENTOS), listings=listed(LINKS, torch=files))
    assert found.stack is not None
    assert found.stack.packages["torch"] == "2.13.0"


def test_companion_whose_floor_is_too_high_is_left_out() -> None:
    places = listed(
        LINKS,
        torch=(wheel("torch", "2.13.0+cpu", floor="glibc 2.17"),),
        torchvision=(wheel("torchvision", "0.28.0+cpu"),),
    )
    found = choose(machine(os=CENTOS), listings=places)
    left = {one.subject: one.reason.code for one in found.companions_left_out}
    assert left["torchvision"] == "libc-too-old"


def test_stable_abi_and_pure_companions_serve_every_python() -> None:
    places = (
        listed(
            LINKS,
            torch=(wheel("torch", "2.13.0+cpu", "3.13"),),
            torchvision=(wheel("torchvision", "0.28.0+cpu", pythons=("3.9+",)),),
            torchaudio=(
                wheel("torchaudio", "2.11.0", pythons=("any",), platforms=("any",), floor=""),
            ),
        )
        + NO_INDEX
    )
    found = choose(machine(), listings=places)
    assert found.stack is not None
    assert set(found.stack.packages) == {"torch", "torchvision", "torchaudio"}
    assert found.stack.python == "3.13"


def test_stable_abi_is_not_for_free_threaded_pythons() -> None:
    places = (
        listed(
            LINKS,
            torch=(wheel("torch", "2.13.0+cpu", "3.14t"),),
            torchvision=(wheel("torchvision", "0.28.0+cpu", pythons=("3.9+",)),),
        )
        + NO_INDEX
    )
    found = choose(machine(), python="3.14t", listings=places)
    left = {one.subject: one.reason.code for one in found.companions_left_out}
    assert left["torchvision"] == "companion-no-python"


@pytest.mark.parametrize("tag", ["any", "3.9+"])
def test_metadata_may_ask_for_a_newer_python_than_the_tags(tag: str) -> None:
    vision = wheel(
        "torchvision", "0.28.0+cpu", pythons=(tag,), platforms=("any",), requires_python=">=3.13"
    )
    torch = tuple(wheel("torch", "2.13.0+cpu", line) for line in ("3.12", "3.13"))
    places = listed(LINKS, torch=torch, torchvision=(vision,)) + NO_INDEX
    assert python_of(choose(machine(), listings=places)) == "3.13"
    left = choose(machine(), python="3.12", listings=places).companions_left_out
    assert {one.subject: one.reason.code for one in left}["torchvision"] == "companion-no-python"


def test_credentials_do_not_reach_reasons() -> None:
    source = page("cu126").__class__(
        id="f",
        kind="index",
        role="framework",
        url="https://me:secret@x.test/whl/cu126",
        build="cu126",
    )
    found = choose(machine("sm_61", driver="580.65.06"), listings=down(source))
    assert "secret" not in repr(found.reasons)
