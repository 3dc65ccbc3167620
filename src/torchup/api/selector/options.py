"""Judging each way to choose, by the same constraints as the choice itself.

What an option would leave is judged together with the other two that are picked, as people read a
selector: change one thing, and see what the rest allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.compat.cards import Card, find_cards
from torchup.compat.cover import reaches
from torchup.compat.filters import Asked, Judged, judge
from torchup.compat.rows import matrix, minor_of
from torchup.errors import UsageError
from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Reason
from torchup.model.drivers import driver_number
from torchup.resolve.numbers import dotted
from torchup.resolve.ways import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from torchup.model import Gpu, Machine

_SHOWN: Final = 12
"""Release lines that are offered, the newest; older ones are reached through their days."""


_RECENT: Final = 6
"""Release lines whose builds are offered where no release is picked."""


class Picked(Struct, frozen=True, kw_only=True):
    """What is picked so far; empty for what is left to torchup.

    Attributes:
        release: a release line, such as ``2.6``.
        build: such as ``cu126``.
        python: such as ``3.12``.
        as_of: a day, in ISO form.
    """

    release: str = ""
    build: str = ""
    python: str = ""
    as_of: str = ""


class Option(Struct, frozen=True, kw_only=True):
    """One thing that can be picked; ``why`` says what speaks against it, None where nothing does.

    ``device`` is what a build computes on, empty for releases and Pythons.
    """

    value: str
    why: Reason | None = None
    device: str = ""


class Options(Struct, frozen=True, kw_only=True):
    """Everything that can be picked."""

    releases: tuple[Option, ...]
    builds: tuple[Option, ...]
    pythons: tuple[Option, ...]


def options(machine: Machine, picked: Picked) -> Options:
    """Judge every option for a machine.

    Args:
        machine: the machine.
        picked: what is picked already.
    """
    cards = _all_cards(machine)
    judged = _rows(machine, cards, picked.as_of)
    # Where there is a card, the build for the processor is only what somebody picks, and so is
    # everywhere what the facts leave to the user's word.
    free = [
        one
        for one in judged
        if not one.row.build.asked and (not cards or any(reaches(one.row, card) for card in cards))
    ]
    open_rows = judged if picked.build else free or judged
    lines = tuple(dict.fromkeys(minor_of(one.row.release.version) for one in judged))[:_SHOWN]
    if picked.release and picked.release not in lines:
        lines = (*lines, picked.release)
    shown = [one for one in judged if minor_of(one.row.release.version) in lines]
    recent = (picked.release,) if picked.release else lines[:_RECENT]
    builds = {
        one.row.build.name: one.row.build.device
        for one in shown
        if minor_of(one.row.release.version) in recent or one.row.build.name == picked.build
    }
    pythons = sorted(
        {line for one in shown for line in one.row.pythons if not line.endswith("t")},
        key=dotted,
        reverse=True,
    )
    return Options(
        releases=tuple(
            _option(line, _with(open_rows, line, picked.build), picked.python) for line in lines
        ),
        builds=tuple(
            _option(name, _with(judged, picked.release, name), picked.python, device=device)
            for name, device in sorted(builds.items(), key=_order)
        ),
        pythons=tuple(
            _option(line, _with(open_rows, picked.release, picked.build), line) for line in pythons
        ),
    )


def _all_cards(machine: Machine) -> tuple[Card, ...]:
    """The cards that one would compute on: an Intel display beside another maker's is none."""
    catalogue, gpus = load_catalogue(), load_gpus()
    found = machine.gpus or ()
    mine = [gpu for gpu in found if gpu.vendor != "intel"] or found
    return tuple(
        card for gpu in mine for card in _cards(gpu, lambda name: find_cards(name, gpus, catalogue))
    )


def _rows(machine: Machine, cards: tuple[Card, ...], as_of: str) -> tuple[Judged, ...]:
    """Judge what there was for the machine's platform on a day, the newest first."""
    catalogue = load_catalogue()
    driver = machine.driver("nvidia")
    version = driver_number(driver.version) if driver else None
    asked = Asked(cards=cards, driver=version if version and version[0].isdigit() else None)
    rows = [
        row
        for row in matrix(catalogue)
        if row.platform == machine.platform and (not as_of or row.release.date <= as_of)
    ]
    return tuple(_of_device(one, cards) for one in judge(rows, asked, catalogue))


def _cards(gpu: Gpu, find: Callable[[str], tuple[Card, ...]]) -> tuple[Card, ...]:
    """What the table of cards says of one; nothing where it doesn't know it."""
    for name in (gpu.arch, gpu.pci_id, gpu.name):
        if name:
            try:
                return tuple(replace(card, asked=gpu.name or name) for card in find(name))
            except UsageError:
                continue
    return ()


def _of_device(one: Judged, cards: tuple[Card, ...]) -> Judged:
    """Add that a build is for another maker's cards than those that are there."""
    build = one.row.build
    if not cards or build.device == "cpu" or any(reaches(one.row, card) for card in cards):
        return one
    card = cards[0]
    said = Reason(
        code="build-other-device",
        effect="reject",
        subject=build.name,
        needs=build.device,
        has=card.asked,
    )
    return Judged(row=one.row, reasons=(said,))


def _with(judged: Iterable[Judged], release: str, build: str) -> list[Judged]:
    return [
        one
        for one in judged
        if release in {"", minor_of(one.row.release.version)} and build in {"", one.row.build.name}
    ]


def _option(value: str, judged: Sequence[Judged], python: str, *, device: str = "") -> Option:
    """Say whether anything of what is left runs, with the reason of the one that comes nearest."""
    running = [one for one in judged if one.runs]
    if any(not python or python in one.row.pythons for one in running):
        return Option(value=value, device=device)
    if running:
        row = running[0].row
        why = Reason(
            code="requested-python",
            effect="reject",
            subject=row.label,
            needs=python,
            has=", ".join(row.pythons),
        )
        return Option(value=value, why=why, device=device)
    nearest = min(judged, key=lambda one: len(one.against), default=None)
    if nearest is None:
        none = Reason(code="selector-none", effect="reject", subject=value)
        return Option(value=value, why=none, device=device)
    return Option(value=value, why=nearest.against[0], device=device)


def _order(item: tuple[str, str]) -> tuple[int, list[int], str]:
    """CUDA first, the newest first; the processor last."""
    name, device = item
    kinds = (*KINDS, "cpu")
    number = name.lstrip("abcdefghijklmnopqrstuvwxyz")
    return kinds.index(device), [-part for part in dotted(number)], name
