"""The judge's own rules for cards of Intel's and for AMD's sister chips (design, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from unit.resolve.brute import masks
from unit.resolve.brute.table import CATALOGUE, NAME, Row, Table, numbers

if TYPE_CHECKING:
    from unit.resolve.brute.scene import Box, Card

INTEL_SINCE: Final = {"UHD Graphics 620": "", "Intel Arc A770": "2.5"}
"""The cards that are drawn, and the release since which PyTorch's page names them."""


MPS_SINCE: Final = ((2, 9), (14, 0)), ((2, 5), (13, 0)), ((1, 12), (12, 3))
"""Releases from the first number on compute on Apple's GPUs from the macOS of the second on."""


def on_apple(rows: Table, box: Box) -> int:
    """The builds that compute on Apple's GPU under this macOS; all where it is unknown."""
    has = numbers(box.version or "")

    def computes(row: Row) -> bool:
        release = numbers(row.release.version)
        table = MPS_SINCE if NAME == "torch" else ()
        needs = next((macos for since, macos in table if release >= since), (0,))
        return not has or has >= needs

    return rows.where(computes)


STOPS: Final = (
    ("linux-x86_64", (1, 6, 0), (1, 6, 0), "avx"),
    ("linux-x86_64", (2, 1, 0), (2, 2, 0), "sse4_1"),
    ("linux-aarch64", (2, 0, 0), (2, 0, 0), "atomics"),
    ("linux-aarch64", (2, 4, 0), (2, 4, 0), "atomics"),
    ("linux-aarch64", (2, 6, 0), (2, 6, 0), "atomics"),
    ("linux-aarch64", (2, 10, 0), (2, 10, 0), "atomics"),
)
"""Platform, first and last release, and what a processor must have for them."""


def beyond_the_processor(rows: Table, box: Box) -> int:
    """The builds that stop on this processor; only a whole list of flags tells what it lacks."""
    flags = (box.flags or ()) if NAME == "torch" else ()  # of the others nothing is known
    whole = {"sse2", "pni"} <= set(flags) or {"fp", "asimd", "evtstrm"} <= set(flags)
    missing = [
        (first, last)
        for platform, first, last, flag in STOPS
        if whole and platform == box.platform and flag not in flags
    ]
    return rows.where(
        lambda row: any(first <= numbers(row.release.version) <= last for first, last in missing)
    )


def other_ways(card: Card, box: Box) -> tuple[str, ...]:
    """What else than its maker's own builds may reach a card here: DirectML, then OpenVINO."""
    windows = box.system == "windows" or bool(box.wsl)
    found = ("directml",) if windows and card.vendor in ("nvidia", "amd", "intel") else ()
    beyond = box.system in ("windows", "linux") and card.vendor == "intel"
    return (*found, "openvino") if beyond else found


def other_ways_here(box: Box) -> tuple[str, ...]:
    """Which of them there are on a system at all."""
    windows = box.system == "windows" or bool(box.wsl)
    found = ("directml",) if windows else ()
    return (*found, "openvino") if box.system != "macos" else found


def under_wsl_1(box: Box) -> bool:
    """WSL 1 has no way to any GPU."""
    return box.wsl == 1


class Sister(NamedTuple):
    """The chip whose code a card runs, and the setting that makes it so."""

    arch: str
    setting: str


def sister(card: Card, box: Box) -> Sister | None:
    """Linux' runtime alone knows the setting; under WSL there is another one."""
    if card.vendor != "amd" or box.system != "linux" or box.wsl:
        return None
    found = [row for row in CATALOGUE.overrides if row.card == card.arch]
    return Sister(found[0].runs_as, found[0].value) if found else None


def with_sisters_code(rows: Table, card: Card, box: Box) -> int:
    """The builds with code for the card or for its sister."""
    own = masks.with_code(rows, card.arch)
    other = sister(card, box)
    return own if other is None else own | masks.with_code(rows, other.arch)


def one_setting(cards: list[Card], box: Box) -> bool:
    """Every card has a sister, and the same setting makes all of them run its code."""
    settings = {other.setting if (other := sister(card, box)) else "" for card in cards}
    return len(settings) == 1 and "" not in settings
