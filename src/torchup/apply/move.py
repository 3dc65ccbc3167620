"""Taking an environment to another folder, on another disk too."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from torchup.apply import journal
from torchup.apply.conda_list import keep_listed
from torchup.apply.environments import require
from torchup.apply.folders import discard, empty, out_of_sight, prepare_home
from torchup.apply.holding import hold
from torchup.apply.marker import MARKER, RECORDS, has_marker, read_marker, write_marker
from torchup.apply.name_locks import in_use
from torchup.apply.names import name_key
from torchup.apply.places import is_ours, placed_names, write_place
from torchup.apply.size import SIZE_FILE
from torchup.apply.tree import copy_tree
from torchup.apply.usage import Tree
from torchup.apply.volume import can_link, check_space, refused
from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from torchup.apply.steps import StepLog
    from torchup.host import Host
    from torchup.host.real import RealHost
    from torchup.model import EnvRecord
    from torchup.state.home import Home


class Move(Struct, frozen=True, kw_only=True):
    """An environment that can be moved: from where to where.

    ``size`` is the bytes that must be copied; 0 where files are only linked anew.
    """

    name: str
    source: Path
    target: Path
    size: int = 0

    @property
    def needless(self) -> bool:
        """Whether it lies there already."""
        return self.source == self.target


def check_move(host: Host, home: Home, name: str, folder: Path) -> Move:
    """See that an environment can be moved into a folder; changes nothing.

    Args:
        host: the machine.
        home: where environments are kept.
        name: the environment.
        folder: where it is to lie, under its name; the home stands for its usual place there.

    Raises:
        NoAnswerError: ``apply.no-such-environment``, ``apply.place-gone``,
            ``environment.no-record``.
        UsageError: ``apply.foreign``, ``apply.linked-environment``, ``apply.path-in-use``,
            ``move.inside``.
        OutsideError: ``move.no-room``.
    """
    name = require(home, name)
    source = home.environment(name)
    if source.is_symlink():
        raise UsageError("apply.linked-environment", name=name, path=source.resolve())
    real = folder.resolve()
    if real in (home.root.resolve(), home.environments.resolve()):
        folder = home.environments
    elif _is_taken(home, real):
        raise UsageError("move.inside", path=folder)
    move = Move(name=name, source=source, target=folder / name)
    if real == source.parent.resolve():
        return structs.replace(move, target=source)
    if os.path.lexists(move.target):
        raise UsageError("apply.path-in-use", name=name, path=move.target)
    if can_link(source, folder, source / RECORDS):
        return move
    size = Tree(source).size
    check_space(host, folder, size)
    return structs.replace(move, size=size)


def _is_taken(home: Home, folder: Path) -> bool:
    """Tell whether a folder lies in the home, or in an environment outside it."""
    outside = filter(None, map(home.elsewhere, placed_names(home)))
    return any(one.resolve() in (folder, *folder.parents) for one in (home.root, *outside))


def move_environment(host: RealHost, home: Home, move: Move, *, log: StepLog) -> EnvRecord:
    """Move an environment: copied first, then the new place counts, then the old one goes.

    Args:
        host: the machine.
        home: where environments are kept.
        move: what :func:`check_move` returned.
        log: takes down the steps; after an error they read ``undone``.

    Raises:
        NoAnswerError: ``environment.no-record``: nobody knows what it holds.
        OutsideError: ``apply.busy``; ``move.in-use``; what the disks refuse. It is where it was.
    """
    prepare_home(home)
    with in_use(host, home, move.name):
        if home.environment(move.name) != move.source or not has_marker(move.source):
            raise OutsideError("change.changed-meanwhile", name=move.name)
        record = _record(move)
        made: list[Path] = []
        try:
            _journal(host, home, move)
            _make_folders(move.target, made)
            moved = _copied(host, move, record, log)
            _switch(host, home, move, log)
        except BaseException as error:
            _take_back(home, move, made, log)
            if isinstance(error, OSError):
                raise refused(error, move.target) from error
            raise
    return moved


def _record(move: Move) -> EnvRecord:
    try:
        return read_marker(move.source)
    except (OSError, *NO_DOCUMENT) as error:
        raise NoAnswerError("environment.no-record", name=move.name, path=move.source) from error


def _journal(host: Host, home: Home, move: Move) -> None:
    journal.begin(host, home, "move", move.name, was=str(move.source), to=str(move.target))


def _make_folders(target: Path, made: list[Path]) -> None:
    """Make the new folder; those above it that were not there are noted, inner first."""
    made += [one for one in target.parents if not one.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.mkdir()
    (target / RECORDS).mkdir()


def _copied(host: RealHost, move: Move, record: EnvRecord, log: StepLog) -> EnvRecord:
    source, target = move.source, move.target
    with log.step("copy", str(target)):
        # What was counted as shared with others may be its own there.
        without = [source / RECORDS / one for one in (MARKER, SIZE_FILE)]
        done = copy_tree(source, target, moved=(str(source), str(target)), without=without)
        hold(target, record.stack, host.system)
        moved = structs.replace(record, path=str(target))
        write_marker(target, moved)
        if not done.shared and hasattr(os, "sync"):
            os.sync()  # another disk must have it before the old one lets it go
    return moved


def _switch(host: Host, home: Home, move: Move, log: StepLog) -> None:
    """Let the new place count, and take the old one away.

    Raises:
        OSError: the home can't be written.
        OutsideError: ``move.in-use``: the system doesn't let go of the old one.
    """
    with log.step("switch", str(move.target)):
        write_place(home, move.name, move.target)
        try:
            old = out_of_sight(home, move.source, name_key(move.name))
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise OutsideError("move.in-use", name=move.name, why=why) from error
    with log.step("delete", str(move.source)):
        if old is not None:
            with suppress(OSError):  # the next command tries again
                empty(old)
        for one in (move.source, move.target):
            keep_listed(host, one)
        journal.end(home, move.name)


def _take_back(home: Home, move: Move, made: list[Path], log: StepLog) -> None:
    """Let it be where it was; what can't be taken back now the next command does."""
    with suppress(OSError):
        if home.environment(move.name) == move.target:
            if not has_marker(move.source):
                return
            write_place(home, move.name, move.source)
        if is_ours(move.target):
            discard(home, move.target, name_key(move.name))
        journal.end(home, move.name)
        for folder in made:
            folder.rmdir()
    log.undo()
