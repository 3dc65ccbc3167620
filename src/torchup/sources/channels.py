"""Channels of conda's: from a name or an address to the place, as the user's own settings have it.

A name that has a place of its own (``custom_channels``) lies there, any other under
``channel_alias``; ``defaults`` stands for ``default_channels`` (conda's user guide, "Using the
.condarc conda configuration file"). An address in the user's own ``channels`` whose last part is
a channel's name is taken for a mirror of it.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.model import Source
from torchup.model.mirror import Mirror
from torchup.readers.condarc import read
from torchup.sources.address import file_url
from torchup.sources.conda_config import condarc_files
from torchup.sources.mirrored import channel_alias, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torchup.host import Host
    from torchup.model import System

DEFAULTS: Final = "defaults"
ALIAS: Final = "https://conda.anaconda.org"
"""Where conda looks for a channel that is named, unless it was told otherwise."""
_MAIN: Final = "https://repo.anaconda.com/pkgs"
_PARTS: Final = ("main", "r")
_MORE_PARTS: Final = {"windows": ("msys2",)}
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[\w.-]+)*")
_ADDRESS: Final = re.compile(r"(?:https?|file)://", re.IGNORECASE)


class _Settings(Struct, kw_only=True):
    """What the files say together; a later one is more specific."""

    alias: str = ALIAS
    alias_from: str = ""
    custom: dict[str, tuple[str, str]] = {}
    defaults: list[str] = []
    mirrors: dict[str, tuple[str, str]] = {}
    chosen: tuple[Mirror, ...] = ()


def channel_sources(
    host: Host, names: Iterable[str], mirrors: Sequence[Mirror] = ()
) -> tuple[Source, ...]:
    """Find the places of channels, in the order in which they are named.

    Args:
        host: the machine; its conda's settings are read.
        names: names of channels, addresses and folders.
        mirrors: the places that the user chose for torchup, before what conda's settings say.

    Raises:
        UsageError: ``conda.bad-channel``: one can't be read.
    """
    settings = _settings(host)
    settings.chosen = tuple(mirrors)
    found: dict[str, Source] = {}
    for name in names:
        for one in _sources(host, name.strip(), settings):
            taken = any(one.id == other.id for other in found.values())
            found.setdefault(one.url, replace(one, id=one.url) if taken else one)
    return tuple(found.values())


def places_of(host: Host, source: Source, mirrors: Sequence[Mirror]) -> tuple[str, ...]:
    """Return every place of a channel that is known by its name, the one that is used first.

    These are the mirrors that the user chose and the channel's own place. A channel that lies
    elsewhere, as one that was named by its address may, has that place alone.

    Args:
        host: the machine; its conda's settings are read.
        source: the channel.
        mirrors: the places that the user chose for torchup.
    """
    settings = _settings(host)
    name = _name_of(source)
    chosen = (channel_alias([one], name) for one in mirrors)
    own = f"{_MAIN}/{name[5:]}" if name.startswith("pkgs/") else _named(name, settings).url
    found = dict.fromkeys([*(one[0] for one in chosen if one), own])
    bare = source.url.rstrip("/")
    return (bare, *(one for one in found if one != bare)) if bare in found else (bare,)


def _name_of(source: Source) -> str:
    """A channel's name: below ``pkgs`` only its address has it whole."""
    base, _, last = source.url.rstrip("/").rpartition("/")
    return f"pkgs/{last}" if base.endswith("/pkgs") else source.id


def parts_of_defaults(system: System) -> tuple[str, ...]:
    """Return the channels that ``defaults`` stands for on a system, below ``pkgs``."""
    return (*_PARTS, *_MORE_PARTS.get(system, ()))


def _sources(host: Host, name: str, settings: _Settings) -> Iterator[Source]:
    if _ADDRESS.match(name):
        url = name.rstrip("/")
        yield _source(url.rpartition("/")[2] or url, url)
    elif name.startswith((".", "/", "~", "\\")) or re.match(r"[A-Za-z]:[\\/]", name):
        path = host.real_path(os.path.expanduser(name))  # noqa: PTH111  # a host's path
        if not host.is_dir(path):
            raise UsageError("conda.bad-channel", name=name)
        yield _source(re.split(r"[\\/]", path)[-1], file_url(path, host.system))
    elif name == DEFAULTS:
        parts = parts_of_defaults(host.system)
        served = [channel_alias(settings.chosen, f"pkgs/{part}") for part in parts]
        chosen = [one[0] for one in served if one]
        for url in chosen or settings.defaults or [f"{_MAIN}/{part}" for part in parts]:
            yield from _sources(host, url, settings)
    elif _NAME.fullmatch(name):
        yield _named(name, settings)
    else:
        raise UsageError("conda.bad-channel", name=name)


def _named(name: str, settings: _Settings) -> Source:
    chosen = channel_alias(settings.chosen, name)
    if chosen is not None:
        return _source(name, chosen[0], origin_of("conda"))
    if name in settings.mirrors:
        url, origin = settings.mirrors[name]
        return _source(name, url, origin)
    base, origin = settings.custom.get(
        name.partition("/")[0], (settings.alias, settings.alias_from)
    )
    return _source(name, f"{base.rstrip('/')}/{name}", origin)


def _source(name: str, url: str, origin: str = "") -> Source:
    return Source(id=name, kind="channel", role="extra", url=url, origin=origin)


def _settings(host: Host) -> _Settings:
    """Read every file; a file that conda can't read has no say."""
    found = _Settings()
    program = host.env("CONDA_EXE") or ""
    bases = [re.sub(r"[/\\](?:bin|Scripts|condabin)[/\\][^/\\]+$", "", program)] if program else []
    for path in condarc_files(host, bases):
        data = host.read(path)
        if data is None:
            continue
        facts = read(data.decode("utf-8", "replace")).facts
        if facts["channel_alias"]:
            found.alias, found.alias_from = facts["channel_alias"], path
        for name, url in (facts["custom_channel_urls"] or {}).items():
            found.custom[str(name)] = str(url), path
        found.defaults = facts["default_channels"] or found.defaults
        for url in facts["channels"] or ():
            if _ADDRESS.match(url):
                bare = url.rstrip("/")
                found.mirrors.setdefault(bare.rpartition("/")[2], (bare, path))
    return found
