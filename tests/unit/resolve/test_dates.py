"""What was there on a day."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.model import Interpreter, Requirement
from torchup.resolve.ask import read_requirement
from torchup.resolve.dates import after, check_pins, machine_then, read_day
from unit.resolve.machinery import CATALOGUE, TODAY, machine

RELEASE = CATALOGUE.releases[5]


def test_a_day_is_read_and_must_have_been() -> None:
    assert read_day(" 2024-02-29 ", TODAY) == "2024-02-29"
    assert read_day(TODAY, TODAY) == TODAY
    for text in ("", "2024", "2024-13-01", "2023-02-29", "yesterday", "01.02.2024"):
        with pytest.raises(UsageError) as caught:
            read_day(text, TODAY)
        assert caught.value.code == "ask.not-a-day"
    with pytest.raises(UsageError) as caught:
        read_day("2026-11-22", TODAY)
    assert caught.value.code == "ask.day-to-come"


def test_releases_of_the_day_count_and_later_ones_do_not() -> None:
    assert after(RELEASE, "") is None
    assert after(RELEASE, RELEASE.date) is None
    assert after(RELEASE, "2999-01-01") is None
    reason = after(RELEASE, "2000-01-01")
    assert reason is not None
    assert (reason.code, reason.effect) == ("after-date", "reject")
    assert (reason.subject, reason.has) == (RELEASE.version, RELEASE.date)


def test_a_release_of_unknown_day_is_not_taken_for_an_old_one() -> None:
    reason = after(replace(RELEASE, date=""), "2024-01-01")
    assert reason is not None
    assert reason.has == "?"


@pytest.mark.parametrize(
    ("pin", "day", "fits"),
    [
        ("torch==2.9.1", "2024-06-01", False),
        ("torch>=2.9", "2024-06-01", False),
        ("torch==2.3.0", "2024-06-01", True),
        ("torch>=2.0", "2024-06-01", True),
        ("torch==99", "2024-06-01", True),
        ("six==1.0", "2024-06-01", True),
        ("torch==2.9.1", "", True),
    ],
)
def test_pins_that_came_later(pin: str, day: str, fits: bool) -> None:
    asked = read_requirement(
        Requirement(packages=(pin,), as_of=day), CATALOGUE.framework, machine("sm_89")
    )
    if fits:
        check_pins(asked, CATALOGUE)
        return
    with pytest.raises(UsageError) as caught:
        check_pins(asked, CATALOGUE)
    assert caught.value.details["day"] == day


def test_pythons_that_came_later_are_not_there() -> None:
    pythons = tuple(Interpreter(version=f"{line}.1", path=f"/{line}") for line in ("3.11", "3.13"))
    found = machine_then(machine("sm_89", pythons=pythons), "2023-06-01", CATALOGUE)
    assert [one.minor for one in found.pythons or ()] == ["3.11"]
    bare = machine("sm_89")
    assert machine_then(bare, "2023-06-01", CATALOGUE) is bare
