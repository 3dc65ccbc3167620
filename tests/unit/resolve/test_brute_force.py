"""An independent judge, written from the rules in the design and the tables, not from the code."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Final, NamedTuple

import pytest

from unit.resolve.machinery import CATALOGUE, UBUNTU, WINDOWS, choose, machine

CARDS: Final = [
    (int(arch.name[3:-1]), int(arch.name[-1])) for arch in CATALOGUE.archs if not arch.embedded
]
DRIVERS: Final = (
    *("390.157", "418.40.04", "440.33.01", "450.51.06", "450.80.02", "452.06", "452.39"),
    *("460.27.04", "470.256.02", "472.12", "495.44", "510.39.01", "520.61.05", "522.06"),
    *("525.60.13", "527.41", "528.33", "535.183.01", "550.54.15", "560.35.03", "565.57.01"),
    *("566.36", "570.86.15", "575.51.03", "576.02", "580.65.06", "581.57", "590.44.01"),
    *("591.44", "595.45.04", "610.43.02", "620.70.06"),
)


class Row(NamedTuple):
    """One published CUDA build, as the tables have it."""

    torch: tuple[int, ...]
    name: str
    runtime: str
    archs: tuple[str, ...]


@lru_cache
def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def rows_of(platform: str) -> list[Row]:
    return [
        Row(numbers(release.version), build.name, build.runtime, build.archs or ())
        for release in CATALOGUE.releases
        for build in release.builds
        if build.device == "cuda" and build.platform == platform
    ]


ROWS: Final = {name: rows_of(f"{name}-x86_64") for name in ("linux", "windows")}


def has_code(row: Row, card: tuple[int, int]) -> bool:
    """Machine code of the same major and an equal or lower minor; ``a`` variants only exactly."""
    for arch in row.archs:
        digits = arch[3:].rstrip("a")
        major, minor = int(digits[:-1]), int(digits[-1])
        if major == card[0] and (minor == card[1] if arch.endswith("a") else minor <= card[1]):
            return True
    return False


def branch(driver: str) -> int:
    return max(one.number for one in CATALOGUE.branches if one.number <= numbers(driver)[0])


def driver_takes_card(driver: str, card: tuple[int, int]) -> bool:
    (arch,) = [one for one in CATALOGUE.archs if one.name == f"sm_{card[0]}{card[1]}"]
    last = arch.last_branch if arch.last_branch is not None else 10_000
    return arch.first_branch <= branch(driver) <= last


def driver_starts(driver: str, runtime: str, system: str) -> bool:
    (row,) = [one for one in CATALOGUE.runtimes if one.name == runtime]
    return numbers(driver) >= numbers(row.floor[system])


def valid_rows(system: str, driver: str, cards: tuple[tuple[int, int], ...]) -> list[Row]:
    return [
        row
        for row in ROWS[system]
        if driver_starts(driver, row.runtime, system)
        and all(has_code(row, card) and driver_takes_card(driver, card) for card in cards)
    ]


def expected(
    system: str, driver: str, cards: tuple[tuple[int, int], ...]
) -> tuple[str, list[Row], set[int]]:
    """The device, the rows that may be chosen, and the positions that must be served."""
    ever = [card for card in cards if any(has_code(row, card) for row in ROWS[system])]
    if not ever:
        return "cpu", [], set()
    everything = valid_rows(system, driver, tuple(ever))
    if everything:
        return "cuda", everything, {at for at, card in enumerate(cards) if card in ever}
    for best in sorted(set(ever), reverse=True):
        alone = valid_rows(system, driver, (best,))
        if alone:
            return "cuda", alone, {at for at, card in enumerate(cards) if card == best}
    return "none", [], set()


def check(system: str, driver: str, cards: tuple[tuple[int, int], ...]) -> None:
    found = choose(
        machine(
            *(f"sm_{major}{minor}" for major, minor in cards),
            driver=driver,
            os=UBUNTU if system == "linux" else WINDOWS,
        )
    )
    device, rows, served = expected(system, driver, cards)
    about = (system, driver, cards, found.stack)
    if device == "none":
        assert found.outcome == "none", about
        return
    assert found.outcome == "ok", about
    assert found.stack is not None
    assert found.stack.device == device, about
    assert served <= set(found.serves), about
    assert set(found.serves) | set(found.leaves_out) == set(range(len(cards))), about
    if device == "cuda":
        chosen = (numbers(found.stack.packages["torch"]), found.stack.build)
        assert chosen in {(row.torch, row.name) for row in rows}, about
        assert chosen[0][:2] == max(row.torch[:2] for row in rows), about


def check_many(seed: int, count: int) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        cards = tuple(chance.choice(CARDS) for _ in range(chance.choice((1, 1, 1, 2, 2, 3))))
        check(chance.choice(("linux", "windows")), chance.choice(DRIVERS), cards)


def test_choice_agrees_with_the_judge() -> None:
    check_many(20261121, 150)


@pytest.mark.slow
def test_choice_agrees_with_the_judge_on_many() -> None:
    check_many(1, 2000)


def test_the_judge_can_tell() -> None:
    """The sample holds every kind of answer, so that agreement means something."""
    chance = random.Random(20261121)
    kinds = {
        expected(
            chance.choice(("linux", "windows")), chance.choice(DRIVERS), (chance.choice(CARDS),)
        )[0]
        for _ in range(150)
    }
    assert kinds == {"cpu", "cuda", "none"}
