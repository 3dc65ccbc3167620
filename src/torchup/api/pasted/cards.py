"""The cards of pasted output: each once, and all of one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import asdict, replace

from torchup.errors import UsageError
from torchup.vendors.pci import normal_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.readers import ReadGpu, Reading

_SAME_ORDER: Final = frozenset({"nvidia-smi", "nvidia-smi-L", "nvidia-smi-query"})
"""Texts of one program, which always counts the cards of a machine alike."""
_COUNTED: Final = _SAME_ORDER | {"nvidia-smi-q", "gpustat", "device-query", "collect_env", "lspci"}
"""Texts in which one number, or one slot, is one card of a machine."""


def distinct(found: Sequence[Reading]) -> tuple[Reading, ...]:
    """Return the readings with each card once.

    A card that a text shows twice (``lspci`` with and without ``-k``, a table before and after) is
    one card, and what either tells of it is kept.

    Args:
        found: what was read out of one text.

    Raises:
        UsageError: ``pasted.two-machines``, where two different cards have one number or slot;
            ``pasted.two-drivers``, where one program tells of two drivers.
    """
    once = tuple(
        replace(one, gpus=_once(one.gpus, ("index", "bus_id")))
        if one.gpus and one.kind in _COUNTED
        else one
        for one in found
    )
    _once([gpu for one in once if one.kind in _SAME_ORDER for gpu in one.gpus or ()], ("index",))
    _one_driver(found)
    return once


def _one_driver(found: Iterable[Reading]) -> None:
    told = [
        number
        for one in found
        if one.kind.startswith("nvidia-smi")
        for number in one.facts.get("drivers", (one.driver,))
        if number
    ]
    other = next((number for number in told if number != told[0]), None)
    if other is not None:
        raise UsageError("pasted.two-drivers", first=told[0], second=other)


def answering(found: Sequence[Reading]) -> tuple[Reading, ...]:
    """Leave out cards that no longer answer, and of which not even the name is known.

    Args:
        found: what was read. A text that shows no other card can't tell which there are.
    """
    return tuple(
        replace(one, gpus=tuple(filter(_there, one.gpus)) or None) if one.gpus else one
        for one in found
    )


def _there(gpu: ReadGpu) -> bool:
    return gpu.name is not None or not gpu.extra.get("lost")


def _once(gpus: Iterable[ReadGpu], by: Sequence[str]) -> tuple[ReadGpu, ...]:
    kept: list[ReadGpu] = []
    places: dict[tuple[str | None, str], int] = {}
    for gpu in gpus:
        place = _place(gpu, by)
        at = places.get(place) if place else None
        if at is None:
            if place:
                places[place] = len(kept)
            kept.append(gpu)
            continue
        if not _may_be_one(kept[at], gpu):
            raise UsageError(
                "pasted.two-machines",
                place=str(gpu.bus_id if gpu.index is None else gpu.index),
                first=kept[at].name or kept[at].uuid or "?",
                second=gpu.name or gpu.uuid or "?",
            )
        kept[at] = _joined(kept[at], gpu)
    return tuple(kept)


def _place(gpu: ReadGpu, by: Sequence[str]) -> tuple[str | None, str] | None:
    """Where a card is, by its number or else by its slot; None where nothing tells."""
    if "index" in by and gpu.index is not None:
        return gpu.vendor, str(gpu.index)
    slot = normal_address(gpu.bus_id or "") if "bus_id" in by else None
    return (gpu.vendor, slot) if slot else None


def _may_be_one(one: ReadGpu, other: ReadGpu) -> bool:
    """Tell whether nothing says that two descriptions are of two cards."""
    if one.uuid and other.uuid:
        return one.uuid == other.uuid
    if one.pci_id and other.pci_id:
        return one.pci_id == other.pci_id
    if one.name is None or other.name is None:
        return True
    first, second = sorted((_plain(one), _plain(other)), key=len)
    return second.startswith(first) if one.truncated or other.truncated else first == second


def _plain(gpu: ReadGpu) -> str:
    return (gpu.name or "").rstrip(". ").lower().removeprefix("nvidia ")


def _joined(one: ReadGpu, other: ReadGpu) -> ReadGpu:
    """What either tells; the later one of what changes."""
    known = {key: value for key, value in asdict(one).items() if value is not None}
    more = {key: value for key, value in asdict(other).items() if value is not None}
    whole = one if other.truncated and not one.truncated else other
    named = {"name": whole.name or one.name or other.name, "truncated": whole.truncated}
    return replace(one, **{**known, **more, **named, "extra": {**one.extra, **other.extra}})
