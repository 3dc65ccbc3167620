"""Changes of whole folders: what an installer did, kept as the files that differ."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.errors import NoAnswerError, OutsideError
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic
from torchup.state.undo.images import discard
from torchup.state.undo.ledger import DRAFT, alone
from torchup.state.undo.records import (
    DIFFERING,
    ENTRY,
    TREE,
    Change,
    changes,
    differing_of,
    free_name,
)
from torchup.state.undo.trees import compare, missing, odd, restore, store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host
    from torchup.model import Text
    from torchup.state.home import Home
    from torchup.state.undo.trees import Differing

_PATIENCE: Final = 5.0
"""Seconds to wait for another torchup that is at the ledger."""
_MOST: Final = 10
"""Changes of one folder that can be undone, the last ones."""
_PAUSE: Final = 0.05


@contextmanager
def keeping(
    host: Host,
    home: Home,
    *,
    before: Path,
    folder: Path,
    what: Text,
    command: str,
    about: str,
    passing: tuple[str, ...] = (),
) -> Iterator[None]:
    """Keep what a folder was, while the block makes its change count.

    The change can be undone from when the block ends. Where what was can't be kept (no room, a
    ledger that is busy), the block runs all the same and the change can't be undone.

    Args:
        host: the machine, for the time.
        home: where what was is kept.
        before: a copy of the folder as it was; the block may remove it.
        folder: the folder as it is.
        what: what the change was for.
        command: the command that made it.
        about: the environment that the folder is.
        passing: paths in it that others write as they please.
    """
    at = host.now()
    made = Change(
        id=f"{at:%Y%m%d-%H%M%S}",
        at=at.isoformat(timespec="seconds"),
        command=command,
        what=what,
        done=True,
        about=about,
        folder=str(folder),
    )
    with _patient(home) as held:
        draft = _draft(home, before, made, passing) if held else None
        try:
            yield
        except BaseException:
            if draft is not None:
                with suppress(OSError):
                    discard(draft)
            raise
        if draft is not None:
            _let_go(home, str(folder))
            with suppress(OSError):
                draft.replace(home.kept / draft.name.removeprefix(DRAFT))


def _draft(home: Home, before: Path, made: Change, passing: tuple[str, ...]) -> Path | None:
    made = msgspec.structs.replace(made, id=free_name(home, made.id))
    draft = home.kept / f"{DRAFT}{made.id}"
    try:
        differing = compare(before, Path(made.folder), passing)
        if all(path in passing for path in differing.paths):
            return None
        draft.mkdir(parents=True, mode=0o700)
        home.kept.chmod(0o700)
        store(before, differing, draft / TREE)
        write_atomic(draft / DIFFERING, msgspec.json.encode(differing), mode=0o600)
        write_atomic(draft / ENTRY, msgspec.json.encode(made), mode=0o600)
    except OSError:
        with suppress(OSError):
            discard(draft)
        return None
    return draft


def _let_go(home: Home, folder: str) -> None:
    """Make room for one more change of a folder."""
    mine = [one for one in changes(home) if one.folder == folder]
    for one in mine[: max(0, len(mine) - _MOST + 1)]:
        with suppress(OSError):
            discard(home.kept / one.id)


@contextmanager
def _patient(home: Home) -> Iterator[bool]:
    """Hold the ledger; give up after a while, since what waits is done already."""
    until = monotonic() + _PATIENCE
    with ExitStack() as held:
        while not (taken := _taken(home, held)) and monotonic() < until:
            sleep(_PAUSE)
        yield taken


def _taken(home: Home, held: ExitStack) -> bool:
    try:
        held.enter_context(alone(home))
    except OutsideError:
        return False
    return True


def see_folder_intact(home: Home, found: Change) -> Differing:
    """See that a folder is as its change left it, and return what differs.

    Raises:
        NoAnswerError: ``undo.changed-by``: by a later change; ``undo.folder-changed``: by
            somebody; ``undo.lost``: what was is gone.
    """
    differing = see_folder_kept(home, found)
    try:
        strange = odd(Path(found.folder), differing)
    except OSError as error:
        raise NoAnswerError("undo.lost", id=found.id) from error
    if not strange:
        return differing
    later = [one for one in changes(home) if one.id > found.id and one.folder == found.folder]
    if later:
        raise NoAnswerError("undo.changed-by", path=found.folder, id=later[-1].id)
    first, count = strange[0], len(strange)
    raise NoAnswerError(
        "undo.folder-changed", name=found.about, path=first, count=count, id=found.id
    )


def see_folder_kept(home: Home, found: Change) -> Differing:
    """See that all of what a folder was before a change is still kept, and return what differs.

    Raises:
        NoAnswerError: ``undo.lost``.
    """
    try:
        differing = differing_of(home, found)
        whole = not missing(differing, home.kept / found.id / TREE)
    except (OSError, *NO_DOCUMENT) as error:
        raise NoAnswerError("undo.lost", id=found.id) from error
    if not whole:
        raise NoAnswerError("undo.lost", id=found.id)
    return differing


def put_folder_back(home: Home, found: Change, differing: Differing | None = None) -> None:
    """Make a folder again what it was before a change; the entry stays.

    Args:
        home: where what was is kept.
        found: the change.
        differing: what was seen just now, where it was looked at.

    Raises:
        NoAnswerError: ``undo.lost``: what was isn't kept any more; nothing was changed.
        OSError: something can't be written; it can be tried again.
    """
    differing = differing or see_folder_kept(home, found)
    restore(Path(found.folder), differing, home.kept / found.id / TREE)


def forget(home: Home, found: Change) -> None:
    """Let go of a change: it can't be undone any more, or was.

    Raises:
        OutsideError: ``kept.busy``.
    """
    with alone(home), suppress(OSError):
        discard(home.kept / found.id)
