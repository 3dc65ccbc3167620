"""What gives the files of pip, uv and conda back what they held before they were told of mirrors.

Nothing is written here: the edits become one change together with the settings
(:func:`torchup.api.mirrors.keeping.forget`), so that ``torchup undo`` takes all of it back. The
changes that told the programs stay in the ledger for that: they count again after the undo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from torchup.api.mirrors.keeping import COMMAND, RESET
from torchup.errors import NoAnswerError, TorchupError
from torchup.model import StepOutcome
from torchup.state import undo
from torchup.state.undo import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.api.context import Context
    from torchup.model.mirror import MirrorKind
    from torchup.model.record import StepStatus
    from torchup.state.undo import Change, Part


class Left(NamedTuple):
    """A file that stays as it was written, and the kinds that it was written for."""

    path: str
    kinds: str


class TakingBack(Struct, frozen=True, kw_only=True):
    """What becomes of the files that were written.

    Attributes:
        edits: what gives them back what they held.
        failed: why some can't be put back: somebody changed them since.
        left: the files that were written for these kinds and others at once, and for which.
    """

    edits: tuple[Edit, ...]
    failed: tuple[TorchupError, ...]
    left: tuple[Left, ...]

    def steps(self, *, dry_run: bool) -> tuple[StepOutcome, ...]:
        """Tell what was done to the files, or would be."""
        status: StepStatus = "skipped" if dry_run else "done"
        return tuple(
            StepOutcome(id="restore", status=status, detail=one.path) for one in self.edits
        )


def taking_back(context: Context, kinds: Sequence[MirrorKind]) -> TakingBack:
    """Work out what puts back every file that was written for some kinds; changes nothing.

    Args:
        context: the session.
        kinds: only changes about these and no others.
    """
    failed: list[TorchupError] = []
    left: list[Left] = []
    # Where a file is → the part that wrote it first, and its change: what was then is put back.
    first: dict[str, tuple[Change, Part]] = {}
    found = undo.changes(context.home)
    resets = [one for one in found if one.command == RESET]
    for one in reversed(found):
        said = one.what.args.get("kinds", "")
        about = set(said.split(", "))
        if one.command != COMMAND or about.isdisjoint(kinds):
            continue
        files = tuple(_open(one, resets))
        if not files:
            continue
        if not about <= set(kinds):
            left += [Left(part.path, said) for part in files]
            continue
        try:
            for part in files:
                _see_next(context, one, part, first.get(part.place))
        except TorchupError as error:
            failed.append(error)
            continue
        first |= {part.place: (one, part) for part in files}
    edits = tuple(_back(context, one, part) for one, part in first.values())
    return TakingBack(edits=edits, failed=tuple(failed), left=tuple(dict.fromkeys(left)))


def _open(found: Change, resets: Sequence[Change]) -> Iterator[Part]:
    """The files of other programs that a change wrote, and that no reset has put back since."""
    again = {part.place for one in resets if one.id > found.id for part in one.parts}
    for part in found.parts:
        # torchup's own settings are the last part, if any: they are no other program's.
        if part.path != found.what.args.get("settings") and part.place not in again:
            yield part


def _see_next(
    context: Context, found: Change, part: Part, newer: tuple[Change, Part] | None
) -> None:
    """See that a file is what a change left, or what a newer one found there.

    Raises:
        NoAnswerError, OutsideError: as :func:`torchup.state.undo.undo`.
    """
    if newer is None:
        undo.see_intact(context.home, found, (part,))
    elif not newer[1].was.same(part.now):
        copy = undo.copy_of(context.home, found, part)
        raise NoAnswerError("kept.changed-since", path=part.path, copy=copy, id=found.id)


def _back(context: Context, found: Change, part: Part) -> Edit:
    was = undo.before(context.home, found, part)
    if was is None:
        return undo.Remove(path=part.path)
    return undo.Write(path=part.path, data=was, mode=part.was.mode)
