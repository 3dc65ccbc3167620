"""Files of other programs that torchup changes: what they were is kept, and can be given back.

A copy and its entry are on the disk before the file changes, so that whoever is killed in between
has lost nothing.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.errors import NoAnswerError, OutsideError
from torchup.host.lock import try_lock
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from torchup.state.home import Home

_ENTRY: Final = ".json"
_COPY: Final = ".before"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a file. ``existed`` is false where the file was made by it.

    ``after`` is the digest (SHA-256) of what was written; ``place`` is where the file is when
    links are followed.
    """

    id: str
    path: str
    place: str
    at: str
    after: str
    existed: bool


def rewrite(home: Home, path: str, data: bytes, *, was: bytes | None, at: datetime) -> Kept:
    """Write a file of another program, keeping what it was.

    A link stays a link, and a file keeps who may read it.

    Args:
        home: where copies are kept.
        path: the file.
        data: its new content.
        was: what was read, None where there was no file; it has to be that still.
        at: the time now.

    Raises:
        OutsideError: ``kept.busy``: another torchup is changing such a file; ``kept.changed``:
            somebody changed it meanwhile; ``kept.unwritable``.
    """
    place = Path(path).resolve()
    with _alone(home):
        if _content(place) != was:
            raise OutsideError("kept.changed", path=path)
        name = f"{at:%Y%m%dT%H%M%S%f}-{hashlib.sha256(str(place).encode()).hexdigest()[:8]}"
        kept = Kept(
            id=name,
            path=path,
            place=str(place),
            at=at.isoformat(timespec="seconds"),
            after=hashlib.sha256(data).hexdigest(),
            existed=was is not None,
        )
        try:
            if was is not None:
                write_atomic(home.kept / f"{name}{_COPY}", was, mode=0o600)
            write_atomic(home.kept / f"{name}{_ENTRY}", msgspec.json.encode(kept), durable=True)
            write_atomic(place, data, mode=_mode(place))
        except OSError as error:
            _forget(home, kept)
            why = error.strerror or type(error).__name__
            raise OutsideError("kept.unwritable", path=error.filename or path, why=why) from error
    return kept


def newest(home: Home, paths: tuple[str, ...] = ()) -> Kept | None:
    """Return the last change that is still there; of some files only, where they are named."""
    places = {str(Path(one).resolve()) for one in paths}
    found = [one for one in _entries(home) if not places or one.place in places]
    counting = [one for one in found if _is_as_written(one)]
    if counting:
        return counting[-1]
    return found[-1] if found else None


def give_back(home: Home, kept: Kept, *, even_if_changed: bool = False) -> None:
    """Make a file what it was before a change.

    Raises:
        NoAnswerError: ``kept.changed-since``: somebody changed it after torchup did.
        OutsideError: ``kept.busy``, ``kept.unwritable``.
    """
    place = Path(kept.place)
    copy = home.kept / f"{kept.id}{_COPY}"
    with _alone(home):
        if not (even_if_changed or _is_as_written(kept)):
            raise NoAnswerError("kept.changed-since", path=kept.path, copy=copy)
        try:
            if kept.existed:
                write_atomic(place, copy.read_bytes(), mode=_mode(place))
            else:
                place.unlink(missing_ok=True)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise OutsideError("kept.unwritable", path=kept.path, why=why) from error
        _forget(home, kept)


def content_before(home: Home, kept: Kept) -> bytes | None:
    """What a file was before a change; None where there was none."""
    return (home.kept / f"{kept.id}{_COPY}").read_bytes() if kept.existed else None


def _is_as_written(kept: Kept) -> bool:
    now = _content(Path(kept.place))
    return now is not None and hashlib.sha256(now).hexdigest() == kept.after


def _entries(home: Home) -> list[Kept]:
    found = map(_entry, sorted(home.kept.glob(f"*{_ENTRY}")))
    return [one for one in found if one is not None]


def _entry(path: Path) -> Kept | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return None  # a copy without its entry is of no use to anybody, and harms nobody


def _forget(home: Home, kept: Kept) -> None:
    for suffix in (_ENTRY, _COPY):
        (home.kept / f"{kept.id}{suffix}").unlink(missing_ok=True)


def _content(place: Path) -> bytes | None:
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("kept.unreadable", path=place, why=why) from error


def _mode(place: Path) -> int | None:
    try:
        return place.stat().st_mode & 0o7777
    except OSError:
        return None


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    path = home.locks / "kept-files.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = try_lock(str(path))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("kept.unwritable", path=path, why=why) from error
    if lock is None:
        raise OutsideError("kept.busy")
    with lock:
        yield
