"""Drawn machines and wishes: the resolver's whole answer against the independent judge's.

A failure names the seed and the number of the drawing, and says what was drawn.
"""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from unit.resolve.brute.advice import Complaint, complaints
from unit.resolve.brute.draw import DRIVERS, draw_box, draw_wish
from unit.resolve.brute.judge import Answer, Judge
from unit.resolve.brute.scene import Box, Card, Driver, Wish
from unit.resolve.brute.table import COMPANIONS, NAME, numbers
from unit.resolve.brute.translate import INDEX, choose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.model import Resolution

__all__ = ["DRIVERS", "numbers"]

SAMPLE: Final = 20261121
SEEDS: Final = range(100)
EACH: Final = 1000


def drawings(seed: int, count: int) -> Iterator[tuple[Box, Wish]]:
    chance = random.Random(seed)
    for _ in range(count):
        box = draw_box(chance)
        yield box, draw_wish(chance, box)


def answer_of(found: Resolution) -> Answer:
    """The resolver's answer in the judge's form."""
    if found.stack is None:
        return Answer("none")
    stack = found.stack
    return Answer(
        stack.device,
        stack.packages[NAME],
        stack.build,
        stack.python,
        tuple(name for name in COMPANIONS if name in stack.packages),
        found.serves,
        found.leaves_out,
        any(
            (one.code, one.effect, one.about)
            == ("arch-ptx-only", "warn", f"{stack.packages[NAME]}+{stack.build}")
            for one in found.reasons
        ),
    )


def check(box: Box, wish: Wish, about: str) -> Answer:
    found = choose(box, wish)
    judge = Judge(box, wish)
    due = judge.answer()
    assert answer_of(found) == due, f"{about}: {box} {wish}"
    assert (found.outcome == "ok") == (found.stack is not None), about
    if found.stack is not None:
        taken = found.stack.index_url, found.stack.packages
        assert taken == taken_from(judge, due), f"{about}: {box} {wish}"
    return due


def taken_from(judge: Judge, due: Answer) -> tuple[str, dict[str, str]]:
    """The address and the versions that the judge takes its answer from."""
    row = judge.rows.rows[judge.rows.at[f"{due.torch}+{due.build}"]]
    place = judge.places.best(row)
    assert place is not None
    versions = {NAME: due.torch}
    for one in row.release.companions:
        if one.name in place.companions:
            versions[one.name] = one.version
    versions |= dict(one.split("==") for one in row.build.plugins)
    page = next((one for one in row.build.channels if one != "pypi"), "")
    return INDEX if place.place == "pypi" else f"https://download.pytorch.org/{page}", versions


def test_choice_agrees_with_the_judge() -> None:
    for number, (box, wish) in enumerate(drawings(SAMPLE, 300)):
        check(box, wish, f"seed {SAMPLE}, drawing {number}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_choice_agrees_with_the_judge_on_many(seed: int) -> None:
    for number, (box, wish) in enumerate(drawings(seed, EACH)):
        check(box, wish, f"seed {seed}, drawing {number}")


def test_the_sample_holds_every_kind_of_answer() -> None:
    """So that agreement means something."""
    due = [Judge(box, wish).answer() for box, wish in drawings(SAMPLE, 300)]
    kinds = Counter(one.device for one in due)
    assert min(kinds[one] for one in ("none", "cpu", "cuda", "rocm", "mps")) >= 3, kinds
    assert sum(bool(one.serves and one.leaves_out) for one in due) >= 3
    assert sum(len(one.serves) > 1 for one in due) >= 3
    assert any(one.last_resort for one in due)
    assert len({(one.torch, one.build) for one in due}) >= 40
    assert len({one.python for one in due}) >= 8


@cache
def complaints_of_sample() -> tuple[tuple[Complaint, Box, Wish], ...]:
    return tuple(
        (one, box, wish)
        for box, wish in drawings(SAMPLE, 300)
        for one in complaints(box, wish, choose(box, wish))
    )


@pytest.mark.parametrize(
    "kind",
    [
        "several",
        "hidden",
        "other",
        "missing",
    ],
)
def test_advice_is_true(kind: str) -> None:
    """What a near miss says would help is done, and judged again."""
    assert [one for one in complaints_of_sample() if one[0].kind == kind] == []


def test_intel_card_with_the_build_for_it() -> None:
    arc = Card("intel", "", told=("vendor",), name="Intel Arc A770")
    box = Box("linux", "x86_64", "glibc 2.35", cards=(arc,), drivers=())
    due = check(box, Wish(build="xpu"), "Arc")
    assert (due.device, due.serves) == ("xpu", (0,))


def test_the_judge_shares_nothing_with_the_resolver() -> None:
    """Only the translation of a drawing into the resolver's documents may import it."""
    modules = sorted((Path(__file__).parent / "brute").glob("*.py"))
    users = [one.name for one in modules if "torchup.resolve" in one.read_text(encoding="utf-8")]
    assert users == ["translate.py"]


def test_the_judge_can_tell() -> None:
    """A wrong answer is seen: what is right for one driver is wrong for another."""
    ada = Card("nvidia", "sm_89", name="NVIDIA GeForce RTX 4090")
    new = Box(
        "linux", "x86_64", "glibc 2.35", cards=(ada,), drivers=(Driver("nvidia", "580.65.06"),)
    )
    old = new._replace(drivers=(Driver("nvidia", "535.183.01"),))
    assert Judge(new, Wish()).answer() != Judge(old, Wish()).answer()
    assert Judge(old, Wish()).answer().build == "cu126"
    with pytest.raises(AssertionError):
        assert answer_of(choose(old, Wish())) == Judge(new, Wish()).answer()
