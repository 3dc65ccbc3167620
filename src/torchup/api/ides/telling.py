"""Telling VS Code and PyCharm which interpreter to use for a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.api.environments.foreign import load
from torchup.backends.installed import interpreter
from torchup.errors import NoAnswerError, UsageError
from torchup.model import StepOutcome, Text, text
from torchup.state import undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.model import Environment


class Telling(Struct, frozen=True, kw_only=True):
    """What would be written; nothing where all is as it should be.

    ``lines`` say what, a line each; ``notes`` what a person has to know or do.
    """

    ide: str
    about: str
    edits: tuple[undo.Write, ...] = ()
    lines: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()


def folder_of(context: Context, named: str | None) -> str:
    """Return the project's folder: the named one, else the current one.

    Raises:
        UsageError: ``ide.no-folder``: it isn't there.
    """
    path = os.path.abspath(os.path.expanduser(named or "."))  # noqa: PTH100, PTH111
    if not context.host.is_dir(path):
        raise UsageError("ide.no-folder", path=path)
    return path


def interpreter_for(context: Context, name: str) -> tuple[Environment, str]:
    """Return an environment and its interpreter.

    Raises:
        NoAnswerError: there is none of that name, or its Python is gone.
    """
    found = load(context, name, sized=False)
    python = interpreter(Path(found.record.path), context.host)
    if not context.host.is_executable(str(python)):
        raise NoAnswerError("environment.cant-run", name=name, python=python)
    return found, str(python)


def carry_out(context: Context, told: Sequence[Telling]) -> tuple[StepOutcome, ...]:
    """Write what was worked out, all or none; ``torchup undo`` takes it back.

    Raises:
        OutsideError: a file can't be written, or changed meanwhile.
    """
    edits = [edit for one in told for edit in one.edits]
    if edits:
        names = ", ".join(dict.fromkeys(one.about or str(context.home.root) for one in told))
        undo.change(
            context.host,
            context.home,
            what=text("ide.what", name=names),
            edits=edits,
            command="ide",
            about=told[0].about,
        )
    return tuple(
        StepOutcome(id=f"ide-{one.ide}", status="done", detail=edit.path)
        for one in told
        for edit in one.edits
    )
