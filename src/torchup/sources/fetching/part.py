"""What came of a file so far, on the disk: it survives breaks and crashes."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.early import read_file
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from io import BufferedWriter
    from pathlib import Path
    from typing import Any

_CHUNK: Final = 1 << 20


class _Origins(msgspec.Struct, frozen=True, kw_only=True):
    """Which place each stretch came from, by where it begins; and the place's own validator."""

    starts: tuple[tuple[int, str], ...] = ()
    validator: str = ""


class Part:
    """The unfinished form of one file.

    Args:
        folder: where it lies; made where there is none.
        key: what it is kept under.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._path = folder / f"{key}.part"
        self._notes = folder / f"{key}.origins.json"
        folder.mkdir(parents=True, exist_ok=True)
        self._origins = self._read_origins()
        self._hash: Any = None
        self._stream: BufferedWriter | None = None
        self.size = self._path.stat().st_size if self._path.exists() else 0
        if self.size and not self._origins.starts:
            self.clear()  # nobody knows where it is from

    @property
    def sources(self) -> frozenset[str]:
        """The places that what is here came from."""
        return frozenset(where for start, where in self._origins.starts if start < self.size)

    @property
    def validator(self) -> str:
        """What the one place said about its file (an ``ETag`` or a date), for going on there."""
        return self._origins.validator

    def begin(self, source: str, validator: str = "") -> None:
        """Note that what comes now is from a place, before any of it is written."""
        if self._origins.starts and self._origins.starts[-1][1] == source:
            return
        kept = tuple(one for one in self._origins.starts if one[0] < self.size)
        starts = (*kept, (self.size, source))
        self._origins = _Origins(starts=starts, validator=validator or self.validator)
        write_atomic(self._notes, msgspec.json.encode(self._origins))

    def append(self, piece: bytes) -> None:
        """Write what came.

        Raises:
            OSError: the disk refuses.
        """
        if self._stream is None:
            self._stream = self._path.open("ab")
        self._digest().update(piece)
        self._stream.write(piece)
        self.size += len(piece)

    def flush(self) -> None:
        """Let what was written be on the disk, as far as another process is concerned."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def clear(self) -> None:
        """Begin again from nothing."""
        self.flush()
        self._hash = sha256()
        self._origins = _Origins()
        self.size = 0
        for path in (self._path, self._notes):
            with suppress(FileNotFoundError):
                path.unlink()

    def hexdigest(self) -> str:
        """Return the hash of everything that is here."""
        self.flush()
        return str(self._digest().hexdigest())

    def finish(self, place: Path) -> None:
        """Give the file its name: it is whole.

        Raises:
            OSError: the disk refuses.
        """
        self.flush()
        if not self._path.exists():  # an empty file
            self._path.touch()
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(self._path, place)  # noqa: PTH105 - as the journal does
        with suppress(OSError):
            self._notes.unlink()

    def _digest(self) -> Any:  # noqa: ANN401 - hashlib's own object
        """The running hash; what came in an earlier run is read once."""
        if self._hash is None:
            self._hash = sha256()
            if self.size:
                with self._path.open("rb") as stream:
                    left = self.size
                    while left and (chunk := stream.read(min(_CHUNK, left))):
                        self._hash.update(chunk)
                        left -= len(chunk)
        return self._hash

    def _read_origins(self) -> _Origins:
        try:
            return msgspec.json.decode(read_file(self._notes), type=_Origins)
        except (OSError, *NO_DOCUMENT):
            return _Origins()
