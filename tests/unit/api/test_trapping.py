"""Solving around known traps, with a solver that is a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from torchup.api.solve.trapping import ROUNDS, Traps, solve_within
from torchup.errors import NoAnswerError, OutsideError, TorchupError
from torchup.facts.load import load_catalogue
from torchup.model import Artifact, Machine, Os, Requirement, Resolution, Stack
from torchup.resolve.traps import Constraint, requirements_of

if TYPE_CHECKING:
    from collections.abc import Callable

CATALOGUE = load_catalogue()
MACHINE = Machine(os=Os(system="linux"), arch="x86_64")
STACK = Stack(
    python="3.11",
    packages={"torch": "2.2.2", "torchvision": "0.17.2"},
    build="cpu",
    runtime="",
    device="cpu",
    beside=("numpy",),
)
NO_ANSWER = NoAnswerError("uv.no-solution", why="because")


def traps_of(*packages: str, stack: Stack = STACK, **asked: tuple[str, ...]) -> Traps:
    return Traps(CATALOGUE, MACHINE, Requirement(packages=packages, **asked), stack)  # type: ignore[arg-type]  # only tuples


class Solver:
    """Answers by what is held back, and remembers the questions."""

    def __init__(self, answer: Callable[[set[str]], dict[str, str] | TorchupError]) -> None:
        self._answer = answer
        self.asked: list[set[str]] = []

    def __call__(self, constraints: tuple[Constraint, ...]) -> tuple[str, tuple[Artifact, ...]]:
        held = set(requirements_of(constraints))
        self.asked.append({one for one in held if not one.startswith("triton")})
        found = self._answer(held)
        if isinstance(found, TorchupError):
            raise found
        files = (Artifact(name=n, version=v, url="") for n, v in found.items())
        return f"lock with {found}", tuple(files)


def packages(**versions: str) -> dict[str, str]:
    return {"torch": "2.2.2+cpu", **versions}


def said(traps: Traps, solver: Solver) -> list[tuple[str, str]]:
    found = solve_within(traps, solver)
    answer = Resolution(outcome="ok", requirement=Requirement(), stack=STACK)
    told = traps.solved(answer, found.packages, found.applied)
    return [(reason.code, reason.subject) for reason in told.reasons]


def test_what_is_known_before_needs_one_solve() -> None:
    solver = Solver(lambda held: packages(numpy="1.26.4" if "numpy<2" in held else "2.1.0"))
    assert said(traps_of(), solver) == [("trap-constrains", "numpy<2")]
    assert solver.asked == [{"numpy<2"}]


def test_what_nobody_installs_is_not_spoken_of() -> None:
    solver = Solver(lambda _: packages())
    traps = traps_of(stack=replace(STACK, beside=()))
    assert said(traps, solver) == []


def test_what_belongs_beside_and_is_missing_is_named() -> None:
    solver = Solver(lambda _: packages())
    assert said(traps_of(), solver) == [("beside-left-out", "numpy")]


@pytest.mark.parametrize(
    "error", [NO_ANSWER, OutsideError("uv.failed", why=""), OutsideError("uv.offline-missing")]
)
def test_an_impossible_constraint_is_given_up_and_the_others_are_kept(error: TorchupError) -> None:
    def answer(held: set[str]) -> dict[str, str] | TorchupError:
        if "numpy<2" in held:
            return error
        fresh = "setuptools<70" not in held
        return {"torch": "2.1.2", "numpy": "2.1.0", "setuptools": "80.0" if fresh else "69.0"}

    older = Stack(python="3.11", packages={"torch": "2.1.2"}, build="cpu", runtime="", device="cpu")
    assert said(traps_of(stack=older), Solver(answer)) == [
        ("trap-unmet", "numpy<2"),
        ("trap-constrains", "setuptools<70"),
    ]


def test_another_failure_is_nobody_elses_fault() -> None:
    solver = Solver(lambda _: OutsideError("uv.network", url="", why=""))
    with pytest.raises(OutsideError) as caught:
        solve_within(traps_of(), solver)
    assert caught.value.code == "uv.network"
    assert len(solver.asked) == 1


def test_where_nothing_can_be_solved_the_first_refusal_is_told() -> None:
    errors = iter([NO_ANSWER, OutsideError("uv.failed", status="1", why="later")])
    with pytest.raises(NoAnswerError) as caught:
        solve_within(traps_of(), Solver(lambda _: next(errors)))
    assert caught.value is NO_ANSWER


def test_a_failure_of_a_later_round_loses_nothing() -> None:
    def answer(held: set[str]) -> dict[str, str] | TorchupError:
        if "setuptools<82" in held:
            return OutsideError("uv.network", url="", why="")
        return packages(numpy="1.26.4", tensorboard="2.20.0", setuptools="82.0")

    assert said(traps_of(), Solver(answer)) == [
        ("trap-unmet", "setuptools<82"),
        ("trap-constrains", "numpy<2"),
    ]


def test_rounds_come_to_an_end() -> None:
    """A solver that lets a new trap in each time is not asked for ever."""
    chain = ["tensorboard", "gym", "opencv-python", "pandas", "scipy", "h5py"]

    def answer(_held: set[str]) -> dict[str, str]:
        return {**dict.fromkeys(chain[: len(solver.asked)], "0.1"), "numpy": "2.1.0"}

    solver = Solver(answer)
    nothing = Stack(python="3.9", packages={}, build="", runtime="", device="cpu")
    solve_within(traps_of(stack=nothing), solver)
    assert len(solver.asked) == ROUNDS + 1 < len(chain)


def test_a_pin_is_known_before_the_solve() -> None:
    answer = Resolution(outcome="ok", requirement=Requirement(), stack=STACK)
    told = traps_of("tensorboard==2.5.0").planned(answer)
    assert told.stack is not None
    assert told.stack.constraints == ("numpy<2,<1.24", "protobuf<=3.20.3", "setuptools<82")


def test_a_constraint_of_the_user_counts_as_their_word() -> None:
    answer = Resolution(outcome="ok", requirement=Requirement(), stack=STACK)
    told = traps_of(constraints=("numpy==2.1.0",)).planned(answer)
    assert [(one.code, one.subject, one.effect) for one in told.reasons] == [
        ("trap-asked", "numpy==2.1.0", "warn")
    ]
    assert told.stack is not None
    assert told.stack.constraints == ()


def test_what_must_be_absent() -> None:
    stack = Stack(python="3.8", packages={"torch": "1.7.0"}, build="cpu", runtime="", device="cpu")
    answer = Resolution(outcome="ok", requirement=Requirement(), stack=stack)
    told = traps_of(stack=stack).planned(answer)
    assert told.stack is not None
    assert told.stack.absent == ("dataclasses",)
    assert ("trap-excludes", "dataclasses") in {(one.code, one.subject) for one in told.reasons}
    kept = traps_of("dataclasses==0.6", stack=stack).planned(answer)
    assert kept.stack is not None
    assert kept.stack.absent == ()
    assert ("trap-asked", "dataclasses==0.6") in {(one.code, one.subject) for one in kept.reasons}
