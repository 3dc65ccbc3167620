"""Putting back the files of pip, uv and conda that were told of mirrors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from torchup.api.mirrors.keeping import COMMAND
from torchup.errors import TorchupError
from torchup.model import StepOutcome
from torchup.state import undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.model.mirror import MirrorKind
    from torchup.model.record import StepStatus


class Left(NamedTuple):
    """A file that stays as it was written, and the kinds that it was written for."""

    path: str
    kinds: str


class TakenBack(Struct, frozen=True, kw_only=True):
    """What became of the files that were written.

    Attributes:
        steps: the files that are as they were.
        failed: why some could not be put back: somebody changed them since.
        left: the files that were written for these kinds and others at once, and for which.
    """

    steps: tuple[StepOutcome, ...]
    failed: tuple[TorchupError, ...]
    left: tuple[Left, ...]


def take_back(context: Context, kinds: Sequence[MirrorKind], *, dry_run: bool) -> TakenBack:
    """Put back every file that was written for some kinds, the newest change first.

    Args:
        context: the session.
        kinds: only changes about these and no others.
        dry_run: change nothing, and say what would.
    """
    steps: list[StepOutcome] = []
    failed: list[TorchupError] = []
    left: list[Left] = []
    covered: set[str] = set()
    for one in reversed(undo.changes(context.home)):
        said = one.what.args.get("kinds", "")
        about = set(said.split(", "))
        # torchup's own settings are the last part, if any: they are no other program's.
        files = tuple(p for p in one.parts if p.path != one.what.args.get("settings"))
        if one.command != COMMAND or about.isdisjoint(kinds):
            continue
        if not about <= set(kinds):
            left += [Left(part.path, said) for part in files]
            continue
        try:
            ours = replace(one, parts=files)
            if not dry_run:
                undo.undo(context.host, context.home, ours)
            elif covered.isdisjoint(p.path for p in files):  # else a newer one goes before it
                undo.see_intact(context.home, ours)
        except TorchupError as error:
            failed.append(error)
            continue
        covered |= {p.path for p in files}
        status: StepStatus = "skipped" if dry_run else "done"
        steps += [StepOutcome(id="restore", status=status, detail=p.path) for p in files]
    return TakenBack(steps=tuple(steps), failed=tuple(failed), left=tuple(dict.fromkeys(left)))
