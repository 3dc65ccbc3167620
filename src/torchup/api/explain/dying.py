"""Why a command in an environment died, where that can be told from its last words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.facts.frameworks import DEFAULT

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Machine
    from torchup.model.finding import Finding, Remedy

_OF_ALL: Final = "--all"
_OF_ONE: Final = (("torchup", "repair"), ("torchup", "verify"))
_ADD: Final = ("torchup", "add")
_MISSING: Final = "package-not-installed"
_LOOKED_UP: Final = 0.9
"""How sure a package is missing that is looked for in the environment and isn't there."""
KEPT: Final = 1 << 20
"""Bytes of a command's last words: read in a third of a second."""
_SURE: Final = 0.7
"""Below this confidence nothing is said: a wrong explanation under one's own traceback is worse
than none."""


def why(context: Context, name: str, said: bytes) -> Finding | None:
    """Explain the end of what a command wrote; None where nothing is nearly certain.

    Args:
        context: the session.
        name: the environment that it ran in.
        said: the last of what it wrote.
    """
    if not said.strip():
        return None
    first = _first(context, name, said)
    if first is not None and first.confidence < _SURE and first.severity != "info":
        from torchup.api.machines.machine import probe

        first = _first(context, name, said, probe(context))
    first = _looked_up(context, name, first)
    if first is None or first.severity == "info" or first.confidence < _SURE:
        return None
    return replace(first, remedies=tuple(_named(one, name) for one in first.remedies))


def _first(
    context: Context, name: str, said: bytes, machine: Machine | None = None
) -> Finding | None:
    from torchup.api.explain.causes import explain_log

    facts, system = _facts(context, name), context.host.system
    found = explain_log([said], facts=facts, machine=machine, system=system)
    return next(iter(found.findings), None)


def _looked_up(context: Context, name: str, first: Finding | None) -> Finding | None:
    """Be sure of a package that is missing, where it is known and isn't in the environment.

    Where it is there, or nobody knows which one it would be, nothing is said: the user's own
    modules are called by such names too.
    """
    if first is None or first.code != _MISSING:
        return first
    from pathlib import Path

    from torchup.api.environments.foreign import load
    from torchup.api.explain.causes import PLACEHOLDER
    from torchup.backends.installed import installed
    from torchup.model.names import canonical_name

    adds = tuple(
        replace(one, commands=tuple(said for said in one.commands if said[:2] == _ADD))
        for one in first.remedies
    )
    wanted = {canonical_name(said[2]) for one in adds for said in one.commands}
    here = installed(Path(load(context, name, sized=False).record.path), context.host)
    if not wanted or wanted & {PLACEHOLDER.lower(), *here}:
        return None
    return replace(first, confidence=_LOOKED_UP, remedies=adds)


def _named(remedy: Remedy, name: str) -> Remedy:
    """Let commands that take an environment mean this one."""

    def meant(command: tuple[str, ...]) -> tuple[str, ...]:
        plain = command[:-1] if command[-1:] == (_OF_ALL,) else command
        if plain in _OF_ONE:
            return (*plain, name)
        if len(command) == 1 and command[0].startswith(f"{' '.join(_ADD)} "):
            return (f"{command[0]} -n {name}",)  # a line for the shell, as it stands
        return (*command, "-n", name) if command[:2] == _ADD else command

    return replace(remedy, commands=tuple(map(meant, remedy.commands)))


def _facts(context: Context, name: str) -> dict[str, str]:
    """What is on record about the environment; the machine is looked at only where that decides."""
    from torchup.api.environments.foreign import load

    stack = load(context, name, sized=False).record.stack
    known = {**stack.packages, **stack.pins}
    return {
        "os": context.host.system,
        "python": stack.python or "",
        **({DEFAULT: known[DEFAULT]} if DEFAULT in known else {}),
    }
