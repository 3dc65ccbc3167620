"""Making room in uv's cache; uv itself waits for those that use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.backends.uv_errors import read_failure
from torchup.backends.uv_process import call

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.state.home import Home


def prune_cache(host: Host, home: Home) -> None:
    """Remove what uv has no more use for.

    Raises:
        OutsideError: a ``uv.*`` code.
    """
    _cache(host, home, "prune")


def clear_cache(host: Host, home: Home) -> None:
    """Remove every package that was fetched; environments keep their links.

    Raises:
        OutsideError: a ``uv.*`` code.
    """
    _cache(host, home, "clean")


def forget_cached(host: Host, home: Home, names: tuple[str, ...]) -> None:
    """Remove some packages, so that they are fetched anew.

    Raises:
        OutsideError: a ``uv.*`` code.
    """
    _cache(host, home, "clean", *names)


def _cache(host: Host, home: Home, *words: str) -> None:
    result = call(host, home, "cache", *words)
    if result.code:
        raise read_failure(result)
