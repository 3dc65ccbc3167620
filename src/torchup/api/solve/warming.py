"""What a creation will need, begun while the machine is still being looked at.

A framework's wheel has hundreds of megabytes; its hash is needed before the backend can solve,
and takes as long as everything that comes before. Hashes are remembered, so that work for a
wheel that is not chosen after all is not lost either. Meanwhile, what comes next is loaded,
what the solve asks for is read, and in a home that knows nothing yet uv is asked for its index.
Nothing is decided here: what fails is done again where it is needed, and fails there.
"""

from __future__ import annotations

import sysconfig
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from torchup.early import module
from torchup.errors import TorchupError
from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.api.fetching.looking import EarlyLook
    from torchup.api.stacks.choosing import Choice
    from torchup.host.real import RealHost
    from torchup.model import WheelFile

_CREATION: Final = "torchup.api.environments.creation"
"""What makes environments: half of the program."""
_SERVERS: Final = "torchup.host.web"
"""What talks to servers."""


class Warming:
    """Work in the background; the newest framework wheel of each configured folder is hashed."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._early: EarlyLook | None = None
        self._hashing = _begun(self._hash)
        _begun(self._load)

    def look(self, choice: Choice) -> None:
        """Look at the network that the framework's wheel will come through."""
        from torchup.api.fetching.looking import look_early

        self._early = look_early(self._context, choice)

    def healthy(self, host: RealHost, url: str, size: int) -> bool:
        """As :func:`~torchup.api.fetching.health.is_healthy`, by that look where there was one."""
        from torchup.api.fetching.health import is_healthy

        ask = self._early.healthy if self._early else is_healthy
        return ask(host, url, size)

    def wait(self) -> None:
        """Wait until everything is hashed."""
        self._hashing.join()

    def _load(self) -> None:
        module(_CREATION)
        from torchup.backends import load_backend
        from torchup.facts.wheels import compiled_names

        host, home = self._context.host, self._context.home
        if not self._context.offline and not host.is_dir(str(home.cache / "listings")):
            module(_SERVERS)
        with suppress(TorchupError, OSError):
            load_backend("uv").default_index(host, home)
        with suppress(TorchupError, OSError, ValueError):
            compiled_names(load_catalogue().framework.name)

    def _hash(self) -> None:
        from torchup.sources.cache import ListingCache
        from torchup.sources.configured import configured_sources
        from torchup.sources.listing import SOURCES
        from torchup.sources.local_index import local_index

        host, home = self._context.host, self._context.home
        framework = load_catalogue().framework
        cache = ListingCache(home.cache / "listings")
        for source in configured_sources(host, framework.index_base, default_index="").links:
            if source.kind != "folder":
                continue
            found = SOURCES["folder"](host, source, framework.name, cache=cache, offline=True)
            with suppress(TorchupError, OSError):
                local_index(host, source, _newest(found.files), local_indexes(self._context))


def begin(context: Context) -> None:
    """Start, beside everything else, what takes long and will most likely be needed."""
    # Who reads it first in two threads at once gets half of it (CPython issue 92452).
    sysconfig.get_config_vars()
    context.warming = Warming(context)


def _begun(work: Callable[[], None]) -> threading.Thread:
    """Begin work in the background; where the disk refuses, that is said where it is needed."""

    def quietly() -> None:
        with suppress(TorchupError, OSError):
            work()

    thread = threading.Thread(target=quietly, daemon=True)
    thread.start()
    return thread


def local_indexes(context: Context) -> Path:
    """Where folders of wheels are laid out as indexes."""
    return context.home.cache / "local-indexes"


def _newest(files: tuple[WheelFile, ...]) -> tuple[WheelFile, ...]:
    from torchup.resolve.numbers import dotted

    newest = max((dotted(file.version) for file in files), default=())
    return tuple(file for file in files if dotted(file.version) == newest)
