"""A choice: the answer, and the places that were asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.api.solve.configured import ConfiguredPlaces
from torchup.model import Listing, NearMiss, Resolution, Source, SourceSet

if TYPE_CHECKING:
    from torchup.api.compiled.fitted import Fitted  # noqa: TC004  # a choice is never decoded

BACKEND: Final = "uv"
CONDA: Final = "conda"


class Choice(Struct, frozen=True, kw_only=True):
    """The answer, and the places that were asked for it; none for another machine.

    ``others`` is what was asked for beyond the framework and its companions; ``fitted`` is what
    became of those that are compiled against it; ``channels`` are conda's, in the order in which
    they are asked.
    """

    resolution: Resolution
    places: ConfiguredPlaces
    listings: tuple[Listing, ...] = ()
    others: tuple[str, ...] = ()
    fitted: tuple[Fitted, ...] = ()
    channels: tuple[Source, ...] = ()

    @property
    def backend(self) -> str:
        """Who solves and installs."""
        return self.resolution.requirement.backend

    @property
    def sources(self) -> SourceSet:
        """Every place that files may come from.

        A folder or page of links that isn't there is left out, as pip leaves it out; an index is
        not: what it holds might then be taken from another one that has the same name.
        """
        gone = {one.source.id for one in self.listings if one.state == "unreachable"}
        named = replace(self.places.named, channels=self.channels)
        if not any(one.id in gone for one in named.links):
            return named
        return replace(named, links=tuple(one for one in named.links if one.id not in gone))

    def addressed(self) -> Resolution:
        """The answer, where near misses too name the index that they would come from.

        A screen doesn't show it, and a described machine's answer seldom needs it otherwise.
        """
        answer = self.resolution
        if all(near.stack.index_url for near in answer.near_misses):
            return answer
        return replace(answer, near_misses=tuple(map(self._near, answer.near_misses)))

    def _near(self, miss: NearMiss) -> NearMiss:
        if miss.stack.index_url:
            return miss
        stack = replace(miss.stack, index_url=self.places.sources.primary.url)
        return replace(miss, stack=stack)

    def source(self) -> Source | None:
        """The place that the chosen framework comes from."""
        stack = self.resolution.stack
        if stack is None:
            return None
        return next((one.source for one in self.listings if one.source.id == stack.source), None)
