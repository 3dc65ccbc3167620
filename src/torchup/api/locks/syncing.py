"""Bringing an environment exactly to a lock, by the row that is for this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup import apply
from torchup.api.environments.differences import Difference
from torchup.api.locks.base import DEFAULT
from torchup.api.locks.choice import Judged, best, judge
from torchup.api.locks.differences import compared, made_anew
from torchup.api.locks.files import lock_of_row
from torchup.api.locks.foreign import row_of
from torchup.api.solve.inputs import interpreter_for
from torchup.api.stacks.choosing import BACKEND, CONDA
from torchup.backends.faults import Fault
from torchup.backends.installed import interpreter
from torchup.backends.lock_reading import Lockfile, read_lockfile
from torchup.errors import NoAnswerError, UsageError
from torchup.facts.frameworks import first_of, mean
from torchup.model import Artifact, Environment, Machine
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model.locked import Locked


class Sync(Struct, frozen=True, kw_only=True):
    """An environment and a lock, compared.

    Attributes:
        name: the environment's name.
        lock: the lock.
        file: its absolute path.
        machine: this machine.
        judged: every row of it.
        chosen: the row to take, None where none is for this machine.
        named: the user named it, now or the last time.
        environment: the environment, None where it is to be made.
        python: the interpreter for it, empty where it has to be fetched first.
        anew: an environment of another Python has to be made anew.
        text: the lock of the row alone, as the environment keeps it.
        placed: the same with the files of a bundle where they were laid out; empty for none.
        here: where conda's packages of a bundle were laid out, by their hashes.
        artifacts: the files it names.
        differences: what comes, goes, and gets another version.
        damaged: what has the right version and is not as it was installed.
    """

    name: str
    lock: Lockfile
    file: str
    machine: Machine
    judged: tuple[Judged, ...]
    chosen: Judged | None = None
    named: bool = False
    environment: Environment | None = None
    python: str = ""
    anew: bool = False
    text: str = ""
    placed: str = ""
    here: dict[str, str] = {}
    artifacts: tuple[Artifact, ...] = ()
    differences: tuple[Difference, ...] = ()
    damaged: dict[str, Fault] = {}

    @property
    def needed(self) -> bool:
        """Whether anything has to be done to files."""
        return self.environment is None or self.anew or bool(self.differences or self.damaged)

    @property
    def recorded(self) -> bool:
        """Whether the environment's record says that it is at this lock and row."""
        lock = self.environment.record.lock if self.environment else None
        if lock is None or self.chosen is None:
            return False
        same = (lock.digest, lock.row, lock.file) == (
            self.lock.digest,
            self.chosen.row.name,
            self.file,
        )
        return same and not lock.left


def read(file: str) -> tuple[Lockfile, str]:
    """Read a lock, or the one in a folder; return its absolute path too.

    Raises:
        UsageError: ``lock.unreadable``, or a code of :func:`read_lockfile`.
    """
    path = Path(file).expanduser()
    if path.is_dir():
        path /= DEFAULT
    try:
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError("lock.unreadable", file=path, why=why) from error
    return read_lockfile(data, str(path)), str(path.absolute())


def name_of_lock(context: Context, lock: Lockfile, named: str | None) -> str:
    """The name of the environment: as the user says, else as the lock does.

    Raises:
        UsageError: ``sync.name-needed``; the name can't be taken.
    """
    own = lock.tool.environment if lock.tool else ""
    stem = Path(lock.where).name.removesuffix(".toml").removeprefix("pylock").lstrip(".")
    name = named or own or stem
    if not name:
        raise UsageError("sync.name-needed", file=lock.where, quoted=context.pasteable(lock.where))
    return apply.check_name(name)


def prepare(
    context: Context,
    machine: Machine,
    lock: Lockfile,
    path: str,
    *,
    name: str | None = None,
    row: str | None = None,
) -> Sync:
    """Pick the row and compare; changes nothing.

    Args:
        context: the session.
        machine: this machine.
        lock: the lock.
        path: where it lies.
        name: the environment's name, as the user gives it.
        row: the row that the user names.

    Raises:
        UsageError: ``sync.no-such-row``, ``sync.name-needed``,
            ``sync.not-of-lock``: an environment of that name has nothing to do with the lock; or
            ``apply.foreign`` or ``sync.conda``.
        NoAnswerError: a lock of another program isn't for this machine.
    """
    meant = name_of_lock(context, lock, name)
    found = _environment(context, meant)
    before = found.record.lock if found else None
    if before and path != before.file and lock.digest != before.digest:
        before = None  # another lock
    if found and before is None and name is None:
        raise UsageError("sync.not-of-lock", name=meant, quoted=context.pasteable(lock.where))
    line = found.record.stack.python if found else ""
    rows = lock.tool.rows if lock.tool else (row_of(lock, machine, line),)
    if row is not None and row not in {one.name for one in rows}:
        names = ", ".join(one.name for one in rows)
        quoted = context.pasteable(lock.where)
        raise UsageError("sync.no-such-row", row=row, names=names, file=lock.where, quoted=quoted)
    mean(first_of(one for row in rows for one in row.stack.packages))
    judged = tuple(judge(context, machine, lock, one) for one in rows)
    chosen, by_name = _chosen(judged, machine, row, before)
    sync = Sync(
        name=found.record.name if found else meant,
        lock=lock,
        file=path,
        machine=machine,
        judged=judged,
        chosen=chosen,
        named=by_name,
        environment=found,
    )
    return sync if chosen is None else _compared(context, sync, chosen)


def _environment(context: Context, name: str) -> Environment | None:
    """The environment of that name, if it may be brought to a lock."""
    if name not in apply.names(context.home):
        if name in apply.adopted_names(context.home):
            raise UsageError("apply.foreign", name=name)
        apply.check_case(context.home, name)
        return None
    found = apply.load_environment(context.host, context.home, name, sized=False)
    if not found.record.stack.packages:
        raise NoAnswerError("environment.no-record", name=name, path=found.record.path)
    if found.record.backend not in (BACKEND, CONDA):
        raise UsageError("apply.foreign", name=name)
    return found


def _chosen(
    judged: tuple[Judged, ...], machine: Machine, row: str | None, before: Locked | None
) -> tuple[Judged | None, bool]:
    """The row to take, and whether it was named.

    A row that was taken before is kept as long as it runs: what a machine gets doesn't change
    because a better row would fit since.
    """
    named = row or (before.row if before and before.named else None)
    kept = next(
        (
            one
            for one in judged
            if before and one.row.name == before.row and one.state == "fits" and row is None
        ),
        None,
    )
    if named is not None:
        found = next((one for one in judged if one.row.name == named), None)
        if found is not None:
            return (found if found.state != "no" else None), True
    return kept or best(judged, machine), False


def _compared(context: Context, sync: Sync, chosen: Judged) -> Sync:
    stack = chosen.stack or chosen.row.stack
    conda = chosen.row.conda is not None
    if sync.environment and (sync.environment.record.backend == CONDA) is not conda:
        raise UsageError("sync.conda", name=sync.name)
    text, artifacts = lock_of_row(context, sync, chosen)
    expected = {canonical_name(one.name): one.version for one in artifacts}
    found = sync.environment
    anew = found is not None and made_anew(context, found, stack.python)
    python = ""
    if not conda and (found is None or anew):
        python = interpreter_for(sync.machine, stack.python, None)
    lock = text if conda else ""
    differences, damaged = compared(context, found, expected, artifacts, anew=anew, lock=lock)
    if found is not None and not anew and not conda:
        python = str(interpreter(Path(found.record.path), context.host))
    return replace(
        sync,
        python=python,
        anew=anew,
        text=text,
        artifacts=artifacts,
        differences=differences,
        damaged=damaged,
    )
