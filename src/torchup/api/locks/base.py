"""What is locked: an environment or a requirement, and the rows that are asked for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup import apply
from torchup.api.condas.bare import is_base
from torchup.api.environments.edits import pinned
from torchup.api.environments.exporting import export
from torchup.api.locks.of_conda import own_lock
from torchup.api.locks.rows import HERE, Recipe, merged
from torchup.api.stacks.choosing import CONDA
from torchup.backends.lock_reading import Lockfile, read_lockfile
from torchup.early import read_file
from torchup.errors import NoAnswerError, UsageError
from torchup.model import EnvRecord, Requirement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.model import Machine

DEFAULT: Final = "pylock.toml"
_FILE_NAME: Final = re.compile(r"^pylock\.(?:[^.]+\.)?toml$")
"""What a lock has to be called (PEP 751); installers know it by its name."""


class Base(Struct, frozen=True, kw_only=True):
    """What all the rows have in common.

    Attributes:
        requirement: what is solved for; an environment's framework and Python are pinned.
        asked: the same as the user once asked for it.
        keep: the lock whose versions are preferred, empty for none.
        record: the environment that is locked, None where there is none.
    """

    requirement: Requirement
    asked: Requirement
    keep: str = ""
    record: EnvRecord | None = None

    @property
    def environment(self) -> str:
        """The environment's name, empty where there is none."""
        return self.record.name if self.record else ""


def base_of(context: Context, name: str, machine: Machine) -> Base:
    """Take an environment for what is locked, as it is now.

    Args:
        context: the session.
        name: the environment.
        machine: this machine.

    Raises:
        NoAnswerError: there is none, nobody knows what it should hold, or a ``lock.*`` code: it
            holds what can't be locked.
        UsageError: ``apply.foreign``: torchup did not make it.
        OutsideError: a source, the network or the disk failed.
    """
    found = apply.load_environment(context.host, context.home, name, sized=False)
    record = found.record
    if found.state == "foreign":
        raise UsageError("apply.foreign", name=record.name)
    if not record.stack.packages:
        raise NoAnswerError("environment.no-record", name=record.name, path=record.path)
    if is_base(record.stack):
        raise NoAnswerError("change.base", name=record.name)
    asked = record.requirement
    pins = replace(pinned(record, asked), today=asked.as_of or context.today(), offline=False)
    if record.backend == CONDA:
        return Base(requirement=pins, asked=asked, keep=own_lock(context, record), record=record)
    try:
        keep = export(context, record.name, "pylock").text
    except NoAnswerError as error:
        if error.code != "export.lock-differs":
            raise
        from torchup.api.locks.by_hand import locked_by_hand

        old = context.host.read(str(Path(record.path) / apply.RECORDS / apply.LOCK)) or b""
        kept = old.decode("utf-8", "replace")
        names = error.details["names"]
        keep, more = locked_by_hand(context, found, machine, pins, keep=kept, names=names)
        asked = replace(asked, packages=(*asked.packages, *more))
        pins = replace(pins, packages=(*pins.packages, *more))
    return Base(requirement=pins, asked=asked, keep=keep, record=record)


def check_name(file: Path) -> None:
    """See that installers will know a file for a lock.

    Raises:
        UsageError: ``lock.file-name``.
    """
    if not _FILE_NAME.match(file.name):
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", file.name.partition(".")[0]).strip("-") or "lab"
        raise UsageError("lock.file-name", name=file.name, near=f"pylock.{stem}.toml")


def earlier(file: Path) -> Lockfile | None:
    """Read the lock that will be replaced, None where there is none.

    Raises:
        UsageError: ``lock.not-ours``: another program wrote it; it can't be read.
    """
    try:
        data = read_file(file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError("lock.unreadable", file=file, why=error.strerror) from error
    found = read_lockfile(data, str(file))
    if found.tool is None:
        raise UsageError("lock.not-ours", file=file)
    return found


def recipes(base: Base, before: Lockfile | None, asked: Sequence[str]) -> tuple[Recipe, ...]:
    """List the rows: those of the lock before, those that are asked for now, the environment's own.

    Raises:
        UsageError: a row can't be read, two are called the same, or ``lock.of-another``: the lock
            before is one of another environment.
    """
    if before and before.tool and before.tool.environment != base.environment:
        other = before.tool.environment or "?"
        raise UsageError("lock.of-another", file=before.where, other=other)
    rows = before.tool.rows if before and before.tool else ()
    old = [f"{row.name}={row.words}" for row in rows if row.words]
    found = merged(old, asked)
    if any(one.here for one in found) or (found and base.record is None):
        return found
    stack = base.record.stack if base.record else None
    name = re.sub(r"[._]+", "-", stack.build or stack.device) if stack else HERE
    if any(one.name == name for one in found):
        raise UsageError("lock.row-twice", name=name)
    return (Recipe(name=name, words=HERE), *found)
