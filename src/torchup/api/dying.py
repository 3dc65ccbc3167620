"""Why a command in an environment died, where that can be told from its last words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Machine
    from torchup.model.finding import Finding, Remedy

_OF_ONE: Final = (("torchup", "repair"), ("torchup", "verify"))
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
        from torchup.api.machine import probe

        first = _first(context, name, said, probe(context))
    if first is None or first.severity == "info" or first.confidence < _SURE:
        return None
    return replace(first, remedies=tuple(_named(one, name) for one in first.remedies))


def _first(
    context: Context, name: str, said: bytes, machine: Machine | None = None
) -> Finding | None:
    from torchup.api.explain import explain_log

    facts, system = _facts(context, name), context.host.system
    found = explain_log([said], facts=facts, machine=machine, system=system)
    return next(iter(found.findings), None)


def _named(remedy: Remedy, name: str) -> Remedy:
    """Let commands that take an environment mean this one."""
    commands = ((*one, name) if one in _OF_ONE else one for one in remedy.commands)
    return replace(remedy, commands=tuple(commands))


def _facts(context: Context, name: str) -> dict[str, str]:
    """What is on record about the environment; the machine is looked at only where that decides."""
    from torchup.api.foreign import load

    stack = load(context, name, sized=False).record.stack
    known = {**stack.packages, **stack.pins}
    framework = next(iter(known), "")
    return {
        "os": context.host.system,
        "python": stack.python or "",
        **({"torch": known[framework]} if framework else {}),
    }
