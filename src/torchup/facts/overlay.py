"""A site's own facts, laid over others: a folder of TOML files of the same schema.

A release file replaces the release of its version, or adds one. In every other file a row takes
the place of all rows with the same key (its first field: a card's name, a CUDA version), or is
added; everything else in the file is the overlay's.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
from msgspec.structs import fields, replace

from torchup.errors import UsageError
from torchup.facts.compile import Folder, newest_first
from torchup.facts.schema import File, ReleaseFile, key_of
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from pathlib import Path

_MARK: Final = "overlay:"
"""Before the names of an overlay's sources, where they are put beside the others."""
_ABOUT: Final = frozenset({"checked", "sources"})
_File = TypeVar("_File", bound=File)


class Overlaid(Folder):
    """Facts with a site's own laid over them.

    Args:
        root: the folder of the facts beneath.
        overlay: the site's folder.

    Raises:
        ValueError: there is no framework beneath.
    """

    def __init__(self, root: Path, overlay: Path) -> None:
        super().__init__(root)
        self._overlay = overlay
        self._used: set[Path] = set()

    def read(self, name: str, kind: type[_File]) -> _File:
        """Read one file, the overlay's rows before the others.

        Raises:
            ValueError: it doesn't fit its schema; the message names the file.
        """
        beneath = super().read(name, kind)
        path = self._overlay / name
        if issubclass(kind, ReleaseFile) or not path.is_file():
            return beneath
        return self._laid_over(name, beneath, self._decode(path, kind))

    def releases(self) -> dict[str, ReleaseFile]:
        """Read the framework's releases by file name, newest first.

        Raises:
            ValueError: a file doesn't fit its schema, or two files are of one version.
        """
        folder = self._overlay / self.framework / "releases"
        own = {str(path): self._decode(path, ReleaseFile) for path in sorted(folder.glob("*.toml"))}
        versions = [file.version for file in own.values()]
        for version in versions:
            if versions.count(version) > 1:
                raise ValueError(f"{folder}: {version} stands in two files")
        beneath = super().releases()
        kept = {name: file for name, file in beneath.items() if file.version not in versions}
        return newest_first(kept | own)

    def digest(self) -> str:
        """Name the content of all TOML files, the overlay's and those beneath."""
        state = hashlib.sha256(super().digest().encode())
        state.update(content_digest(self._overlay).encode())
        return state.hexdigest()

    def unused(self) -> list[Path]:
        """Return the overlay's files that nothing asked for: their names fit no file beneath."""
        return [path for path in overlay_files(self._overlay) if path not in self._used]

    def _decode(self, path: Path, kind: type[_File]) -> _File:
        self._used.add(path)
        try:
            return msgspec.toml.decode(path.read_bytes(), type=kind)
        except (ValueError, OSError, *NO_DOCUMENT) as error:
            raise ValueError(f"{path}: {error}") from error

    def _laid_over(self, name: str, beneath: _File, own: _File) -> _File:
        day = own.checked.isoformat()
        path = str(self._overlay / name)
        self.origins |= {(name, _MARK + short): (path, day) for short in own.sources}
        marked = {_MARK + short: words for short, words in own.sources.items()}
        changed: dict[str, Any] = {}
        for field in fields(own):
            if field.name in _ABOUT:
                continue
            mine, theirs = getattr(own, field.name), getattr(beneath, field.name)
            if _is_table(mine) or _is_table(theirs):
                rows = [_marked(row, own, path) for row in mine]
                keys = {key_of(row) for row in mine}
                changed[field.name] = (*rows, *(row for row in theirs if key_of(row) not in keys))
            elif field.name == "source":
                changed[field.name] = tuple(_MARK + short for short in mine)
            elif mine is not None:  # what is left out stays
                changed[field.name] = mine
        return replace(beneath, sources=beneath.sources | marked, **changed)


def overlay_files(overlay: Path) -> list[Path]:
    """Return the TOML files of an overlay, in order; those in hidden folders don't count."""
    return sorted(
        path
        for path in overlay.rglob("*.toml")
        if not any(part.startswith(".") for part in path.relative_to(overlay).parts)
    )


def content_digest(overlay: Path) -> str:
    """Name an overlay's place and the content of all its files.

    The files are read each time: they are few, and a time stamp can lie.

    Raises:
        UsageError: ``facts.overlay-missing``, or ``facts.overlay-bad``: a file can't be read.
    """
    if not overlay.is_dir():
        raise UsageError("facts.overlay-missing", path=overlay)
    state = hashlib.sha256(str(overlay).encode("utf-8", "surrogatepass"))
    try:
        for path in overlay_files(overlay):
            state.update(f"\0{path.relative_to(overlay).as_posix()}\0".encode())
            state.update(path.read_bytes())
    except OSError as error:
        raise UsageError("facts.overlay-bad", why=f"{error.filename}: {error.strerror}") from error
    return state.hexdigest()


def _is_table(value: object) -> bool:
    return isinstance(value, tuple) and any(isinstance(row, msgspec.Struct) for row in value)


def _marked(row: msgspec.Struct, own: File, path: str) -> msgspec.Struct:
    source: tuple[str, ...] = getattr(row, "source", ())
    unknown = [short for short in source if short not in own.sources]
    if unknown:
        raise ValueError(f"{path}: {key_of(row)}: no such source: {', '.join(unknown)}")
    return replace(row, source=tuple(_MARK + short for short in source))
