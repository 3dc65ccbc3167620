"""What was there on a day: releases that came later are no candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.model import Reason, text

if TYPE_CHECKING:
    from torchup.facts.catalogue import Catalogue, Release
    from torchup.model import Machine, Text
    from torchup.resolve.ask import Asked


def read_day(text: str, today: str) -> str:
    """Return a day in ISO form.

    Args:
        text: what the user wrote.
        today: the day it is, in ISO form.

    Raises:
        UsageError: ``ask.not-a-day`` or ``ask.day-to-come``.
    """
    from datetime import date

    try:
        day = date.fromisoformat(text.strip()).isoformat()
    except ValueError as error:
        raise UsageError("ask.not-a-day", text=text) from error
    if day > today:
        raise UsageError("ask.day-to-come", day=day, today=today)
    return day


def after(release: Release, as_of: str) -> Reason | None:
    """Say that a release came after the day that is asked about, or that its day is not known.

    Args:
        release: the release; its date is empty where no fact tells it.
        as_of: the day in ISO form, empty for now.
    """
    if not as_of or (release.date and release.date <= as_of):
        return None
    return Reason(
        code="after-date",
        effect="reject",
        subject=release.version,
        needs=as_of,
        has=release.date or "?",
    )


def later_day(stack: str, reason: Reason) -> Text:
    """The change that would let a release of a later day in.

    Args:
        stack: the candidate, as pip would name it.
        reason: what :func:`after` said against it.
    """
    return text("remedy.later-day", stack=stack, day=reason.has)


def check_pins(asked: Asked, catalogue: Catalogue) -> None:
    """Refuse a pin that only releases after the day could meet.

    Raises:
        UsageError: ``ask.pin-after-date``, with the release that would do and its day.
    """
    name = catalogue.framework.name
    if not asked.framework_day or not asked.pins(name):
        return
    meant = [one for one in catalogue.releases if asked.allows(name, one.version)]
    if meant and all(after(one, asked.framework_day) for one in meant):
        first = min(meant, key=lambda one: one.date)
        raise UsageError(
            "ask.pin-after-date",
            pin=asked.wording(name),
            day=asked.framework_day,
            release=f"{name} {first.version}",
            date=first.date,
        )


def machine_then(machine: Machine, as_of: str, catalogue: Catalogue) -> Machine:
    """Return a machine without the Pythons that were not released yet.

    Args:
        machine: the machine as it is now.
        as_of: the day that decides about Pythons, in ISO form; empty for now.
        catalogue: knows when Pythons were released.
    """
    if not as_of or machine.pythons is None:
        return machine
    lines = [(one, catalogue.python(one.minor)) for one in machine.pythons]
    there = tuple(one for one, line in lines if line is None or line.released <= as_of)
    return replace(machine, pythons=there)
