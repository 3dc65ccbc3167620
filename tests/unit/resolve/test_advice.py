"""What the answer says would help, and what is asked of sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.facts.load import load_catalogue
from torchup.model import Gpu, Machine, Os, Requirement
from torchup.resolve import resolve
from torchup.resolve.constraints import branch_of, runs_on
from torchup.resolve.numbers import at_least, capability, dotted, gfx, reaches
from torchup.resolve.shortlist import shortlist
from unit.resolve.machinery import (
    CATALOGUE,
    NEWEST,
    TODAY,
    WINDOWS,
    choose,
    listed,
    machine,
    page,
    wheel,
)

if TYPE_CHECKING:
    from torchup.model import Resolution

RADEON = Gpu(vendor="amd", name="AMD Radeon RX 7900 XTX", arch="gfx1100")


def remedies(found: Resolution) -> dict[str, dict[str, str]]:
    return {one.remedy.code: one.remedy.args for one in found.near_misses}


def test_one_driver_answers_the_card_and_the_runtime() -> None:
    found = choose(machine("sm_120", driver="520.61.05"))
    assert remedies(found)["remedy.driver"] == {
        "stack": f"{NEWEST}+cu132",
        "driver": "580.65.06",
        "has": "520.61.05",
    }


def test_a_missing_driver_must_know_the_card() -> None:
    found = choose(machine("sm_120", driver=""), "torch==2.7.1")
    assert remedies(found)["remedy.install-driver"]["driver"] == "570"
    found = choose(machine("sm_61", driver=""))
    assert remedies(found)["remedy.install-driver"]["driver"] == "525.60.13"


def test_the_way_back_to_the_last_branch() -> None:
    found = choose(machine("sm_61", driver="590.44.01"))
    assert remedies(found)["remedy.older-driver"]["driver"] == "580"


def test_use_gpu_is_told_the_number_that_it_takes() -> None:
    here = machine("sm_61", "sm_120", driver="580.65.06")
    assert here.gpus is not None
    swapped = replace(here, gpus=(replace(here.gpus[0], index=1), replace(here.gpus[1], index=0)))
    advice = remedies(choose(swapped))["remedy.use-gpu"]
    assert (advice["stack"], advice["gpu"]) == ("2.14.1+cu126", "1")
    taken = choose(swapped, use_gpus=(advice["gpu"],))
    assert taken.stack is not None
    assert (taken.stack.build, taken.serves) == ("cu126", (0,))


def test_no_such_gpu() -> None:
    with pytest.raises(UsageError, match=r"ask\.no-such-gpu"):
        choose(machine("sm_61", driver="580.65.06"), use_gpus=("3",))


def test_a_build_that_nobody_named_points_to_the_newest() -> None:
    found = choose(machine("sm_86", driver="580.65.06"), build="cu999")
    assert remedies(found)["remedy.ask"]["stack"] == f"{NEWEST}+cu132"


def test_what_was_asked_for_is_not_told_back_as_a_reason() -> None:
    found = choose(machine("sm_89", driver="580.65.06"), "torchvision==0.15.2")
    assert found.stack is not None
    assert found.stack.packages["torch"] == "2.0.1"
    assert "companion-version" not in {reason.code for reason in found.reasons}


def test_the_cards_of_one_maker_are_served() -> None:
    here = machine("sm_89", driver="580.65.06")
    assert here.gpus is not None
    both = replace(here, gpus=(RADEON, *here.gpus))
    found = choose(both)
    assert (found.serves, found.leaves_out) == ((1,), (0,))
    other = choose(both, build="rocm7.2")
    assert (other.serves, other.leaves_out) == ((0,), (1,))


def test_the_higher_architecture_of_amd_is_a_number() -> None:
    old = replace(RADEON, name="AMD Radeon VII", arch="gfx906")
    here = replace(machine(), gpus=(old, RADEON), drivers=())
    found = choose(here, "torch==2.2.0")
    assert found.stack is not None
    assert 1 in found.serves


def test_shortlist_has_the_builds_of_every_group() -> None:
    here = machine("sm_61", "sm_120", driver="580.88", os=WINDOWS)
    short = shortlist(here, Requirement(today=TODAY), CATALOGUE)
    assert {"cu128", "cu130"} <= set(short.builds)
    plain = shortlist(machine(), Requirement(today=TODAY), CATALOGUE)
    assert plain.builds == ("cpu",)
    named = shortlist(machine(), Requirement(build="cu126", today=TODAY), CATALOGUE)
    assert "cu126" in named.builds


def test_shortlist_holds_what_is_chosen() -> None:
    for archs in (("sm_61",), ("sm_37",), ("sm_70", "sm_120"), ("sm_61", "sm_120")):
        for os in (machine().os, WINDOWS):
            here = machine(*archs, driver="580.88" if os is WINDOWS else "470.256.02", os=os)
            found = choose(here)
            short = shortlist(here, Requirement(today=TODAY), CATALOGUE)
            assert found.stack is None or found.stack.build in short.builds


@pytest.mark.parametrize(
    ("code", "card", "embedded", "runs"),
    [
        ("sm_86", "sm_89", False, True),
        ("sm_86", "sm_80", False, False),
        ("sm_80", "sm_90", False, False),
        ("sm_120", "sm_121", False, True),
        ("sm_100", "sm_120", False, False),
        ("sm_90a", "sm_90", False, True),
        ("sm_90a", "sm_91", False, False),
        ("sm_86", "sm_87", True, False),
        ("sm_87", "sm_87", True, True),
        ("gfx1030", "gfx1030", False, True),
        ("gfx1030", "gfx1031", False, False),
    ],
)
def test_machine_code(code: str, card: str, embedded: bool, runs: bool) -> None:
    assert runs_on(code, card, embedded=embedded) is runs


def test_numbers() -> None:
    assert dotted("580.65.06") == (580, 65, 6)
    assert dotted("590.44-beta") == (590,)
    assert at_least("12", "12.0")
    assert not at_least("535.183.01", "535.183.2")
    assert reaches("580", "580.65.06")
    assert not reaches("580.42", "580.65.06")
    assert capability("sm_103") == (10, 3, "")
    assert capability("sm_7") is None
    assert gfx("gfx90a") == (9, 0, "a")
    assert gfx("gfx1201") == (12, 0, "1")
    assert gfx("sm_90") is None


@pytest.mark.parametrize(
    ("driver", "branch"),
    [("581.57", 580), ("591.44", 590), ("566.36", 565), ("339.0", 339), ("x", None)],
)
def test_branches(driver: str, branch: int | None) -> None:
    assert branch_of(driver, CATALOGUE) == branch


def test_two_changes_are_named_together() -> None:
    found = choose(machine("sm_120", driver="550.54.14"), "torch==2.6.0")
    assert remedies(found)["remedy.ask-and-driver"] == {
        "stack": "2.7.1+cu128",
        "driver": "570",
        "has": "550.54.14",
    }
    after = choose(machine("sm_120", driver="570"), "torch==2.7.1", build="cu128")
    assert after.outcome == "ok"


def test_a_python_and_a_driver_are_named_together() -> None:
    found = choose(machine("sm_120", driver="550.54.14"), python="3.8")
    told = remedies(found)["remedy.python-and-driver"]
    after = machine("sm_120", driver=told["driver"])
    for line in told["pythons"].split(", "):
        assert choose(after, python=line).outcome == "ok"
    bare = choose(machine("sm_120", driver="550.54.14"), python="3.8", obtainable=())
    assert "remedy.install-python-and-driver" in remedies(bare)


def test_a_python_that_cannot_be_had_is_to_be_installed() -> None:
    found = choose(machine(), python="3.8", obtainable=())
    assert "remedy.other-python" in remedies(found)
    found = choose(machine(), "torch<1.8.2", obtainable=())
    assert "remedy.ask-and-python" not in remedies(found)


def test_the_companion_nearest_to_the_one_that_was_pinned() -> None:
    found = choose(machine("sm_86", driver="580.65.06"), "torchvision==0.15.0")
    assert remedies(found)["remedy.paired"] == {
        "companion": "torchvision 0.15.2",
        "stack": "2.0.1+cu118",
    }


def test_a_companion_that_is_nowhere_is_left_out() -> None:
    places = listed(page("cpu"), torch=(wheel("torch", "2.13.0+cpu", "3.12"),))
    found = choose(machine(), "torch==2.13.0", "torchvision", listings=places)
    assert remedies(found)["remedy.without"] == {
        "companion": "torchvision",
        "stack": "2.13.0+cpu",
    }
    assert choose(machine(), "torch==2.13.0", listings=places).outcome == "ok"


def test_the_command_line_comes_before_drivers() -> None:
    found = choose(machine("sm_120", driver="550.54.14"))
    codes = [one.remedy.code for one in found.near_misses]
    assert codes == ["remedy.cpu", "remedy.driver"]


def test_that_there_is_no_gpu_is_no_reason_for_a_no() -> None:
    for here in (machine(), machine(os=Os(system="linux", libc="musl 1.2"))):
        found = choose(here, "torch==2.4.1", "torchvision==0.15.2")
        assert found.outcome == "none"
        assert "no-accelerator" not in {one.code for one in found.reasons}
    assert "no-accelerator" in {one.code for one in choose(machine()).reasons}


def test_builds_are_named_in_the_order_of_their_numbers() -> None:
    found = choose(machine("sm_80", driver="535"), build="cu999")
    (reason,) = found.reasons
    builds = [one for one in reason.has.split(", ") if one.startswith("cu")]
    assert builds.index("cu92") < builds.index("cu101") < builds.index("cu126")


@pytest.mark.parametrize(
    ("libc", "line", "needs"),
    [
        ("glibc 2.12", "jax", "glibc 2.27"),  # its Python can't be had on so old a system either
        ("musl 1.2.5", "tensorflow==2.5.3", "glibc 2.17"),  # its wheels ask for less than Python
    ],
)
def test_a_newer_system_has_what_python_needs_too(libc: str, line: str, needs: str) -> None:
    box = Machine(os=Os(system="linux", libc=libc), arch="x86_64", gpus=())
    asked = Requirement(packages=(line,), today=TODAY)
    found = resolve(box, asked, load_catalogue(line.partition("=")[0]))
    assert found.outcome == "none"
    assert [one.remedy.args["needs"] for one in found.near_misses] == [needs]
