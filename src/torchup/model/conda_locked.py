"""What is locked of conda's packages."""

from __future__ import annotations

from msgspec import Struct


class Locked(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One package: the fields of a channel's index (CEP 36), and from which channel it is.

    ``channel`` is the source's id; ``url`` holds no login. ``timestamp`` is in milliseconds.
    """

    name: str
    version: str
    build: str
    build_number: int
    subdir: str
    fn: str
    url: str
    channel: str
    sha256: str = ""
    md5: str = ""
    size: int = 0
    depends: tuple[str, ...] = ()
    constrains: tuple[str, ...] = ()
    noarch: str = ""
    license: str = ""
    timestamp: int = 0
    track_features: tuple[str, ...] = ()
    python_site_packages_path: str = ""


class CondaLock(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was solved: for which platform, what was asked for, in which channels, what came.

    ``pinned`` are the specifications that keep the framework's build as it is; ``others`` those
    of ``specs`` that conda's records named as somebody else's wish.
    """

    subdir: str
    specs: tuple[str, ...]
    channels: tuple[str, ...]
    pinned: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    packages: tuple[Locked, ...] = ()
