"""Which cards ``--use-gpu`` names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.errors import UsageError

if TYPE_CHECKING:
    from torchup.model import Gpu


def numbers(gpus: tuple[Gpu, ...]) -> list[str]:
    """What ``--use-gpu`` calls each card: its driver's number, unless two drivers count alike."""
    own = [position if gpu.index is None else gpu.index for position, gpu in enumerate(gpus)]
    return [str(number) for number in (own if len(set(own)) == len(own) else range(len(own)))]


def selected(gpus: tuple[Gpu, ...], use_gpus: tuple[str, ...]) -> list[tuple[int, Gpu]]:
    """Return the cards that ``--use-gpu`` names, with their places; all where it names none.

    Raises:
        UsageError: ``ask.no-such-gpu``: a named one is not there.
    """
    numbered = list(enumerate(gpus))
    if not use_gpus:
        return numbered
    names = numbers(gpus)
    chosen: list[tuple[int, Gpu]] = []
    for wanted in use_gpus:
        found = [
            (position, gpu) for position, gpu in numbered if wanted in (names[position], gpu.uuid)
        ]
        if not found:
            raise UsageError("ask.no-such-gpu", wanted=wanted, count=len(gpus))
        chosen += [one for one in found if one not in chosen]
    return chosen
