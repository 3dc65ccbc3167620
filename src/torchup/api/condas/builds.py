"""Choosing among conda's builds: what channels hold, judged like wheels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.condas.asking import check
from torchup.api.condas.only_wheels import or_wheels
from torchup.api.condas.wording import of_channels, remedy_of_channels, retired
from torchup.api.stacks.chooser import Chooser
from torchup.api.stacks.choosing import Choice
from torchup.api.stacks.lost import lost_sources
from torchup.backends.conda_inspect import names_to_ask_for
from torchup.backends.conda_listing import PYTHON, SUBDIRS, list_channels
from torchup.facts.conda import load_conda
from torchup.model import (
    NearMiss,
    Reason,
    Requirement,
    Resolution,
    Source,
)
from torchup.model.source import kept_url
from torchup.resolve.conda import channel_name, conda_catalogue
from torchup.resolve.conda_listed import (
    of_channels_alone,
    seen_in,
    with_carried,
    with_companions_seen,
    with_mixed,
)
from torchup.resolve.numbers import dotted
from torchup.resolve.places import unreachable_reason
from torchup.resolve.resolver import Resolver
from torchup.sources.channels import channel_sources
from torchup.sources.mirrored import origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.api.context import Context
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.conda_rows import ChannelRow
    from torchup.model import Listing, Machine, Stack


class CondaChooser(Chooser):
    """One machine and one requirement on the way to a build of conda's."""

    def __init__(self, context: Context, machine: Machine, requirement: Requirement) -> None:
        check(context, requirement)
        super().__init__(context, machine, requirement)
        # Its Pythons are of no use here: each environment brings its own.
        self._machine = replace(self._machine, pythons=())
        self._known = self._catalogue
        self._facts = load_conda(self._known.framework.name)
        named = self._named(requirement)
        self._only_listed = True
        self._lines = tuple(
            one.minor for one in self._known.pythons if one.released <= requirement.today
        )
        self._channels: tuple[Source, ...] = ()
        self._use(channel_sources(context.host, named, context.mirrors.conda))

    def _named(self, requirement: Requirement) -> tuple[str, ...]:
        """The channels to ask: those that were named, and after them what they lean on."""
        named = requirement.channels or (self._facts.default.name,)
        rows = (self._facts.channel(one) for one in named)
        beside = [one for row in rows if row for one in row.beside]
        return tuple(dict.fromkeys((*named, *beside)))

    def by_catalogue(self, *, here: bool = False) -> Choice:  # noqa: ARG002  # as any chooser
        """Choose by what is recorded of the channels alone."""
        if not self._catalogue.releases:
            return self._choice(self._nothing(()), ())
        answer = self._resolve(None)
        if answer.stack is None and not self._requirement.channels:
            before = self._channels
            for row in self._facts.retired():
                self._use(self._places((row.name, *row.beside)))
                other = self._resolve(None)
                if other.stack is not None:
                    return self._choice(self._with_retired(other, row), ())
            self._use(before)
        return self._choice(self._with_retired(answer, None), ())

    def live(self) -> Choice:
        """Choose among what the channels hold; a retired one is asked where nothing else serves."""
        listings = self._list(self._channels)
        while self._turned(listings):
            listings = self._list(self._channels)
        answer = self._among(listings)
        reached = all(one.state != "unreachable" for one in listings)
        if answer.stack is None and reached and not self._requirement.channels:
            before = self._channels
            for row in self._facts.retired():
                sources = self._places((row.name, *row.beside))
                self._channels = sources
                more = self._list(sources[:1])
                other = self._among(more)
                if other.stack is not None:
                    return self._choice(self._with_retired(other, row), (*listings, *more))
            self._use(before, listings)
        if answer.stack is not None and not self._context.offline:
            told = lost_sources(listings, self._known.framework.name, own=True)
            answer = replace(answer, reasons=(*answer.reasons, *told))
        return self._choice(self._with_retired(answer, None), listings)

    def there(self, listings: tuple[Listing, ...]) -> Catalogue:
        """Return what the channels have, for a choice among sets.

        Args:
            listings: what they were seen to hold; empty for what is recorded.
        """
        self._use(self._channels, listings)
        return of_channels_alone(self._catalogue, listings, self._machine.platform)

    def _turned(self, listings: tuple[Listing, ...]) -> bool:
        """Turn to the next chosen mirror, in the end to none, where one has not got a channel."""
        failed = any(
            one.state != "ok" and one.source.origin == origin_of("conda") for one in listings
        )
        chosen = self._context.mirrors.conda
        if not failed or not chosen or self._context.offline:
            return False
        self._context.mirrors = replace(self._context.mirrors, conda=chosen[1:])
        self._use(self._places(self._named(self._requirement)))
        return True

    def _places(self, names: tuple[str, ...]) -> tuple[Source, ...]:
        return channel_sources(self._context.host, names, self._context.mirrors.conda)

    def _use(self, sources: tuple[Source, ...], listings: tuple[Listing, ...] = ()) -> None:
        """Judge what these channels are recorded to hold, or were seen to where nothing is."""
        self._channels = sources
        names = [channel_name(one.id) for one in sources]
        new = [one for one in listings if not self._facts.records(channel_name(one.source.id))]
        framework, platform = self._known.framework.name, self._machine.platform
        facts = self._facts.beside(seen_in(new, framework, platform))
        self._catalogue = conda_catalogue(self._known, facts, names)

    def _choice(self, answer: Resolution, listings: tuple[Listing, ...]) -> Choice:
        return Choice(
            resolution=or_wheels(
                self._context, self._machine, self._requirement, self._asked, answer
            ),
            places=self._configured,
            listings=listings,
            others=self._asked.others,
            channels=self._channels,
        )

    def _among(self, listings: tuple[Listing, ...]) -> Resolution:
        """Choose among what is listed; the Pythons are those that the channels have."""
        lines = {line for one in listings if one.project == PYTHON for file in one.files
                 for line in file.pythons}  # fmt: skip
        if lines:
            self._lines = tuple(sorted(lines, key=lambda one: dotted(one.rstrip("t"))))
        self._use(self._channels, listings)
        if not self._catalogue.releases:
            return self._nothing(listings)
        self._catalogue = with_companions_seen(self._catalogue, listings, self._facts.package)
        return self._beyond(listings, self._resolve(listings))

    def _nothing(self, listings: tuple[Listing, ...]) -> Resolution:
        """Say that no channel has the framework at all, or that it can't be asked."""
        name = self._known.framework.name
        lost = [one for one in listings if one.state == "unreachable"]
        said = Reason(
            code="channel-empty",
            effect="reject",
            subject=name,
            needs=", ".join(kept_url(one.url) for one in self._channels),
        )
        reasons = (unreachable_reason(lost[0], name),) if lost else (said,)
        return Resolution(outcome="none", requirement=self._requirement, reasons=reasons)

    def _list(self, sources: Iterable[Source], *, again: bool = False) -> tuple[Listing, ...]:  # noqa: ARG002  # as any chooser
        if self._machine.platform not in SUBDIRS:
            return ()
        places = replace(self._sources, channels=tuple(sources))
        lent = {name: name for name in self._facts.lent}
        projects = names_to_ask_for() | lent | {PYTHON: PYTHON}
        found = list_channels(
            self._context.host,
            self._context.home,
            places,
            projects,
            self._machine.platform,
            offline=self._context.offline,
        )
        found = with_carried(found, self._known.framework.name, self._facts.carrier)
        return with_mixed(found, self._catalogue, self._facts, self._machine.platform)

    def _resolver(
        self,
        listings: tuple[Listing, ...] | None,
        obtainable: tuple[str, ...] | None,  # noqa: ARG002  # those of conda's
    ) -> Resolver:
        return Resolver(
            self._catalogue,
            gpus=self._gpus,
            listings=listings,
            obtainable=self._lines,
            only_listed=True,
        )

    def _addressed(self, answer: Resolution) -> Resolution:
        """Say that it is conda's, and name the channel."""
        stack = answer.stack
        near = tuple(self._near_of_conda(one) for one in answer.near_misses)
        reasons = of_channels(answer.reasons)
        mine = self._as_conda(stack) if stack else None
        return replace(answer, stack=mine, near_misses=near, reasons=reasons)

    def _near_of_conda(self, miss: NearMiss) -> NearMiss:
        """Say it of channels: no mirror of wheels helps here."""
        way = remedy_of_channels(miss.remedy)
        return replace(miss, stack=self._as_conda(miss.stack), remedy=way)

    def _as_conda(self, stack: Stack) -> Stack:
        url = next((one.url for one in self._channels if one.id == stack.source), "")
        made = replace(stack, origin="conda", index_url=kept_url(url or self._channels[0].url))
        name, platform = self._known.framework.name, self._machine.platform
        build = self._catalogue.build(stack.packages[name], stack.build, platform)
        if build is None or not build.libraries:
            return made
        (channel,) = build.channels
        row = self._facts.libraries(channel, build.libraries, platform)
        specs = row.specs if row else ()
        return replace(made, libraries=specs, pins=dict(stack.packages))

    def _python_to_be_had(self) -> bool:
        return True

    def _with_retired(self, answer: Resolution, row: ChannelRow | None) -> Resolution:
        """Say that the chosen channel gets no new releases any more."""
        said = retired(answer.stack, row, self._facts)
        return replace(answer, reasons=(*answer.reasons, *said))
