"""One machine's choice: the catalogue, narrowed by what its sources really hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.stacks.by_conda import or_by_conda
from torchup.api.stacks.choosing import BACKEND, Choice
from torchup.api.stacks.shared import cards_for, shared_of
from torchup.facts.load import load_catalogue
from torchup.resolve.ask import read_requirement
from torchup.resolve.dates import check_pins, machine_then
from torchup.resolve.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.api.context import Context
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import Gpus
    from torchup.model import (
        Listing,
        Machine,
        Requirement,
        Resolution,
        Source,
        SourceSet,
    )


class Chooser:
    """One machine and one requirement on the way to a choice."""

    def __init__(self, context: Context, machine: Machine, requirement: Requirement) -> None:
        self._context = context
        self._catalogue: Catalogue = load_catalogue()
        day = requirement.today if requirement.as_of else ""
        self._machine = machine_then(machine, day, self._catalogue)
        self._requirement = requirement
        self._asked = read_requirement(requirement, self._catalogue.framework, machine)
        check_pins(self._asked, self._catalogue)
        self._gpus: Gpus | None = cards_for(machine)
        self._shared = shared_of(context, self._catalogue, BACKEND)
        self._configured = self._shared.places
        self._only_listed = bool(context.wheels)

    @property
    def _sources(self) -> SourceSet:
        """What the machine is set up to use."""
        return self._configured.sources

    def by_catalogue(self, *, here: bool = False) -> Choice:
        """Choose by the catalogue alone.

        Args:
            here: it is this machine: what Pythons it can have counts.
        """
        answer = self._resolve(None)
        if here:
            answer = self._with_python_at_hand(answer, None)
        return Choice(resolution=answer, places=self._configured, others=self._asked.others)

    def live(self) -> Choice:
        """Choose among what the sources really hold; ask further only where that gives nothing."""
        from torchup.api.stacks.lost import lacks_a_source, lost_sources

        listings = self._with_standbys(self._list(self._first_sources()))
        answer = self._resolve(listings)
        if lacks_a_source(answer):
            again = self._list(self._first_sources(), again=True)
            listings = self._with_standbys(again)
            answer = self._resolve(listings)
        asked = {one.source.id for one in listings}
        named = self._context.wheels
        if answer.outcome == "none" and not named and self._sources.primary.id not in asked:
            listings += self._list([self._sources.primary])
            answer = self._resolve(listings)
        answer = self._beyond(listings, self._with_python_at_hand(answer, listings))
        if answer.stack is not None and not self._context.offline:
            told = lost_sources(listings, self._catalogue.framework.name, own=True)
            answer = replace(answer, reasons=(*answer.reasons, *told))
        return Choice(
            resolution=answer,
            places=self._configured,
            listings=listings,
            others=self._asked.others,
        )

    def _with_standbys(self, listings: tuple[Listing, ...]) -> tuple[Listing, ...]:
        """Ask a build's further places where its chosen one lacks what is planned."""
        if not self._sources.framework_others:
            return listings
        from torchup.api.mirrors.standing_by import with_standbys

        framework = self._catalogue.framework.name
        planned = self.by_catalogue(here=True).resolution.stack
        return with_standbys(listings, self._sources, framework, planned, self._list)

    def _with_python_at_hand(
        self, answer: Resolution, listings: tuple[Listing, ...] | None
    ) -> Resolution:
        """Choose again among the Pythons that are here, where no other can be had now."""
        stack = answer.stack
        known = self._machine.pythons is not None
        if not stack or not known or self._installed(stack.python):
            return answer
        to_be_had = self._to_be_had() if self._python_to_be_had() else ()
        if stack.python.rstrip("t") in to_be_had:
            return answer
        return self._resolve(listings, obtainable=to_be_had)

    def _to_be_had(self) -> tuple[str, ...]:
        """The Pythons that can be downloaded for this machine."""
        from datetime import date

        from torchup.resolve.lines import downloadable, find_here

        day = date.fromisoformat(self._requirement.today)
        return tuple(downloadable(self._catalogue, day, find_here(self._machine).glibc))

    def _beyond(self, listings: tuple[Listing, ...], answer: Resolution) -> Resolution:
        """Name what only the listings know; take it where nothing known serves or was asked for."""
        from torchup.resolve.unlisted import offered_by_name, unlisted, with_unlisted

        if self._requirement.as_of:
            return answer
        machine, known = self._machine, self._catalogue
        cards = [gpu.arch for gpu in machine.gpus or () if gpu.arch]
        found = unlisted(listings, known, machine.platform, cards=cards)
        if not found:
            return answer
        if answer.stack is not None:
            chosen = answer.stack.packages[known.framework.name]
            said = offered_by_name(found, known, chosen)
            return replace(answer, reasons=(*answer.reasons, *said))
        self._catalogue = with_unlisted(known, found, today=self._requirement.today)
        wider = self._resolve(listings, None if self._python_to_be_had() else ())
        if wider.stack is None:
            self._catalogue = known
            return answer
        return wider

    def _first_sources(self) -> list[Source]:
        from torchup.resolve.shortlist import shortlist
        from torchup.sources.configured import framework_source

        if self._context.wheels:
            return [self._sources.links[0]]
        short = shortlist(self._machine, self._requirement, self._catalogue, gpus=self._gpus)
        builds, named = dict.fromkeys(short.builds), self._asked.build
        if not builds:  # no known release is what was asked for: ask where its relatives lie
            bare = replace(self._requirement, packages=self._asked.others, build=None)
            short = shortlist(self._machine, bare, self._catalogue, gpus=self._gpus)
            builds = dict.fromkeys((named,) if named else short.builds)
        found = [*self._sources.links, *self._sources.extras]
        if "pypi" in short.channels:
            found.append(self._sources.primary)
        known = {one.build for one in found}
        if self._catalogue.framework.index_base:  # else everything of it is on PyPI
            found += [framework_source(self._sources, one) for one in builds if one not in known]
        return found

    def _list(self, sources: Iterable[Source], *, again: bool = False) -> tuple[Listing, ...]:
        from torchup.resolve.shortlist import further_packages
        from torchup.sources.cache import ListingCache
        from torchup.sources.listing import list_many

        framework = self._catalogue.framework
        companions = framework.companions if self._requirement.companions else ()
        packages = further_packages(self._catalogue, self._machine.platform, self._asked.build)
        projects = (framework.name, *packages, *companions)
        wanted = [(source, project) for source in sources for project in projects]
        cache = ListingCache(self._context.home.cache / "listings")
        offline = self._context.offline
        return list_many(self._context.host, wanted, cache=cache, offline=offline, again=again)

    def _resolve(
        self, listings: tuple[Listing, ...] | None, obtainable: tuple[str, ...] | None = None
    ) -> Resolution:
        known = self._machine.pythons is not None
        if listings is not None and known and self._context.offline:
            obtainable = ()
        answer = self._resolver(listings, obtainable).resolve(self._machine, self._requirement)
        answer = self._with_beside(self._addressed(answer))
        return replace(answer, reasons=(*answer.reasons, *self._configured.notes))

    def _resolver(
        self, listings: tuple[Listing, ...] | None, obtainable: tuple[str, ...] | None
    ) -> Resolver:
        if listings is None:
            return self._shared.resolver(self._catalogue, self._gpus, obtainable)
        return Resolver(
            self._catalogue,
            gpus=self._gpus,
            listings=listings,
            obtainable=obtainable,
            framework_url=self._configured.framework_base,
            only_listed=self._only_listed,
        )

    def _addressed(self, answer: Resolution) -> Resolution:
        """Name the index for everything where something comes from it."""
        stack = answer.stack
        if stack is not None and not stack.index_url:
            answer = replace(answer, stack=replace(stack, index_url=self._sources.primary.url))
        name, platform = self._catalogue.framework.name, self._machine.platform
        return replace(answer, reasons=or_by_conda(answer.reasons, name, platform))

    def _with_beside(self, answer: Resolution) -> Resolution:
        stack = answer.stack
        if stack is None:
            return answer
        from torchup.api.solve.trapping import Traps

        framework = self._catalogue.framework
        version = stack.packages[framework.name]
        others = read_requirement(self._requirement, framework, self._machine).others
        if self._requirement.companions:
            from torchup.plan.beside import beside

            added = beside(framework, version, self._machine.os.system, others)
            stack = replace(stack, beside=added)
        return Traps(self._catalogue, self._machine, self._requirement, stack).planned(answer)

    def _installed(self, line: str) -> bool:
        return any(one.minor == line for one in self._machine.pythons or ())

    def _python_to_be_had(self) -> bool:
        if self._context.offline:
            return False
        from torchup.backends import load_backend

        return load_backend(BACKEND).can_fetch_python(self._context.host)
