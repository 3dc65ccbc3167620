"""Facts in a wheel of their own: TOML files and a manifest, nothing that runs.

The wheel is opened as an archive and only its data are read; it is never installed or imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from torchup.errors import OutsideError, UsageError
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from zipfile import ZipFile

PROJECT: Final = "torchup-facts"
PACKAGE: Final = "torchup_facts"
MANIFEST: Final = f"{PACKAGE}/manifest.json"
DATA_FOLDER: Final = f"{PACKAGE}/data/"
SCHEMA: Final = 4
"""The shape of the TOML files; one more for every field or table that older readers refuse."""
_MOST_FILES: Final = 10_000
_MOST_BYTES: Final = 64 * 2**20


class Manifest(Struct, frozen=True, kw_only=True):
    """What a wheel of facts says of itself.

    Attributes:
        schema: the shape of its files, see :data:`SCHEMA`.
        version: such as ``2026.12.1``.
        digest: names the TOML files (:meth:`torchup.facts.compile.Folder.digest`).
        checked: the last day on which any of them was checked (ISO).
    """

    schema: int
    version: str
    digest: str
    checked: str


class Bundle(Struct, frozen=True, kw_only=True):
    """A wheel of facts: its manifest, and its TOML files by path below the data folder."""

    manifest: Manifest
    files: dict[str, bytes]


def read_bundle(data: bytes, where: str) -> Bundle:
    """Read a wheel of facts.

    Args:
        data: the whole wheel.
        where: names it in errors.

    Raises:
        UsageError: ``facts.not-a-bundle``: it is something else.
        OutsideError: ``facts.bundle-damaged``, or ``facts.bundle-too-new`` for a torchup that
            doesn't know the shape of its files.
    """
    from io import BytesIO
    from zipfile import ZipFile

    from torchup.model.no_archive import NO_ARCHIVE

    try:
        with ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if MANIFEST not in names:
                raise UsageError("facts.not-a-bundle", where=where)
            return _read(archive, where)
    except (OSError, *NO_ARCHIVE) as error:
        if data[:2] != b"PK":
            raise UsageError("facts.not-a-bundle", where=where) from error
        raise OutsideError("facts.bundle-damaged", where=where, why=error) from error


def _read(archive: ZipFile, where: str) -> Bundle:
    members = [
        info
        for info in archive.infolist()
        if info.filename.startswith(DATA_FOLDER) and info.filename.endswith(".toml")
    ]
    size = sum(info.file_size for info in members) + archive.getinfo(MANIFEST).file_size
    if len(members) > _MOST_FILES or size > _MOST_BYTES:
        raise OutsideError("facts.bundle-damaged", where=where, why=f"{size} bytes")
    try:
        manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
    except NO_DOCUMENT as error:
        raise OutsideError("facts.bundle-damaged", where=where, why=error) from error
    if manifest.schema > SCHEMA:
        raise OutsideError("facts.bundle-too-new", where=where, version=manifest.version)
    files = {info.filename.removeprefix(DATA_FOLDER): archive.read(info) for info in members}
    odd = [name for name in files if not _plain(name)]
    if odd or not _plain(manifest.version) or "/" in manifest.version:
        raise OutsideError("facts.bundle-damaged", where=where, why=odd[0] if odd else "version")
    return Bundle(manifest=manifest, files=files)


def _plain(name: str) -> bool:
    """Tell whether a path stays where it is put, on every system."""
    parts = name.split("/")
    return all(part and part[0] != "." and not set(part) & set('\\:*?"<>|\0') for part in parts)
