"""Choosing a nightly build: the framework's nightly pages, and nothing that is a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.stacks.chooser import Chooser
from torchup.api.stacks.choosing import Choice
from torchup.resolve.nightly import absent, meant, nightlies, not_listed, told, with_known_archs
from torchup.resolve.shortlist import shortlist
from torchup.resolve.unlisted import with_unlisted
from torchup.sources.configured import nightly_source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.api.context import Context
    from torchup.facts.catalogue import Release
    from torchup.model import Listing, Machine, Requirement, Resolution, Source


class NightlyChooser(Chooser):
    """One machine and one requirement on the way to a nightly build."""

    def __init__(self, context: Context, machine: Machine, requirement: Requirement) -> None:
        super().__init__(context, machine, requirement)
        self._known = self._catalogue
        self._only_listed = True
        self._found = False

    def by_catalogue(self, *, here: bool = False) -> Choice:  # noqa: ARG002  # as any chooser
        """Answer that the catalogue knows no nightlies, and name the release instead of one."""
        instead = self._release().stack
        answer = not_listed(self._requirement, self._known.framework.name, instead)
        return Choice(resolution=answer, places=self._configured)

    def live(self) -> Choice:
        """Choose among the nightlies that the sources list.

        The pages of the builds that suit the newest release are asked first; the page of all
        builds, where there may be newer ones, only if they hold nothing that fits.
        """
        builds = self._builds()
        plain = None if builds else self._by_facts(self._bare())
        if plain is not None and plain.stack is None:
            answer = replace(plain, requirement=self._requirement)
            return Choice(resolution=answer, places=self._configured)
        sources = self._places(builds)
        listings = self._list(sources)
        answer = self._among(listings)
        if answer.stack is None and any(one.state == "unreachable" for one in listings):
            listings = self._list(sources, again=True)
            answer = self._among(listings)
        if answer.stack is None and not self._context.wheels:
            listings += self._list([self._page("")])
            answer = self._among(listings)
        if not self._found:
            name = self._known.framework.name
            instead = self._release().stack
            answer = absent(self._requirement, self._asked, name, listings, instead)
        return Choice(resolution=answer, places=self._configured, listings=listings)

    def _among(self, listings: tuple[Listing, ...]) -> Resolution:
        """Choose among what is listed; the solve and the traps see the facts with it."""
        platform = self._machine.platform
        cards = [gpu.arch for gpu in self._machine.gpus or () if gpu.arch]
        found = nightlies(listings, self._known, platform, cards=cards)
        self._found = meant(found, self._asked, self._known.framework.name)
        answer = self._beside(with_known_archs(found), listings)
        if answer.stack is None:
            answer = self._beside(found, listings)
        return told(answer, self._known, platform)

    def _beside(self, found: tuple[Release, ...], listings: tuple[Listing, ...]) -> Resolution:
        """Choose with nightlies beside the releases, which explain what is rejected."""
        self._catalogue = with_unlisted(self._known, found, today=self._requirement.today)
        return self._with_python_at_hand(self._resolve(listings), listings)

    def _builds(self) -> tuple[str, ...]:
        """The builds that are worth asking for: those that suit the newest release."""
        if self._asked.build is not None:
            return (self._asked.build,)
        return shortlist(self._machine, self._bare(), self._known, gpus=self._gpus, minors=1).builds

    def _places(self, builds: Iterable[str]) -> list[Source]:
        if self._context.wheels:
            return [self._sources.links[0]]
        pages = [self._page(build) for build in builds]
        return [*self._sources.links, *self._sources.extras, *pages]

    def _page(self, build: str) -> Source:
        return nightly_source(self._sources, self._known.framework.nightly, build)

    def _release(self) -> Resolution:
        """What would be chosen without ``--nightly``, by the catalogue alone."""
        return self._by_facts(replace(self._requirement, nightly=False))

    def _by_facts(self, requirement: Requirement) -> Resolution:
        return Chooser(self._context, self._machine, requirement).by_catalogue().resolution

    def _bare(self) -> Requirement:
        """The requirement without a nightly, and without what restricts its version."""
        return replace(
            self._requirement, packages=self._asked.others, constraints=(), nightly=False
        )
