"""Naming the environment that counts in a folder, or everywhere else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from torchup import apply
from torchup.api.environments.current import (
    DEFAULT_KEY,
    FOLDER_FILE,
    Current,
    active,
    current,
    name_in,
)
from torchup.early import read_file
from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.state.config import config_path, read_config, write_config
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from torchup.api.context import Context

Scope = Literal["folder", "default"]


class Naming(Struct, frozen=True, kw_only=True):
    """What was named, and where it is written.

    ``name`` is empty where the naming was taken back; ``replaced`` is what stood there before,
    empty for nothing. ``over`` is an active environment that counts before it.
    """

    name: str
    scope: Scope
    where: str
    replaced: str = ""
    over: str = ""


class Counting(Struct, frozen=True, kw_only=True):
    """The environment that counts here, and whether there is one of that name."""

    current: Current
    path: str
    exists: bool


def name_environment(context: Context, name: str, scope: Scope, *, dry_run: bool = False) -> Naming:
    """Name the environment of the current folder and all below it, or the default.

    Args:
        context: the session.
        name: the environment.
        scope: where it is to count.
        dry_run: only tell what stands there.

    Raises:
        NoAnswerError: there is no such environment.
        OutsideError: ``use.unwritable``, or the settings can't be written.
    """
    found = apply.load_environment(context.host, context.home, name, sized=False).record.name
    return _write(context, found, scope, dry_run=dry_run)


def forget(context: Context, scope: Scope, *, dry_run: bool = False) -> Naming:
    """Take back what names the environment of the current folder, or the default.

    Raises:
        OutsideError: ``use.unwritable``, or the settings can't be written.
    """
    return _write(context, "", scope, dry_run=dry_run)


def counting(context: Context, default: str | None) -> Counting | None:
    """Find the environment that counts here, None where nothing names one."""
    try:
        found = current(context, None, default)
    except UsageError:
        return None
    try:
        there = apply.load_environment(context.host, context.home, found.name, sized=False)
    except NoAnswerError:
        path = context.home.environment(found.name)
        return Counting(current=found, path=str(path), exists=False)
    return Counting(current=found, path=there.record.path, exists=True)


def _write(context: Context, name: str, scope: Scope, *, dry_run: bool) -> Naming:
    over = active(context) if name else None
    where, replaced = _of_folder() if scope == "folder" else _default(context)
    if not dry_run and name != replaced:
        if scope == "folder":
            _write_file(Path(where), name)
        else:
            write_config(where, DEFAULT_KEY, name or None)
    return Naming(
        name=name,
        scope=scope,
        where=where,
        replaced=replaced,
        over=over.name if over and over.name != name else "",
    )


def _of_folder() -> tuple[str, str]:
    try:
        file = Path.cwd() / FOLDER_FILE
    except OSError as error:
        raise OutsideError("home.no-folder") from error
    try:
        said = name_in(read_file(file))
    except OSError:
        said = ""
    return str(file), said


def _default(context: Context) -> tuple[str, str]:
    path = config_path(context.host)
    return path, read_config(path, mending=True).get(DEFAULT_KEY, "")


def _write_file(file: Path, name: str) -> None:
    try:
        if name:
            write_atomic(file, f"{name}\n".encode())
        else:
            file.unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("use.unwritable", path=file, why=why) from error
