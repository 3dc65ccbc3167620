"""Where this machine takes files from, found out at the first question.

A described machine's stack seldom comes from the index that this machine is set up to use. Only
where it does are pip's and uv's configuration read, and uv asked for its default.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from torchup.sources import FRAMEWORK_VARIABLE

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Reason, SourceSet


class ConfiguredPlaces:
    """The places of one session.

    Args:
        context: the session.
        framework_base: where the framework publishes its own indexes.
        backend: names the backend whose default index counts where none is configured.
    """

    def __init__(self, context: Context, framework_base: str, backend: str) -> None:
        self._context = context
        self._base = framework_base
        self._backend = backend

    @property
    def framework_base(self) -> str:
        """The address under which the framework's own indexes lie."""
        named = (self._context.host.env(FRAMEWORK_VARIABLE) or "").strip()
        chosen = named or self._context.settings.get("mirror.pytorch")
        return self.sources.framework_base if chosen else self._base.rstrip("/")

    @cached_property
    def sources(self) -> SourceSet:
        """What the machine is set up to use, and the folder of wheels that the user named."""
        from torchup.sources.configured import configured_sources, with_wheels

        context = self._context
        found = configured_sources(context.host, self._base, self._default_index, context.mirrors)
        if self._context.wheels:
            found = with_wheels(self._context.host, found, self._context.wheels)
        return found

    @property
    def named(self) -> SourceSet:
        """With what requirements files name: these serve what isn't the framework's."""
        return self._laid[0]

    @property
    def notes(self) -> tuple[Reason, ...]:
        """What became of the places that requirements files name."""
        return self._laid[1] if self._context.named_places else ()

    @cached_property
    def _default_index(self) -> str:
        from torchup.backends import load_backend

        return load_backend(self._backend).default_index(self._context.host, self._context.home)

    @cached_property
    def _laid(self) -> tuple[SourceSet, tuple[Reason, ...]]:
        if not self._context.named_places:
            return self.sources, ()
        from torchup.sources.named import with_named

        return with_named(
            self._context.host,
            self.sources,
            self._context.named_places,
            default_index=self._default_index,
            framework_base=self._base,
        )
