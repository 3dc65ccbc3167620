"""Writing a bundle: the same content makes the same bytes, wherever and whenever it is written."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import msgspec

from torchup.bundles.head import head_of, launchers, size_of_head
from torchup.bundles.structure import BLOCK, INDEX, LOCK
from torchup.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import IO

    from torchup.model.bundles import Bundle, BundleFile

    #: Opens a file of the bundle to be, from the start.
    Source = Callable[[], AbstractContextManager[IO[bytes]]]

_WHEN: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o100644 << 16
_RUNS: Final = 0o100755 << 16


def write_bundle(  # noqa: PLR0917  # in the order of their use
    path: Path,
    index: Bundle,
    lock: bytes,
    sources: Mapping[str, Source],
    tell: Callable[[int], None] = lambda _done: None,
    before: Callable[[], None] = lambda: None,
) -> None:
    """Write a bundle beside its place, and put it there once it is whole.

    Args:
        path: the file.
        index: what it holds.
        lock: its lock.
        sources: where each file of the index is read from, by its path in the bundle.
        tell: told how many bytes were written since.
        before: done once it is whole, before it takes the place of an older one.

    Raises:
        OutsideError: ``bundle.changed-meanwhile``: a file is no longer what it was.
        OSError: it can't be written; what was there before is untouched.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("w+b") as stream:
            _write(stream, index, lock, sources, tell)
        before()
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def _write(
    stream: IO[bytes],
    index: Bundle,
    lock: bytes,
    sources: Mapping[str, Source],
    tell: Callable[[int], None],
) -> None:
    runs = bool(index.tools)
    stream.write(b"\n" * size_of_head() if runs else b"")
    places: dict[str, int] = {}
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        document = msgspec.json.format(msgspec.json.encode(index), indent=1) + b"\n"
        texts = {INDEX: document, LOCK: lock, **(launchers() if runs else {})}
        for name, data in texts.items():
            archive.writestr(_info(name, len(data)), data)
        for file in index.files:
            with archive.open(_info(file.path, file.size), "w") as into:
                places[file.path] = stream.tell()
                _copy(sources[file.path], file, into, tell)
    if runs:
        stream.seek(0)
        stream.write(head_of(index, places))


def _copy(source: Source, file: BundleFile, into: IO[bytes], tell: Callable[[int], None]) -> None:
    digest = hashlib.sha256()
    with source() as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            into.write(block)
            tell(len(block))
    if digest.hexdigest() != file.sha256:
        raise OutsideError("bundle.changed-meanwhile", name=file.path)


def _info(name: str, size: int) -> ZipInfo:
    info = ZipInfo(name, _WHEN)
    info.compress_type = ZIP_STORED
    info.create_system = 3  # Unix, whose permissions follow; elsewhere they are passed over
    info.external_attr = _RUNS if name.endswith(".sh") else _MODE
    info.file_size = size
    return info
