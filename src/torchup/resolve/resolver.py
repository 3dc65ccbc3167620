"""Choosing for one machine or for thousands; what they have in common is worked out once."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Final, TypeVar

from torchup.model import Reason
from torchup.resolve.ask import is_path, read_requirement
from torchup.resolve.case import Case
from torchup.resolve.judge import Judge
from torchup.resolve.knowledge import knowledge_of
from torchup.resolve.lines import Here, Pythons, find_here
from torchup.resolve.offers import Shelf
from torchup.resolve.places import Places
from torchup.resolve.shape import StackShape
from torchup.resolve.sorting import find_targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Listing, Machine, Os, Requirement, Resolution
    from torchup.resolve.ask import Asked
    from torchup.resolve.cards import GpuTable

_Kept = TypeVar("_Kept")
_MOST: Final = 512
"""Systems and requirements remembered at once; each holds at most a verdict per candidate."""


class Resolver:
    """The facts, and the places that were asked.

    Args:
        catalogue: the facts.
        gpus: finds cards by PCI id or name where the machine gives no architecture.
        listings: what sources really hold; None plans from the catalogue alone.
        obtainable: Python release lines that can be downloaded; None means all that exist.
        primary_url: the index for everything, for naming it in the answer.
        framework_url: the base of the framework's own indexes, in place of the catalogue's.
        only_listed: what the listings don't have can't be had.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        gpus: GpuTable | None = None,
        listings: Sequence[Listing] | None = None,
        obtainable: tuple[str, ...] | None = None,
        primary_url: str = "",
        framework_url: str = "",
        only_listed: bool = False,
    ) -> None:
        self._catalogue = catalogue
        self._knowledge = knowledge_of(catalogue)
        self._gpus = gpus
        self._shelf = Shelf(listings, catalogue, only_listed=only_listed)
        self._obtainable = obtainable
        base = framework_url or catalogue.framework.index_base
        self.shape = StackShape(catalogue, primary_url, base)
        self._asked: _Memory[Asked] = _Memory()
        self._pythons: _Memory[Pythons] = _Memory()
        self._places: _Memory[Places] = _Memory()

    def resolve(self, machine: Machine, requirement: Requirement) -> Resolution:
        """Choose the stack for a machine, or say why there is none.

        Args:
            machine: the machine; unknown parts give warnings, not rejections.
            requirement: what is asked for.

        Raises:
            UsageError: the requirement can't be read or contradicts itself.
        """
        judge = self.judge(machine, requirement)
        asked = judge.asked
        case = Case(judge, requirement, self.shape)
        if asked.cpu:
            said = Reason(code="cpu-asked", effect="accept", subject="cpu")
            return case.on_cpu((said,), alone=True)
        if machine.gpus is None and asked.build is None:
            return case.answers.none(
                (Reason(code="gpus-unknown", effect="reject", subject=machine.platform),)
            )
        targets = find_targets(machine, asked, requirement.use_gpus, self._knowledge, self._gpus)
        if targets.wanted:
            return case.on_accelerator(targets)
        if targets.unknown:
            return case.answers.none(tuple(reason for _, reason in targets.unknown))
        embedded = case.embedded(targets)
        if embedded is not None:
            return embedded
        if asked.build is not None:
            return case.without_device(targets, gpus_known=machine.gpus is not None)
        return case.barred(targets) or case.on_cpu_beside(targets)

    def judge(self, machine: Machine, requirement: Requirement) -> Judge:
        """Prepare to judge candidates for a machine.

        Raises:
            UsageError: the requirement can't be read or contradicts itself.
        """
        here = machine.pythons if is_path(requirement.python) else None
        key = (requirement, machine.platform, here)
        asked = self._asked.get(key) or self._asked.keep(
            key, read_requirement(requirement, self._catalogue.framework, machine)
        )
        found = find_here(machine)
        pythons = self._pythons_of(requirement.today, found)
        places = self._places_of((*key, pythons.key), asked, pythons, machine.os)
        return Judge(machine, asked, self._knowledge, places, found.installed)

    def _pythons_of(self, today: str, here: Here) -> Pythons:
        key = (today, here)
        return self._pythons.get(key) or self._pythons.keep(
            key, Pythons(self._catalogue, today, self._obtainable, here)
        )

    def _places_of(
        self, key: tuple[Hashable, ...], asked: Asked, pythons: Pythons, os: Os
    ) -> Places:
        whole = (*key, os.libc, os.version if os.system == "macos" else "")
        return self._places.get(whole) or self._places.keep(
            whole, Places(asked, self._catalogue.framework.name, self._shelf, pythons, os)
        )


class _Memory(dict[Hashable, _Kept]):
    """Remembers what was made for a key, and forgets everything before it grows too large."""

    def keep(self, key: Hashable, made: _Kept) -> _Kept:
        if len(self) >= _MOST:
            self.clear()
        self[key] = made
        return made
