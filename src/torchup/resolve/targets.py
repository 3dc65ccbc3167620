"""The machine's GPUs as a stack is to serve them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup.facts.special import Override
from torchup.model import Device, Reason
from torchup.resolve.numbers import capability, gfx
from torchup.resolve.ways import KINDS, TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Target(Struct, frozen=True, kw_only=True):
    """A GPU with everything that decides about it.

    ``position`` is its place in the machine's list, ``number`` what ``--use-gpu`` calls it.
    ``override`` makes it run a sister chip's code; ``forward``: it allows a newer ``libcuda``
    than its driver's.
    """

    position: int
    device: Device
    arch: str
    name: str
    memory_mib: int = 0
    vendor: str = "nvidia"
    number: str = "0"
    override: Override | None = None
    forward: bool = False

    @property
    def rank(self) -> tuple[tuple[int, int, str], int]:
        """The order in which cards are preferred: highest architecture, then most memory."""
        return capability(self.arch) or gfx(self.arch) or (0, 0, ""), self.memory_mib


class Targets(Struct, frozen=True, kw_only=True):
    """The GPUs to serve, best first, and why others are not among them.

    ``others`` could be served too, by a build for another kind of device; ``asked_device`` is
    what the build that the user named computes on. ``spare`` are cards among the unsupported
    that run a build which the user names; ``notes`` is what else is to be said about the cards.
    """

    wanted: tuple[Target, ...]
    unsupported: tuple[tuple[int, Reason], ...] = ()
    unknown: tuple[tuple[int, Reason], ...] = ()
    others: tuple[Target, ...] = ()
    asked_device: str | None = None
    spare: tuple[Target, ...] = ()
    notes: tuple[Reason, ...] = ()

    @property
    def groups(self) -> tuple[tuple[Target, ...], ...]:
        """The cards to serve by architecture, the preferred first."""
        found: dict[str, tuple[Target, ...]] = {}
        for one in self.wanted:
            found[one.arch] = (*found.get(one.arch, ()), one)
        return tuple(found.values())

    def by_maker(self) -> Iterator[Targets]:
        """The same with each maker's cards as those to serve, the preferred maker's first.

        A way beside the makers' own is none of the later ones: it serves the preferred cards too,
        so taking it for the others alone would leave those out without need.
        """
        yield self
        every = (*self.wanted, *self.others)
        for device in KINDS:
            if device in TITLES:
                continue
            same = tuple(one for one in self.others if one.device == device)
            if same:
                rest = tuple(one for one in every if one not in same)
                yield replace(self, wanted=best_first(same), others=rest)

    @property
    def aside(self) -> tuple[int, ...]:
        """Positions of the cards that no candidate is judged for."""
        said = [position for position, _ in (*self.unsupported, *self.unknown)]
        return tuple(sorted([*said, *(one.position for one in self.others)]))


def best_first(cards: Iterable[Target]) -> tuple[Target, ...]:
    """Sort cards, the preferred first."""
    return tuple(sorted(cards, key=lambda one: one.rank, reverse=True))
