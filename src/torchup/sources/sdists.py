"""Source distributions on an index, and what one says that it needs, without building it."""

from __future__ import annotations

import tarfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.early import read_text
from torchup.errors import OutsideError
from torchup.sources.address import file_url, page_of, path_of, without_login
from torchup.sources.asking import read_page
from torchup.sources.page import Entry
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.host import Host
    from torchup.model import Source

_DONE: Final = 200
_SECONDS: Final = 60.0
_LARGEST_TEXT: Final = 4 * 2**20
_SUFFIX: Final = ".tar.gz"
_DEEP: Final = 2
"""Folders down in an archive at which its own words lie: ``name-1.0/PKG-INFO``."""


class Sdist(Struct, frozen=True, kw_only=True):
    """A source distribution: its version as its file name has it, and where it lies."""

    version: str
    url: str
    sha256: str = ""


def newest_sdist(
    host: Host, sources: Iterable[Source], name: str, accepted: str, python: str
) -> Sdist | None:
    """Return the newest source distribution that is accepted, of the first place that has one.

    Args:
        host: the door to the network.
        sources: the places, in the order in which they count.
        name: the package, normalised.
        accepted: the versions that the user accepts, as a specifier.
        python: the release line that it is for.
    """
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    wanted = SpecifierSet(accepted)
    for source in sources:
        found = {one.version: one for one in _offered(host, source, name, python)}
        accepted_ones = list(wanted.filter(found))
        if accepted_ones:
            return found[max(accepted_ones, key=Version)]
    return None


def required_by(host: Host, sdist: Sdist, cache_folder: str | Path) -> tuple[str, ...] | None:
    """Return the requirements that a source distribution declares, None where it tells none.

    What is read is kept for good: a published file never changes.

    Raises:
        OutsideError: it can't be fetched.
    """
    key = sha256(without_login(sdist.url).encode()).hexdigest()
    kept = Path(cache_folder) / f"{key[:32]}.requires"
    try:
        return tuple(read_text(kept).splitlines())
    except (OSError, ValueError):
        answer = host.fetch(sdist.url, timeout=_SECONDS)
    if answer.status != _DONE:
        why = f"HTTP {answer.status}"
        raise OutsideError("network.unreachable", url=without_login(sdist.url), why=why)
    found = requirements_in(answer.body)
    if found is not None:
        try:
            write_atomic(kept, "\n".join(found).encode())
        except OSError:
            return found
    return found


def requirements_in(archive: bytes) -> tuple[str, ...] | None:
    """Read what a source distribution declares; None where it isn't one.

    Old ones have it in setuptools' own file alone.
    """
    try:
        with tarfile.open(fileobj=BytesIO(archive), mode="r:gz") as opened:
            texts = dict(_own_words(opened))
    except (tarfile.TarError, OSError, EOFError, ValueError):
        return None
    told = texts.get("PKG-INFO", "").partition("\n\n")[0].splitlines()
    declared = [one.partition(":")[2].strip() for one in told if one.startswith("Requires-Dist:")]
    if not declared:
        plain = texts.get("requires.txt", "").partition("[")[0]
        declared = [line.strip() for line in plain.splitlines() if line.strip()]
    return tuple(declared) if texts else None


def _own_words(opened: tarfile.TarFile) -> Iterator[tuple[str, str]]:
    """The archive's PKG-INFO, and the ``requires.txt`` that setuptools leaves beside it."""
    for member in opened:
        parts = member.name.split("/")
        own = parts[1:] == ["PKG-INFO"] and len(parts) == _DEEP
        listed = parts[-1] == "requires.txt" and parts[-2].endswith(".egg-info")
        if (own or listed) and member.isfile() and member.size <= _LARGEST_TEXT:
            stream = opened.extractfile(member)
            if stream is not None:
                yield parts[-1], stream.read().decode("utf-8", "replace")


def _offered(host: Host, source: Source, name: str, python: str) -> Iterator[Sdist]:
    from packaging.utils import InvalidSdistFilename, parse_sdist_filename

    for entry in _entries(host, source, name):
        if not entry.filename.endswith(_SUFFIX) or entry.yanked:
            continue
        try:
            project, version = parse_sdist_filename(entry.filename)
        except InvalidSdistFilename:
            continue
        if project == name and _takes(entry.requires_python, python):
            yield Sdist(version=str(version), url=entry.url, sha256=entry.sha256)


def _takes(requires: str, python: str) -> bool:
    from torchup.resolve.versions import meets

    return meets(f"{python.removesuffix('t')}.99", requires)


def _entries(host: Host, source: Source, name: str) -> tuple[Entry, ...]:
    from torchup.sources.simple_json import ACCEPT

    if not source.url:
        return ()
    if source.kind == "folder":
        return _in_folder(host, source)
    try:
        answer = host.fetch(page_of(source, name), headers={"Accept": ACCEPT})
    except OutsideError:
        return ()
    return read_page(answer).entries if answer.status == _DONE else ()


def _in_folder(host: Host, source: Source) -> tuple[Entry, ...]:
    folder = path_of(source.url) or source.url
    return tuple(
        Entry(filename=name, url=file_url(f"{folder.rstrip('/')}/{name}", host.system))
        for name in host.listdir(folder)
    )
