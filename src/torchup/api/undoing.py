"""Taking changes back: what can be, what that would do, and doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torchup import apply
from torchup.api.mirrors.settings_since import apart
from torchup.model import Outcome, StepOutcome, text
from torchup.model.names import is_elsewhere
from torchup.state import undo
from torchup.state.config import write_values

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Text
    from torchup.state.home import Home
    from torchup.state.undo import Change, Part


class Listed(NamedTuple):
    """A change, whether all is still as it left it, and whether what was before is gone."""

    change: Change
    undoable: bool
    lost: bool


def listed(context: Context) -> tuple[Listed, ...]:
    """Return what was changed and can be put back, the newest first."""
    home = context.home
    found = reversed(undo.changes(home))
    return tuple(Listed(one, _intact(context, one), undo.is_lost(home, one)) for one in found)


def _intact(context: Context, found: Change) -> bool:
    if undo.intact(context.home, found):
        return True
    one = apart(context, found)
    return one is not None and undo.intact(context.home, one.files)


def unreadable(context: Context) -> tuple[str, ...]:
    """Return the folders of changes that can't be read, so that they aren't among the others."""
    return tuple(map(str, undo.unreadable(context.home)))


def ids(home: Home) -> frozenset[str]:
    """Return what the changes are called that are kept."""
    return frozenset(one.id for one in undo.changes(home))


def newest_first(home: Home) -> tuple[Change, ...]:
    """Return the changes that are kept, whether or not they can still be undone."""
    return tuple(reversed(undo.changes(home)))


def find(context: Context, name: str) -> Change:
    """Return the change of a name; ``last`` is the newest.

    Raises:
        NoAnswerError: ``undo.nothing``, ``undo.unreadable``.
        UsageError: ``undo.unknown``.
    """
    return undo.find(context.home, name)


def check(context: Context, found: Change) -> None:
    """See that undoing a change loses nothing that came after it.

    Raises:
        NoAnswerError: it would; see :func:`torchup.state.undo.undo` and
            :func:`torchup.apply.undo_change`.
        OutsideError: a file can't be read.
    """
    if found.folder:
        _see_there(context, found, force=False)
        undo.see_folder_intact(context.home, found)
    else:
        one = apart(context, found)
        undo.see_intact(context.home, one.files if one else found)


def effects(context: Context, found: Change) -> tuple[Text, ...]:
    """Word what undoing a change does, path by path; of an environment as a whole."""
    if found.folder:
        return (text("undo.environment", name=found.about),)
    if one := apart(context, found):
        files = tuple(_effect(part) for part in reversed(one.files.parts))
        return (text("undo.resets", path=one.path, keys=", ".join(sorted(one.values))), *files)
    return tuple(_effect(part) for part in reversed(found.parts))


def _effect(part: Part) -> Text:
    if part.to:
        return text("undo.renames", path=part.path, to=part.to)
    if part.was.kind == "absent":
        return text("undo.takes", path=part.path)
    if part.now.kind == "absent":
        return text("undo.brings", path=part.path)
    return text("undo.restores", path=part.path)


def take_back(context: Context, found: Change, *, force: bool, dry_run: bool) -> Outcome:
    """Put back what was before a change.

    Args:
        context: the session.
        found: the change.
        force: also what was changed since; that is kept as a change of its own.
        dry_run: change nothing.

    Raises:
        NoAnswerError, OutsideError: as :func:`torchup.state.undo.undo` and
            :func:`torchup.apply.undo_change`.
    """
    if found.folder:
        return _environment(context, found, force=force, dry_run=dry_run)
    if not dry_run:
        _files(context, found, force=force)
    steps = tuple(
        StepOutcome(id="file", status="skipped" if dry_run else "done", detail=part.path)
        for part in reversed(found.parts)
    )
    return Outcome(command="undo", ok=True, steps=steps)


def _files(context: Context, found: Change, *, force: bool) -> None:
    one = apart(context, found)
    if one is None:
        undo.undo(context.host, context.home, found, force=force)
        return
    if not force:
        undo.see_intact(context.home, one.files)
    # Whoever is killed in between can undo it again: these lines are then right already.
    write_values(one.path, one.values)
    if one.files.parts:
        undo.undo(context.host, context.home, one.files, force=force)
    else:
        undo.forget(context.home, found)


def _environment(context: Context, found: Change, *, force: bool, dry_run: bool) -> Outcome:
    elsewhere = _is_elsewhere(context, found)
    _see_there(context, found, force=force)
    if dry_run:
        undo.see_folder_kept(context.home, found)
    if not dry_run and elsewhere:
        apply.undo_elsewhere(context.host, context.home, found, force=force)
    elif not dry_run:
        apply.undo_change(context.host, context.home, found, force=force)
    step = StepOutcome(id="undo", status="skipped" if dry_run else "done", detail=found.folder)
    if elsewhere:
        return Outcome(command="undo", ok=True, steps=(step,))
    environment = apply.load_environment(context.host, context.home, found.about, sized=False)
    return Outcome(command="undo", ok=True, steps=(step,), environment=environment)


def _see_there(context: Context, found: Change, *, force: bool) -> None:
    if _is_elsewhere(context, found):
        apply.see_there_elsewhere(context.home, found, force=force)
    else:
        apply.see_there(context.home, found)


def _is_elsewhere(context: Context, found: Change) -> bool:
    """Whether a change was one of an environment that another tool made."""
    home = context.home
    return is_elsewhere(found.about) or found.about in apply.adopted_names(home)
