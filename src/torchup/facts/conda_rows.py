"""The rows of ``FRAMEWORK/conda.toml``, as they are written."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from torchup.facts.release import Certainty
from torchup.facts.schema import ArchName, File, Platform, PythonMinor, SmName, Sources, Version


class ChannelRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A channel; ``last`` is the last release of a retired one.

    ``beside`` are the channels that have what its packages need.
    """

    name: str
    source: Sources
    last: Version | None = None
    beside: tuple[str, ...] = ()


class PublishedRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The builds of a release on one platform; without ``pythons`` those of its wheels."""

    builds: Annotated[tuple[str, ...], Meta(min_length=1)]
    pythons: tuple[PythonMinor, ...] = ()


class PublishedRelease(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A release in a channel; ``at`` is the commit of the source that was read.

    One that was only seen in a channel has no source; ``at`` is the channel's address then.
    """

    channel: str
    version: Version
    platforms: dict[Platform, PublishedRow]
    source: tuple[str, ...]
    at: str = ""


class CompiledBuilds(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the builds of the releases ``first`` to ``last`` were compiled for.

    Of rows for one build the first that fits counts; without ``platforms`` it is for all.
    """

    channel: str
    builds: Annotated[tuple[str, ...], Meta(min_length=1)]
    first: Version
    last: Version
    archs: Annotated[tuple[ArchName, ...], Meta(min_length=1)]
    certainty: Certainty
    source: Sources
    platforms: tuple[Platform, ...] = ()
    ptx: tuple[SmName, ...] = ()


class LibrariesRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a channel has of the libraries that wheels lack.

    ``needs`` are the libraries as the builds of the releases name them, ``specs`` conda's match
    specifications of packages that serve them; ``at`` are the commits of the sources, in their
    order.
    """

    channel: str
    needs: Annotated[tuple[str, ...], Meta(min_length=1)]
    specs: Annotated[tuple[str, ...], Meta(min_length=1)]
    platforms: Annotated[tuple[Platform, ...], Meta(min_length=1)]
    source: Sources
    at: str


class CondaFile(File, frozen=True, kw_only=True):
    """``FRAMEWORK/conda.toml``; ``package`` is conda's name of the framework.

    ``carrier`` is the companion whose packages are built for a CUDA, where the framework's own are
    the same for every one.
    """

    package: str
    carrier: str = ""
    channels: tuple[ChannelRow, ...]
    published: tuple[PublishedRelease, ...]
    compiled: tuple[CompiledBuilds, ...]
    libraries: tuple[LibrariesRow, ...] = ()
