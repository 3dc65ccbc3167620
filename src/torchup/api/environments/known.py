"""Environments that are there: list, show, run, delete."""

# Loading pathlib would take longer than a look at a home.
# ruff: noqa: PTH116, PTH118

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from torchup import apply
from torchup.backends.installed import interpreter
from torchup.errors import NoAnswerError
from torchup.host.process import identity
from torchup.model.names import is_elsewhere
from torchup.state.home import MOVING

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.model import Environment, Text, VerifyReport


def recover(context: Context) -> tuple[Text, ...]:
    """Clean up after a torchup that was killed, and say what was cleaned."""
    _empty_work(context)
    said: tuple[Text, ...] = ()
    if apply.anything_left(context.home):
        said = apply.recover(context.host, context.home)
        apply.settle_guards(context.host, context.home)
    if _is_moving(context.home.below(MOVING)):
        from torchup.api.environments.rehoming import settle

        moved = settle(context.host, context.home)
        said = (*said, moved) if moved is not None else said
    return said


def _is_moving(note: str) -> bool:
    """Tell whether a home is being moved; whatever else is wrong with its path is said here.

    Raises:
        OSError: the system refuses the path.
    """
    try:
        os.stat(note)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EINVAL):  # Windows' word for no path at all
            return False
        raise
    return True


def _empty_work(context: Context) -> None:
    """Remove the work folders of processes that are gone; nobody needs to hear of it."""
    work = _work(context)
    for name in context.host.listdir(work):
        pid = name.partition("-")[0]
        if not pid.isdigit() or not identity(context.host, int(pid)):
            import shutil

            shutil.rmtree(os.path.join(work, name), ignore_errors=True)


def _work(context: Context) -> str:
    return context.home.below("cache", "work")


def list_all(context: Context) -> tuple[Environment, ...]:
    """Return every environment of this home, by name."""
    return apply.list_environments(context.host, context.home)


def at_rest(context: Context) -> bool:
    """Tell whether :func:`recover` would find nothing to do: nothing is under way or left over."""
    host, home = context.host, context.home
    places = (home.below("journal"), home.below("trash"), _work(context))
    if any(map(host.listdir, places)):
        return False
    host.listdir(home.below("kept"))  # what a change put aside shows there
    moving = host.modified(home.below(MOVING)) is not None
    return not (moving or apply.anything_left(home))


def looked_at(context: Context) -> tuple[Path | str, ...]:
    """Name the files that :func:`list_all` reads itself, there or not."""
    return apply.looked_at(context.host, context.home)


def show(context: Context, name: str) -> tuple[Environment, VerifyReport | None]:
    """Return one environment and the receipt of its last verification.

    Raises:
        NoAnswerError: there is no such environment.
    """
    from torchup.api.environments.foreign import load
    from torchup.verify import read_receipt

    found = load(context, name, gone=True)
    receipt = receipt_of(context, found)
    return found, read_receipt(receipt) if receipt else None


def is_foreign(context: Context, name: str) -> bool:
    """Tell whether an environment of that name is one that torchup did not make."""
    return name not in apply.names(context.home) and name in apply.adopted_names(context.home)


def delete(context: Context, name: str) -> None:
    """Remove an environment; one that torchup did not make only leaves the list.

    Raises:
        NoAnswerError: there is no such environment.
        OutsideError: it is in use, or can't be removed.
    """
    if is_foreign(context, name):
        apply.forget(context.home, name)
    else:
        apply.delete_environment(context.host, context.home, name)


def command_for(
    context: Context, name: str, command: list[str]
) -> tuple[list[str], dict[str, str | None]]:
    """Make the command line and the environment variables for running inside an environment.

    Raises:
        NoAnswerError: there is no such environment, or ``environment.cant-run``: its interpreter
            is gone.
    """
    from pathlib import Path

    from torchup.api.environments.foreign import load
    from torchup.api.fetching.patience import patient_variables
    from torchup.apply.uv_variable import UV_CONSTRAINT, with_constraints

    found = load(context, name, sized=False)
    path = Path(found.record.path)
    python = interpreter(path, context.host)
    if not context.host.is_executable(str(python)):
        raise NoAnswerError("environment.cant-run", name=name, python=python)
    places = apply.program_folders(path, context.host, found.record.toolkit)
    between = ";" if context.host.system == "windows" else ":"
    joined = between.join((*map(str, places), context.host.env("PATH") or ""))
    needed = found.record.stack.environment
    conda = found.record.backend == "conda"
    variables: dict[str, str | None] = {
        **{key: context.host.env(key) or value for key, value in needed.items()},
        **patient_variables(context.host),
        UV_CONSTRAINT: with_constraints(context.host, path) or None,
        **apply.leaked_variables(context.host),
        **apply.toolkit_variables(path, found.record.toolkit),
        **apply.closing_variables(conda=conda),
        **apply.library_variables(path, found.record.stack, context.host),
        "PATH": joined,
        "VIRTUAL_ENV": None if conda else str(path),
        "PYTHONHOME": None,
        "PYTHONPATH": None,
        "CONDA_PREFIX": str(path) if conda else None,
        "TORCHUP_COMMAND": None,
    }
    for folder in places:
        inside = folder / command[0]
        for candidate in (inside, inside.with_name(f"{inside.name}.exe")):
            if context.host.is_executable(str(candidate)):
                return [str(candidate), *command[1:]], variables
    return command, variables


def receipt_of(context: Context, found: Environment) -> Path | None:
    """Where the last verification is noted; nowhere for what is not in the list."""
    name = found.record.name
    if is_elsewhere(name):
        return None
    if is_foreign(context, name):
        return apply.receipt_file(context.home, name)
    from pathlib import Path

    return Path(found.record.path) / apply.RECORDS / apply.RECEIPT
