"""What an index page says before anybody asks which project it is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.model import Text, WheelFile
from torchup.model.names import canonical_name
from torchup.sources.wheelname import parse_wheel_name

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SDIST: Final = re.compile(r"(?P<name>.+?)-\d.*\.(tar\.gz|tgz|tar\.bz2|tar\.xz|zip|egg)", re.ASCII)


class Entry(Struct, frozen=True, kw_only=True):
    """One file that a page offers, not yet known to be a wheel."""

    filename: str
    url: str
    sha256: str = ""
    size: int | None = None
    requires_python: str = ""
    yanked: bool = False
    has_metadata: bool = False


class Page(Struct, frozen=True, kw_only=True):
    """A parsed page. ``why`` is set where it isn't an index page at all, or one too new."""

    entries: tuple[Entry, ...] = ()
    why: Text | None = None


def wheels_of(project: str, entries: Iterable[Entry]) -> tuple[WheelFile, ...]:
    """Return the wheels of one project; everything else on the page is passed over."""
    wanted = canonical_name(project)
    found: list[WheelFile] = []
    for entry in entries:
        name = parse_wheel_name(entry.filename) if entry.filename.endswith(".whl") else None
        if name is not None and name.project == wanted:
            found.append(
                WheelFile(
                    filename=entry.filename,
                    url=entry.url,
                    version=name.version,
                    build=name.build,
                    pythons=name.pythons,
                    platforms=name.platforms,
                    floor=name.floor,
                    sha256=entry.sha256,
                    size=entry.size,
                    requires_python=entry.requires_python,
                    yanked=entry.yanked,
                    has_metadata=entry.has_metadata,
                )
            )
    return tuple(found)


def knows_project(project: str, entries: Iterable[Entry]) -> bool:
    """Tell whether a page offers anything of a project, source archives included."""
    wanted = canonical_name(project)
    return any(_project_of(entry.filename) == wanted for entry in entries)


def _project_of(filename: str) -> str | None:
    name = parse_wheel_name(filename)
    if name is not None:
        return name.project
    match = _SDIST.fullmatch(filename)
    return canonical_name(match["name"]) if match else None


def is_archive(filename: str) -> bool:
    """Tell whether a name is that of a wheel or of a source archive."""
    return filename.endswith(".whl") or _SDIST.fullmatch(filename) is not None


def clean_sha256(value: object) -> str:
    """Return a sha256 in lower case, or nothing where ``value`` isn't one."""
    text = value.lower() if isinstance(value, str) else ""
    return text if _SHA256.fullmatch(text) else ""
