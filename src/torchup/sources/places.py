"""What a configuration says, before and after it is turned into sources."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.model import Source, Text
from torchup.sources.address import build_of, file_url, path_of

if TYPE_CHECKING:
    from types import ModuleType

    from torchup.host import Host
    from torchup.model.source import SourceKind, SourceRole

_VARIABLE: Final = re.compile(r"\$\{([A-Z0-9_]+)\}")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class Named(Struct, frozen=True, kw_only=True):
    """An address as it was written: by whom (``origin``), and what it is relative to (``base``).

    ``flat`` marks an index that is a page of links rather than PEP 503.
    """

    value: str
    origin: str
    base: str | None = None
    flat: bool = False


class Configured(Struct, frozen=True, kw_only=True):
    """What one installer is set up to use; ``no_index`` says who forbids indexes."""

    primary: Named | None = None
    extras: tuple[Named, ...] = ()
    links: tuple[Named, ...] = ()
    no_index: str | None = None
    problems: tuple[Text, ...] = ()


def home_of(host: Host) -> str:
    """Return the user's home folder as the environment names it, empty where it doesn't."""
    names = ("USERPROFILE", "HOME") if host.system == "windows" else ("HOME",)
    return next((found for name in names if (found := host.env(name))), "")


def join_path(host: Host, *parts: str) -> str:
    """Join a path in the host's own style."""
    joined: str = _paths(host).join(*parts)
    return joined


def _paths(host: Host) -> ModuleType:
    if host.system != "windows":
        return posixpath
    import ntpath

    return ntpath


def as_source(host: Host, named: Named, role: SourceRole, number: int = 0) -> Source:
    """Turn an address into a source: variables, ``~`` and relative paths are resolved."""
    url = absolute_url(host, named)
    kind: SourceKind = "links" if named.flat or role == "links" else "index"
    path = path_of(url)
    if kind == "links" and path is not None and not path.lower().endswith((".html", ".htm")):
        kind = "folder"
    return Source(
        id=f"{role}-{number}" if number else role,
        kind=kind,
        role=role,
        url=url,
        origin=named.origin,
        build=build_of(url),
    )


def absolute_url(host: Host, named: Named) -> str:
    """Return an address without variables; a path becomes an absolute ``file:`` URL.

    ``${NAME}`` is replaced as pip does in requirement files: upper-case names only, and one that
    is unset stays as it is written.
    """
    value = _VARIABLE.sub(lambda m: host.env(m.group(1)) or m.group(0), named.value).strip()
    windows, paths = host.system == "windows", _paths(host)
    if _SCHEME.match(value) and not (windows and paths.isabs(value)):
        return value
    if value == "~" or value.startswith(("~/", "~\\")):
        value = join_path(host, home_of(host), value[2:])
    if not paths.isabs(value):
        base = named.base if named.base is not None else host.real_path(".")
        value = join_path(host, base, value)
        value = value if windows else posixpath.normpath(value)
    return file_url(value, host.system)
