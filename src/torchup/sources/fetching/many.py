"""Fetching several files at once, with one display for all of them."""

from __future__ import annotations

import errno
from functools import partial
from threading import Event, Lock
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError
from torchup.host.lock import try_lock
from torchup.host.together import together
from torchup.sources.fetching.one import TIMEOUT, One

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from torchup.host.real import RealHost
    from torchup.sources.fetching.one import Waiting
    from torchup.sources.fetching.wanted import WantedFile

    Progress = Callable[[str, int, int], None]

_AT_ONCE: Final = 4
_SPARE: Final = 64 * 2**20
"""Bytes that are left free on the disk."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_ASK_AGAIN_S: Final = 0.5


class Fetching:
    """The files of one fetch.

    Args:
        host: the door to the network.
        folder: where files are kept until they are installed.
        on_progress: told a name, the bytes that are here, and the bytes in all.
        waiting: time, as far as it plays a part.
        timeout: seconds without a byte after which a connection counts as broken.
    """

    def __init__(
        self,
        host: RealHost,
        folder: Path,
        on_progress: Progress,
        *,
        waiting: Waiting | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._host = host
        self._folder = folder
        self._progress = on_progress
        self._waiting = waiting
        self._timeout = timeout
        self._lock = Lock()
        self._stopped = Event()
        self._why: OutsideError | None = None
        self._done = 0
        self._total = 0

    def fetch(self, files: Sequence[WantedFile]) -> dict[str, Path]:
        """Fetch what is not here yet; return where each lies, by its key.

        Each one is whole, and verified where its hash is known. What came of the others before an
        error stays, and is gone on with next time.

        Args:
            files: what is wanted.

        Raises:
            OutsideError: ``download.no-room``, ``download.disk-full``, ``download.unwritable``;
                see also :meth:`torchup.sources.fetching.one.One.fetch`.
        """
        unique = {one.key: one for one in files}
        self._total = sum(one.size or 0 for one in unique.values())
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._see_room(tuple(unique.values()))
            asked = [partial(self._one, one) for one in unique.values()]
            found = together(asked, at_once=_AT_ONCE)
        except OSError as error:
            raise _refused(error, self._folder) from error
        except OutsideError as error:
            raise self._why or error from error  # not that another file was stopped for it
        finally:
            self._stopped.set()
        return dict(zip(unique, found, strict=True))

    def _see_room(self, files: Sequence[WantedFile]) -> None:
        missing = sum(
            (one.size or 0) - size_here(self._folder, one)
            for one in files
            if not (self._folder / one.key / one.name).is_file()
        )
        room = self._host.room(str(self._folder))
        if room is not None and missing > 0 and missing + _SPARE > room.free:
            mib = 2**20
            raise OutsideError(
                "download.no-room",
                path=self._folder,
                needed=-(-missing // mib),
                free=room.free // mib,
            )

    def _one(self, wanted: WantedFile) -> Path:
        try:
            return self._alone(wanted)
        except BaseException as error:
            with self._lock:
                if isinstance(error, OutsideError) and not self._stopped.is_set():
                    self._why = error
                self._stopped.set()
            raise

    def _alone(self, wanted: WantedFile) -> Path:
        """Fetch one file, or wait for another torchup that is fetching it."""
        label = wanted.package or wanted.name
        place = self._folder / wanted.key / wanted.name
        while not self._stopped.is_set():
            lock = try_lock(str(self._folder / f"{wanted.key}.lock"))
            if lock is None:
                self._stopped.wait(_ASK_AGAIN_S)
                continue
            with lock:
                if place.is_file() and wanted.sha256:
                    self._tell(label, wanted.size or 0)
                    return place
                return One(
                    self._host,
                    wanted,
                    self._folder,
                    on_bytes=partial(self._tell, label),
                    stopped=self._stopped.is_set,
                    waiting=self._waiting,
                    timeout=self._timeout,
                ).fetch()
        raise OutsideError("download.stopped", file=wanted.name)

    def _tell(self, label: str, count: int) -> None:
        with self._lock:
            self._done += count
            self._progress(label, self._done, max(self._total, self._done))


def size_here(folder: Path, wanted: WantedFile) -> int:
    """Return how many bytes of a file came in earlier runs."""
    try:
        return (folder / f"{wanted.key}.part").stat().st_size
    except OSError:
        return 0


def _refused(error: OSError, folder: Path) -> OutsideError:
    if error.errno in _FULL:
        return OutsideError("download.disk-full", path=folder)
    path, why = error.filename or folder, error.strerror or type(error).__name__
    return OutsideError("download.unwritable", path=path, why=why)
