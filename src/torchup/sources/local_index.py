"""A folder of wheels as a PEP 503 index, so that an installer needn't unpack or hash them.

An installer that is given a bare folder opens every candidate to learn its requirements and
can't verify what it installs. With hashes and METADATA beside the files it does neither and both.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

from torchup.early import read_file
from torchup.errors import OutsideError
from torchup.model.no_document import NO_DOCUMENT
from torchup.sources.address import path_of
from torchup.sources.metadata import metadata_of
from torchup.sources.wheelname import parse_wheel_name
from torchup.state.digests import file_digest
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.host import Host
    from torchup.model import Source, WheelFile

_FORMAT: Final = "1"
_HASHES: Final = "hashes.json"

_Stamped = tuple[str, tuple[int, int]]
_Hashes = dict[str, tuple[int, int, str]]


def local_index(host: Host, folder_source: Source, files: Sequence[WheelFile], into: Path) -> str:
    """Lay out wheels of a folder as an index and return its ``file:`` URL.

    The tree is named after its contents: it is made again only when a wheel was added, removed or
    changed, and several torchups may make it at once. The wheels are linked, and copied only where
    the system can't link.

    Args:
        host: whose files they are.
        folder_source: a source of kind ``folder``.
        files: its wheels, of one or several projects.
        into: where trees and remembered hashes are kept; made if missing.

    Raises:
        OutsideError: ``sources.no-local-index``, when the tree can't be written.
    """
    stamped = _stamped(host, files)
    digest = _digest(folder_source.url, stamped)
    tree = into / digest
    try:
        if not tree.is_dir():
            _publish(host, stamped, into, tree)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("sources.no-local-index", path=into, why=why) from error
    return tree.absolute().as_uri()


def _stamped(host: Host, files: Iterable[WheelFile]) -> list[_Stamped]:
    found: list[_Stamped] = []
    for file in files:
        path = path_of(file.url)
        stamp = host.modified(path) if path is not None else None
        if path is not None and stamp is not None:
            found.append((path, stamp))
    return sorted(found)


def _digest(url: str, stamped: Iterable[_Stamped]) -> str:
    said = [_FORMAT, url, *(f"{path}\n{mtime}\n{size}" for path, (mtime, size) in stamped)]
    return sha256("\n\n".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _publish(host: Host, stamped: Iterable[_Stamped], into: Path, tree: Path) -> None:
    """Make a tree beside its place and move it there; a tree that came first is kept."""
    into.mkdir(parents=True, exist_ok=True)
    hashes = _known_hashes(into)
    draft = _draft(into, tree.name)
    try:
        projects: dict[str, list[str]] = {}
        for path, stamp in stamped:
            name = parse_wheel_name(Path(path).name)
            if name is not None:
                place = draft / name.project
                place.mkdir(exist_ok=True)
                link = _add(host, Path(path), place, _hash(hashes, path, stamp))
                projects.setdefault(name.project, []).append(link)
        for project, links in projects.items():
            _write_page(draft / project / "index.html", links)
        _write_page(draft / "index.html", [f'<a href="{p}/">{p}</a>' for p in projects])
        with suppress(OSError):
            write_atomic(into / _HASHES, msgspec.json.encode(hashes))
        try:
            draft.rename(tree)
        except OSError:
            if not tree.is_dir():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _draft(into: Path, name: str) -> Path:
    from tempfile import mkdtemp

    return Path(mkdtemp(prefix=f".{name}.", suffix=".tmp", dir=into))


def _add(host: Host, wheel: Path, place: Path, digest: str) -> str:
    """Put a wheel and its METADATA into a project's folder; return its line of the page."""
    _link(host, wheel, place / wheel.name)
    attributes = ""
    metadata = metadata_of(wheel)
    if metadata is not None:
        data = metadata.encode()
        (place / f"{wheel.name}.metadata").write_bytes(data)
        stamp = f"sha256={sha256(data).hexdigest()}"
        attributes = f' data-core-metadata="{stamp}" data-dist-info-metadata="{stamp}"'
        requires = _requires_python(metadata)
        if requires:
            attributes += f' data-requires-python="{escape(requires)}"'
    href = f"{quote(wheel.name)}#sha256={digest}"
    return f'<a href="{href}"{attributes}>{escape(wheel.name)}</a>'


def _requires_python(metadata: str) -> str:
    head = metadata.replace("\r\n", "\n").partition("\n\n")[0]
    for line in head.split("\n"):
        key, _, value = line.partition(":")
        if key.lower() == "requires-python":
            return value.strip()
    return ""


def _link(host: Host, wheel: Path, place: Path) -> None:
    target = Path(host.real_path(str(wheel)))
    for make in (place.symlink_to, place.hardlink_to):
        with suppress(OSError, NotImplementedError):
            make(target)
            return
    shutil.copy2(target, place)


def _write_page(path: Path, links: Iterable[str]) -> None:
    body = "<br>\n".join(links)
    page = f'<!DOCTYPE html>\n<meta name="pypi:repository-version" content="1.0">\n{body}\n'
    path.write_bytes(page.encode())


def _hash(hashes: _Hashes, path: str, stamp: tuple[int, int]) -> str:
    """Return a file's sha256, computed only if its size or time changed."""
    known = hashes.get(path)
    if known is not None and known[:2] == stamp:
        return known[2]
    hashes[path] = (*stamp, file_digest(path))
    return hashes[path][2]


def _known_hashes(into: Path) -> _Hashes:
    try:
        return msgspec.json.decode(read_file(into / _HASHES), type=_Hashes)
    except (OSError, *NO_DOCUMENT):
        return {}
