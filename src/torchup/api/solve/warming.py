"""Hashing a folder's wheels while the machine is still being looked at.

A framework's wheel has hundreds of megabytes; its hash is needed before the backend can solve,
and takes as long as everything that comes before. Hashes are remembered, so that work for a
wheel that is not chosen after all is not lost either.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from torchup.errors import TorchupError
from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.model import WheelFile


class Warming:
    """The newest framework wheel of each configured folder, being hashed in the background."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until everything is hashed."""
        self._thread.join()

    def _work(self) -> None:
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


def local_indexes(context: Context) -> Path:
    """Where folders of wheels are laid out as indexes."""
    return context.home.cache / "local-indexes"


def _newest(files: tuple[WheelFile, ...]) -> tuple[WheelFile, ...]:
    from torchup.resolve.numbers import dotted

    newest = max((dotted(file.version) for file in files), default=())
    return tuple(file for file in files if dotted(file.version) == newest)
