"""Taking a shell into an environment, and out again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup import apply
from torchup.api.environments.current import active
from torchup.api.environments.foreign import load
from torchup.api.fetching.patience import patient_variables
from torchup.apply.uv_variable import UV_CONSTRAINT, users_own, with_constraints
from torchup.backends.installed import interpreter
from torchup.errors import NoAnswerError, UsageError
from torchup.integrate.shells import KINDS, OLD, QUIET_PROMPT, Entering, Leaving, shell_of
from torchup.integrate.shells.detect import detect
from torchup.model.names import CONDA_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.api.context import Context
    from torchup.integrate.shells import Kind
    from torchup.model import Environment

_ENVIRONMENT: Final = ("VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT")
_CONDA: Final = ("CONDA_PREFIX", "CONDA_DEFAULT_ENV")
"""Where an environment is and what it is called, for programs in it."""


def shell_kind(context: Context, named: str | None) -> Kind:
    """Tell which shell lines are wanted for: the named one, else the one that is used.

    Raises:
        UsageError: ``shell.unknown``: torchup has no lines for it.
    """
    found, name = detect(context.host) if named is None else (None, named)
    kind = next((one for one in KINDS if one in (found, named)), None)
    if kind is None:
        raise UsageError("shell.unknown", shell=name, choices=", ".join(KINDS))
    return kind


def activation(context: Context, name: str, kind: Kind) -> Sequence[str]:
    """Return the lines that take a shell into an environment.

    Raises:
        NoAnswerError: there is no such environment, or its Python is gone.
    """
    entering = entering_of(context, name, kind)
    windows = context.host.system == "windows"
    return _whole(shell_of(kind).activate(entering, windows=windows))


def deactivation(context: Context, kind: Kind) -> Sequence[str]:
    """Return the lines that take a shell out of the environment it is in, torchup's or not.

    Raises:
        NoAnswerError: ``deactivate.nothing``: none is active.
    """
    where = _entered(context)
    path = context.host.env(where)
    if not path:
        raise NoAnswerError("deactivate.nothing")
    toolkit = apply.toolkit_of(Path(path))
    folders = apply.program_folders(Path(path), context.host, toolkit)
    gone = {os.path.normcase(one) for one in folders}
    own = users_own(context.host)
    conda = where in _CONDA
    touched = [*(_CONDA if conda else _ENVIRONMENT), *(() if own else (UV_CONSTRAINT,))]
    ours = apply.toolkit_variables(Path(path), toolkit)
    if active(context) is not None:
        ours |= apply.closing_variables(conda=conda)
    touched += [name for name, value in ours.items() if context.host.env(name) == value]
    between = ";" if context.host.system == "windows" else ":"
    kept = [
        one
        for one in (context.host.env("PATH") or "").split(between)
        if os.path.normcase(one) not in gone
    ]
    present = [one for one in touched if context.host.env(one) is not None]
    restored = {UV_CONSTRAINT: own} if own else {}
    libraries = apply.left_libraries(Path(path), context.host)
    if libraries:
        restored[apply.LIBRARY_PATH] = libraries
    elif libraries is not None:
        present.append(apply.LIBRARY_PATH)
    leaving = Leaving(
        path=between.join(kept),
        touched=tuple(present),
        restored=restored,
        now=_exported(context, present) if kind == "cmd" else {},
    )
    windows = context.host.system == "windows"
    return _whole(shell_of(kind).deactivate(leaving, windows=windows))


def _entered(context: Context) -> str:
    """Name the variable that says where the shell is; conda's own where no other does."""
    inside = active(context)
    if inside is not None:
        return inside.where
    virtual = context.host.env(_ENVIRONMENT[0])
    return _CONDA[0] if not virtual and context.host.env(_CONDA[0]) else _ENVIRONMENT[0]


def entering_of(context: Context, name: str, kind: Kind) -> Entering:
    """Work out what a shell has to take on to be inside an environment.

    Raises:
        NoAnswerError: there is no such environment, or ``environment.cant-run``.
    """
    found = load(context, name, sized=False)
    path = Path(found.record.path)
    python = interpreter(path, context.host)
    if not context.host.is_executable(str(python)):
        raise NoAnswerError("environment.cant-run", name=found.record.name, python=python)
    folders = apply.program_folders(path, context.host, found.record.toolkit)
    entering = Entering(
        name=_called(found),
        programs=tuple(map(str, folders)),
        replaced=_replaced(context, found),
        wanted={**found.record.stack.environment, **_patience(context)},
    )
    if kind != "cmd":
        return entering
    from msgspec.structs import replace

    names = (*entering.touched, *entering.cleared, QUIET_PROMPT)
    return replace(entering, now=_exported(context, names))


def _patience(context: Context) -> dict[str, str]:
    """How long pip and uv wait; the shell itself sees what is the user's once it was left."""
    return patient_variables(context.host, inside=active(context) is not None)


def _replaced(context: Context, found: Environment) -> dict[str, str]:
    """What tells programs where they are; those that know conda look at variables of its own."""
    path = found.record.path
    names = _CONDA if found.record.backend == "conda" else _ENVIRONMENT
    constraints = with_constraints(context.host, Path(path))
    named = dict(zip(names, (path, _called(found)), strict=True))
    named |= apply.closing_variables(conda=found.record.backend == "conda")
    named |= apply.toolkit_variables(Path(path), found.record.toolkit)
    named |= apply.library_variables(Path(path), found.record.stack, context.host)
    return named | ({UV_CONSTRAINT: constraints} if constraints else {})


def _called(found: Environment) -> str:
    """The name that a prompt shows; conda's own names go without what marks them here."""
    return found.record.name.removeprefix(CONDA_NAME)


def _exported(context: Context, names: Iterable[str]) -> dict[str, str]:
    """What is set of some variables, and of the old values that are kept beside them."""
    host = context.host
    kept = (host.env(f"{OLD}NAMES") or "").split()
    asked = dict.fromkeys(("PATH", "PROMPT", f"{OLD}NAMES", *names, *kept))
    asked |= dict.fromkeys(f"{OLD}{name}" for name in kept)
    return {name: value for name in asked if (value := host.env(name)) is not None}


def _whole(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line]
