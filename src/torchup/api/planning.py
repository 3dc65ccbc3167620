"""Choosing: the catalogue, narrowed by what this machine's sources really hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.backends import load_backend
from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Listing, Plan, Resolution, Source, SourceSet
from torchup.plan import plan_creation
from torchup.plan.beside import beside
from torchup.resolve import read_requirement, resolve, shortlist

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.api.context import Context
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import Gpus
    from torchup.model import Machine, Requirement

BACKEND: Final = "uv"


class Choice(Struct, frozen=True, kw_only=True):
    """The answer, and the places that were asked for it; none for another machine."""

    resolution: Resolution
    sources: SourceSet
    listings: tuple[Listing, ...] = ()

    def source(self) -> Source | None:
        """The place that the chosen framework comes from."""
        stack = self.resolution.stack
        if stack is None:
            return None
        return next((one.source for one in self.listings if one.source.id == stack.source), None)


def choose(context: Context, machine: Machine, requirement: Requirement, *, live: bool) -> Choice:
    """Choose the stack.

    Args:
        context: the session.
        machine: this machine, or a described one.
        requirement: what is asked for.
        live: ask this machine's sources what they hold. A described machine has its own sources:
            for it the catalogue alone decides.

    Raises:
        UsageError: the requirement can't be read or contradicts itself.
    """
    chooser = _Chooser(context, machine, requirement)
    return chooser.live() if live else chooser.by_catalogue()


def plan(context: Context, choice: Choice, *, name: str = "NAME", verify: bool = True) -> Plan:
    """Turn a choice into steps, without asking for the files' names."""
    stack = choice.resolution.stack
    steps = load_backend(BACKEND).steps(stack, name) if stack else ()
    _ = context
    return plan_creation(choice.resolution, steps, verify=verify, name=name)


class _Chooser:
    """One machine and one requirement on the way to a choice."""

    def __init__(self, context: Context, machine: Machine, requirement: Requirement) -> None:
        from torchup.sources.configured import configured_sources

        self._context = context
        self._machine = machine
        self._requirement = requirement
        self._catalogue: Catalogue = load_catalogue()
        self._gpus: Gpus | None = _table(machine)
        default = load_backend(BACKEND).default_index(context.host, context.home)
        base = self._catalogue.framework.index_base
        self._sources = configured_sources(context.host, base, default)

    def by_catalogue(self) -> Choice:
        """Choose by the catalogue alone."""
        return Choice(resolution=self._resolve(None), sources=self._sources)

    def live(self) -> Choice:
        """Choose among what the sources really hold; ask further only where that gives nothing."""
        listings = self._list(self._first_sources())
        answer = self._resolve(listings)
        if answer.outcome == "none" and _for_want_of_a_source(answer):
            listings = self._list(self._first_sources(), again=True)
            answer = self._resolve(listings)
        asked = {one.source.id for one in listings}
        if answer.outcome == "none" and self._sources.primary.id not in asked:
            listings += self._list([self._sources.primary])
            answer = self._resolve(listings)
        stack = answer.stack
        if stack and not self._installed(stack.python) and not self._python_to_be_had():
            answer = self._resolve(listings, obtainable=())
        return Choice(resolution=answer, sources=self._sources, listings=listings)

    def _first_sources(self) -> list[Source]:
        from torchup.sources.configured import framework_source

        short = shortlist(self._machine, self._requirement, self._catalogue, gpus=self._gpus)
        found = [*self._sources.links, *self._sources.extras]
        if "pypi" in short.channels:
            found.append(self._sources.primary)
        known = {one.build for one in found}
        found += [
            framework_source(self._sources, build) for build in short.builds if build not in known
        ]
        return found

    def _list(self, sources: Iterable[Source], *, again: bool = False) -> tuple[Listing, ...]:
        from torchup.sources.cache import ListingCache
        from torchup.sources.listing import list_many

        framework = self._catalogue.framework
        companions = framework.companions if self._requirement.companions else ()
        wanted = [
            (source, project) for source in sources for project in (framework.name, *companions)
        ]
        cache = ListingCache(self._context.home.cache / "listings")
        offline = self._context.offline
        return list_many(self._context.host, wanted, cache=cache, offline=offline, again=again)

    def _resolve(
        self, listings: tuple[Listing, ...] | None, obtainable: tuple[str, ...] | None = None
    ) -> Resolution:
        if listings is not None and self._context.offline:
            obtainable = ()
        answer = resolve(
            self._machine,
            self._requirement,
            self._catalogue,
            gpus=self._gpus,
            listings=listings,
            obtainable=obtainable,
            primary_url=self._sources.primary.url,
            framework_url=self._sources.framework_base,
        )
        return self._with_beside(answer)

    def _with_beside(self, answer: Resolution) -> Resolution:
        stack = answer.stack
        if stack is None or not self._requirement.companions:
            return answer
        framework = self._catalogue.framework
        version = stack.packages[framework.name]
        others = read_requirement(self._requirement, framework, self._machine).others
        added = beside(framework, version, self._machine.os.system, others)
        return replace(answer, stack=replace(stack, beside=added))

    def _installed(self, line: str) -> bool:
        return any(one.minor == line for one in self._machine.pythons or ())

    def _python_to_be_had(self) -> bool:
        return load_backend(BACKEND).can_fetch_python(self._context.host)


def _for_want_of_a_source(answer: Resolution) -> bool:
    near = (reason for one in answer.near_misses for reason in one.reasons)
    return any(reason.code == "source-unreachable" for reason in (*answer.reasons, *near))


def _table(machine: Machine) -> Gpus | None:
    """The table of cards, where a card's architecture has to be looked up."""
    return load_gpus() if any(not gpu.arch for gpu in machine.gpus or ()) else None
