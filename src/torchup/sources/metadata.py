"""What a wheel says of itself, read without downloading the wheel."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.early import read_file, read_text
from torchup.errors import OutsideError
from torchup.sources.address import path_of, without_login
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from typing import IO

    from torchup.host import Host
    from torchup.model import WheelFile

_DONE: Final = 200
_EXACT: Final = {"Accept-Encoding": "identity"}
_LARGEST_METADATA: Final = 16 * 2**20
_SIZES: Final[dict[str, int]] = {}


def wheel_metadata(
    host: Host, file: WheelFile, cache_folder: str | Path | None = None
) -> str | None:
    """Return the METADATA text of a wheel, None where it can't be had without the whole wheel.

    A local wheel is opened. Otherwise the index's own copy is taken where it offers one (PEP 658),
    else the few pieces of the archive that hold it (HTTP ranges). What came over the network is
    kept for good, by address and hash: a published wheel never changes.

    Args:
        host: the door to the network.
        file: a wheel of a listing.
        cache_folder: where METADATA is kept, made when first needed; None keeps nothing.
    """
    path = path_of(file.url)
    if path is not None:
        return metadata_of(path)
    if cache_folder is None:
        return _advertised(host, file) or _by_ranges(host, file)
    key = sha256(f"{without_login(file.url)}\n{file.sha256}".encode()).hexdigest()
    kept = Path(cache_folder) / f"{key[:32]}.metadata"
    try:
        return read_text(kept)
    except (OSError, ValueError):
        found = _advertised(host, file) or _by_ranges(host, file)
    if found is not None:
        _keep(kept, found)
    return found


def wheel_size(host: Host, file: WheelFile, cache_folder: str | Path | None = None) -> int | None:
    """Return a wheel's size in bytes, None where its source doesn't tell.

    What a server said is remembered for the life of the process, and in ``cache_folder`` for good.
    """
    path = path_of(file.url)
    if file.size is not None or path is not None:
        stamp = host.modified(path) if path is not None else None
        return stamp[1] if stamp else file.size
    url = without_login(file.url)
    kept = None
    if cache_folder is not None:
        kept = Path(cache_folder) / f"{sha256(url.encode()).hexdigest()[:32]}.size"
    if url not in _SIZES:
        size = _kept_size(kept) or _asked_size(host, file)
        if size is None:
            return None
        _SIZES[url] = size
        if kept is not None:
            _keep(kept, str(size))
    return _SIZES[url]


def metadata_of(archive: str | Path | IO[bytes]) -> str | None:
    """Return the METADATA of a wheel that is open or lies on a disk, None if it isn't a wheel."""
    from zipfile import ZipFile

    from torchup.model.no_archive import NO_ARCHIVE

    try:
        with ZipFile(archive) as opened:
            for info in opened.infolist():
                folder, _, name = info.filename.partition("/")
                if name == "METADATA" and folder.endswith(".dist-info"):
                    if info.file_size > _LARGEST_METADATA:
                        return None
                    return opened.read(info).decode("utf-8", "replace")
    except (OSError, *NO_ARCHIVE):
        return None
    return None


def _advertised(host: Host, file: WheelFile) -> str | None:
    if not file.has_metadata:
        return None
    try:
        answer = host.fetch(f"{file.url}.metadata")
    except OutsideError:
        return None
    return answer.body.decode("utf-8", "replace") if answer.status == _DONE else None


def _by_ranges(host: Host, file: WheelFile) -> str | None:
    from torchup.sources.ranges import open_remote

    try:
        archive = open_remote(host, file.url)
        return metadata_of(archive) if archive is not None else None
    except OutsideError:
        return None


def _asked_size(host: Host, file: WheelFile) -> int | None:
    try:
        answer = host.fetch(file.url, method="HEAD", headers=_EXACT)
    except OutsideError:
        return None
    length = answer.headers.get("content-length", "")
    known = answer.status == _DONE and length.isascii() and length.isdigit()
    return int(length) if known else None


def _kept_size(path: Path | None) -> int | None:
    try:
        return int(read_file(path).decode("ascii")) if path is not None else None
    except (OSError, ValueError):
        return None


def _keep(path: Path, found: str) -> None:
    try:
        write_atomic(path, found.encode())
    except OSError:
        return
