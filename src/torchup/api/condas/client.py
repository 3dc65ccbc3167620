"""The conda, mamba or micromamba that is installed: what changes an environment of its own.

It is found where its installation's files are, never on the search path, where another one's may
come first.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError, UsageError
from torchup.model.names import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.api.environments.edits import Edit

_PROGRAMS: Final = ("conda", "mamba", "micromamba")
_NO_SPEC: Final = frozenset("[]@/\\;")
"""Signs of what pip takes and conda doesn't: extras, addresses, conditions."""
_VERSIONED: Final = frozenset("=<>!~")


def find_client(context: Context, prefix: Path) -> str | None:
    """Return the program that an environment belongs to, else any other; None where none is left.

    Args:
        context: the session.
        prefix: the environment.
    """
    from torchup.probe.inventory.condas import find_condas

    place = prefix.as_posix()
    condas = [one for one in find_condas(context.host) if one.kind != "pixi"]
    condas.sort(key=lambda one: place not in (one.path, *one.environments))
    candidates = [file for one in condas for file in _programs(context, one.path)]
    candidates += [context.host.env(name) or "" for name in ("CONDA_EXE", "MAMBA_EXE")]
    return next((one for one in candidates if one and context.host.is_executable(one)), None)


def removing(program: str, prefix: Path) -> tuple[str, ...]:
    """Return the command that removes an environment without asking again."""
    return (program, "env", "remove", "-p", str(prefix), "-y")


def changing(program: str, prefix: Path, edit: Edit, *, asks: bool) -> tuple[str, ...]:
    """Return the command that changes an environment as asked.

    Args:
        program: what :func:`find_client` found.
        prefix: the environment.
        edit: what to do; the framework by its own name.
        asks: the program shows what it will do, and asks.

    Raises:
        UsageError: ``foreign.no-spec``: conda can't be asked for that.
    """
    if edit.constraints:  # conda would install what they only limit
        raise UsageError("foreign.no-spec", package=edit.constraints[0])
    specs = [_spec(one) for one in edit.packages]
    versions = any(_VERSIONED & {*one} for one in specs)
    verbs = {"add": "install", "remove": "remove", "upgrade": "install" if versions else "update"}
    everything = ("--all",) if edit.kind == "upgrade" and (edit.every or not specs) else ()
    yes = () if asks else ("-y",)
    channels = [word for one in edit.channels for word in ("-c", one)]
    return (program, verbs[edit.kind], "-p", str(prefix), *yes, *channels, *everything, *specs)


def call(context: Context, command: Sequence[str], *, shown: bool) -> None:
    """Call it, and wait.

    Args:
        context: the session.
        command: the whole command.
        shown: it has the terminal.

    Raises:
        OutsideError: ``foreign.client-failed``.
    """
    said = ""
    if shown:
        code = context.host.attach(command)
    else:
        done = context.host.stream(command, on_line=lambda _line: None)
        code, said = done.code, f"{done.out}\n{done.err}".strip()
    if code:
        why = said.splitlines()[-1] if said else f"exit status {code}"
        raise OutsideError("foreign.client-failed", command=" ".join(command), why=why)


def _programs(context: Context, base: str) -> Iterator[str]:
    windows = context.host.system == "windows"
    for name in _PROGRAMS:
        if windows:
            yield from (f"{base}/{folder}/{name}.exe" for folder in ("Scripts", "Library/bin"))
        yield os.path.join(base, "condabin", f"{name}.bat" if windows else name)  # noqa: PTH118  # text
        if not windows:
            yield f"{base}/bin/{name}"


def _spec(requirement: str) -> str:
    """Return a requirement as conda reads it.

    Raises:
        UsageError: ``foreign.no-spec``.
    """
    from torchup.backends.conda_inspect import framework_names

    bare = requirement.replace(" ", "")
    if _NO_SPEC & {*bare}:
        raise UsageError("foreign.no-spec", package=requirement)
    theirs = {ours: name for name, ours in framework_names().items()}
    name = name_of(bare)
    return theirs[name] + bare[len(name) :] if name in theirs else bare
