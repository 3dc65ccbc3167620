"""A project's wishes on a machine: kept where they run, else moved forward just enough."""

from __future__ import annotations

import pytest

from torchup.api.context import Context
from torchup.api.projects.declarations import as_asked
from torchup.api.stacks.planning import choose
from torchup.model import Driver, Gpu, Machine, Os, Requirement, Resolution
from torchup.model.stack import AllowedHashes
from torchup.projects import Declared, Line
from torchup.state.home import Home
from unit.sources.fakehost import FileHost

TODAY = "2026-11-21"
FILE = "requirements.txt"


def card(arch: str, driver: str) -> Machine:
    return Machine(
        os=Os(system="linux", libc="glibc 2.35"),
        arch="x86_64",
        gpus=(Gpu(index=0, vendor="nvidia", name="a card", arch=arch),),
        drivers=(Driver(vendor="nvidia", version=driver),),
    )


AMPERE = card("sm_86", "550.54")
BLACKWELL = card("sm_120", "580.65")


def chosen(
    *lines: str,
    machine: Machine = AMPERE,
    day: str = "",
    python: str = "",
    pythons: str = "",
    build: str = "",
    named: tuple[str, ...] = (),
    firm: bool = True,
    held: tuple[str, ...] = (),
    hashed: tuple[str, ...] = (),
    cpu: bool = False,
) -> Resolution:
    packages = tuple(
        Line(text=one, file=FILE, number=at, firm=firm) for at, one in enumerate(lines, 1)
    )
    project = Declared(
        packages=packages,
        constraints=tuple(Line(text=one, file=FILE) for one in held),
        hashes=tuple(AllowedHashes(name=one, hashes=("sha256:aa",)) for one in hashed),
        python=python,
        pythons=pythons,
        build=build,
        files=(FILE,),
    )
    context = Context(FileHost(env={"HOME": "/home/me"}, files={}), Home("/home/me/torchup"))
    asked = Requirement(packages=named, today=day or TODAY, as_of=day, cpu=cpu)
    asked = as_asked(asked, context, None, [project])
    return choose(context, machine, asked, live=False).resolution


def codes(answer: Resolution) -> set[str]:
    return {one.code for one in answer.reasons}


def version(answer: Resolution) -> str:
    assert answer.stack is not None, answer.reasons
    return answer.stack.packages["torch"]


def test_what_runs_is_kept() -> None:
    answer = chosen("torch==2.1.0", python="3.9", build="cu118")
    assert answer.stack is not None
    assert (version(answer), answer.stack.python, answer.stack.build) == ("2.1.0", "3.9", "cu118")
    assert not {one for one in codes(answer) if one.startswith("moved")}
    assert "python-asked" not in codes(answer)


@pytest.mark.parametrize("pin", ["torch==1.2.0", "torch==1.0.0", "torch==1.6.*", "torch<1.5"])
def test_an_old_pin_without_code_for_the_card_is_moved_to_the_oldest_that_has(pin: str) -> None:
    answer = chosen(pin, "torchvision==0.4.0", python="3.6")
    assert answer.stack is not None
    assert version(answer).startswith("1.7.")
    assert (answer.stack.build, answer.stack.python) == ("cu110", "3.8")
    assert "torchvision" in answer.stack.packages
    moved = next(one for one in answer.reasons if one.code == "moved-forward")
    assert (moved.subject, moved.about, moved.effect) == (pin, f"{FILE}:1", "warn")
    assert "moved-python-gone" in codes(answer)


@pytest.mark.parametrize("other", ["tensorflow-gpu==2.1.0", "tensorflow==1.15.0", "jax==0.2.9"])
def test_another_framework_of_a_project_is_a_pin_like_others(other: str) -> None:
    answer = chosen("torch==1.6.0", other, python="3.7")
    assert version(answer).startswith("1.7.")
    assert other in answer.requirement.packages


@pytest.mark.parametrize("pin", ["torch==1.13.1", "torch==2.4.1", "torch==1.2.0"])
def test_a_pin_that_can_not_run_on_a_newer_card_gives_no_stack_and_the_reason(pin: str) -> None:
    answer = chosen(pin, machine=BLACKWELL, python="3.10")
    assert answer.outcome == "none"
    stays = next(one for one in answer.reasons if one.code == "pin-stays")
    assert (stays.subject, stays.effect) == (pin, "reject")
    assert stays.needs == "torch 2.7.0+cu128"


def test_what_is_only_told_to_people_may_be_moved_as_far_as_it_takes() -> None:
    answer = chosen("torch==1.7.1", machine=BLACKWELL, firm=False)
    assert version(answer) == "2.7.0"
    assert "moved-forward" in codes(answer)


def test_what_is_open_is_chosen_by_the_day() -> None:
    answer = chosen("torch", "numpy", day="2021-06-01")
    assert (version(answer), answer.stack and answer.stack.python) == ("1.8.1", "3.8")
    assert not {one for one in codes(answer) if one.startswith("moved")}


@pytest.mark.parametrize(
    ("machine", "release"), [(AMPERE, "1.7.0"), (BLACKWELL, "2.7.0")], ids=["ampere", "blackwell"]
)
def test_what_is_open_and_too_old_on_its_day_is_moved_past_it(
    machine: Machine, release: str
) -> None:
    answer = chosen("torch", "numpy", machine=machine, day="2019-07-13")
    assert version(answer) == release
    assert answer.requirement.as_of == "2019-07-13"
    assert "moved-past-day" in codes(answer)


def test_a_pin_that_is_younger_than_the_day_is_kept() -> None:
    answer = chosen("torch==2.2.0", day="2023-01-01")
    assert version(answer) == "2.2.0"
    assert "pin-past-day" in codes(answer)


def test_a_build_that_can_not_serve_the_card_is_moved() -> None:
    answer = chosen("torch==1.8.0", build="cu101", python="3.8")
    assert answer.stack is not None
    assert answer.stack.build == "cu111"
    assert "moved-build" in codes(answer)


def test_the_python_is_one_that_the_project_supports() -> None:
    answer = chosen("torch==2.1.0", pythons=">=3.8,<3.10")
    assert answer.stack is not None
    assert answer.stack.python in {"3.8", "3.9"}


def test_the_python_of_a_pinned_framework_is_of_its_time() -> None:
    answer = chosen("torch==1.7.1")
    assert answer.stack is not None
    assert answer.stack.python == "3.8"


def test_what_the_user_names_counts_before_the_project_and_is_not_moved() -> None:
    answer = chosen("torch==1.2.0", "numpy", named=("torch==2.6.0",))
    assert version(answer) == "2.6.0"
    answer = chosen("numpy", named=("torch==1.13.1",), machine=BLACKWELL)
    assert answer.outcome == "none"
    assert not {one for one in codes(answer) if one.startswith("moved")}


def test_what_a_lock_holds_of_the_framework_is_freed_when_it_moves() -> None:
    held = ("torchtext==0.5.0", "six==1.16.0")
    answer = chosen("torch==1.4.0", held=held)
    assert version(answer) == "1.7.0"
    assert answer.requirement.constraints[0] == "six==1.16.0"
    assert "torchtext==0.5.0" not in answer.requirement.constraints
    assert set(held) <= set(chosen("torch==1.7.0", held=held).requirement.constraints)


def test_without_a_card_the_projects_cuda_is_no_wish() -> None:
    bare = Machine(os=Os(system="linux", libc="glibc 2.35"), arch="x86_64", gpus=(), drivers=())
    answer = chosen("torch==2.1.0", machine=bare, build="cu118", python="3.9")
    assert answer.stack is not None
    assert answer.stack.build == "cpu"


def test_with_a_card_a_build_for_the_cpu_is_no_wish() -> None:
    answer = chosen("torch==2.1.0", build="cpu", python="3.9")
    assert answer.stack is not None
    assert answer.stack.device == "cuda"


def test_what_a_lock_holds_of_a_package_that_the_user_names_is_passed_over() -> None:
    held, hashed = ("six==1.16.0", "idna==3.4"), ("six", "idna")
    asked = chosen("torch==2.1.0", named=("six==1.17.0",), held=held, hashed=hashed).requirement
    assert asked.constraints == ("idna==3.4",)
    assert [one.name for one in asked.hashes] == ["idna"]


def test_a_build_is_not_said_to_be_impossible_where_it_was_only_not_wanted() -> None:
    assert "moved-build" not in codes(chosen("torch==2.1.0", build="cu118", cpu=True))
    assert "moved-build" not in codes(chosen("torch==2.1.0", build="cpu", python="3.9"))


def test_a_companion_of_another_release_gives_way_to_the_framework() -> None:
    answer = chosen("torch==2.0.0", "torchvision==0.15.0")
    assert answer.stack is not None
    assert answer.stack.packages["torch"] == "2.0.0"
    assert answer.stack.packages["torchvision"] == "0.15.1"
    freed = [one for one in answer.reasons if one.code == "companion-freed"]
    assert [(one.subject, one.needs) for one in freed] == [
        ("torchvision==0.15.0", "torchvision==0.15.1")
    ]


def test_a_companion_of_no_release_at_all_is_taken_without_its_version() -> None:
    answer = chosen("torch==2.1.0", "torchaudio==0.5.0")
    assert answer.stack is not None
    assert answer.stack.packages["torchaudio"] == "2.1.0"


def test_a_companion_alone_tells_the_release() -> None:
    answer = chosen("torchvision==0.5.0", day="2022-08-09")
    assert answer.stack is not None
    assert answer.stack.packages["torch"] == "1.7.0"  # 1.4.0 has no code for the card
    assert any(one.code == "moved-forward" for one in answer.reasons)


def test_the_users_own_framework_frees_the_projects_companions() -> None:
    answer = chosen(
        "torch==1.12.1", "torchvision==0.13.1", machine=BLACKWELL, named=("torch==2.7.1",)
    )
    assert answer.stack is not None
    assert answer.stack.packages["torchvision"] == "0.22.1"


def test_the_pins_of_another_system_are_none_here() -> None:
    answer = chosen(
        "torch==1.13.1; sys_platform == 'darwin'", "torch==1.6.0; sys_platform == 'linux'"
    )
    assert answer.stack is not None
    assert answer.stack.packages["torch"] == "1.7.0"


def test_a_pin_that_leaves_ptx_alone_gives_no_stack_and_the_ways_out() -> None:
    answer = chosen("torch==1.4.0", "numpy<2", machine=BLACKWELL)
    assert answer.outcome == "none"
    assert [one.code for one in answer.reasons if one.effect == "reject"] == [
        "pin-stays",
        "arch-ptx-only",
    ]
    near = [(one.remedy.code, one.stack.packages["torch"]) for one in answer.near_misses]
    assert near == [("remedy.ask", "2.7.0"), ("remedy.cpu", "1.4.0")]
