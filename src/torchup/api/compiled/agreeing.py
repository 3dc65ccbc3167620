"""Whether a package may be compiled: asked before, and only where this machine can do it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.api.compiled.fitted import Fitted, ground_of
from torchup.api.compiled.words import amount, at_length, named_near
from torchup.errors import NoAnswerError, OutsideError, TorchupError
from torchup.model import Reason
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.facts.wheels import Compiles
    from torchup.model import Machine, OwnToolkit, Stack
    from torchup.resolve.fitting import Ground


_GIB: Final = 1024


def agree(
    context: Context,
    choice: Choice,
    machine: Machine,
    *,
    dry_run: bool = False,
    own: OwnToolkit | None = None,
) -> Choice:
    """See that every compiled package can be had, and ask before one is compiled.

    What is agreed to is noted in the session. What a project asks for and can't be had is left
    for the user, and named; the rest goes on.

    Args:
        context: the session; its ``agree`` asks a person, where there is one.
        choice: what was chosen; it has a stack.
        machine: this machine.
        dry_run: nothing will be compiled, so nobody is asked.
        own: the toolkit of the environment, which is used in place of the machine's.

    Returns:
        The choice, without what is left for the user.

    Raises:
        NoAnswerError: ``fit.none``: it can be had in no way; ``build.not-agreed``; or
            ``build.no-compiler``, ``build.no-memory``, ``build.no-nvcc`` or
            ``build.wrong-nvcc``: this machine can't compile it.
        OutsideError: ``fit.unreachable``: the place of its wheels can't be asked.
    """
    stack = choice.resolution.stack
    if stack is None:
        return choice
    ground = ground_of(stack, machine)
    seen = partial(_seen, context, ground=ground, machine=machine, dry_run=dry_run, own=own)
    kept = tuple(seen(one) for one in choice.fitted)
    said = tuple(
        Reason(code="fit-left", effect="warn", subject=one.line)
        for one in kept
        if one.state == "left"
    )
    answer = replace(choice.resolution, reasons=(*choice.resolution.reasons, *said))
    return replace(choice, resolution=answer, fitted=kept)


def _seen(
    context: Context,
    one: Fitted,
    *,
    ground: Ground,
    machine: Machine,
    dry_run: bool,
    own: OwnToolkit | None,
) -> Fitted:
    """One package as it can be had; what a project can't have is left."""
    try:
        _see(context, one, ground, machine, dry_run=dry_run, own=own)
    except TorchupError:
        if context.project is None:
            raise
        return replace(one, state="left", requirement="", constraint="")
    return one


def _see(
    context: Context,
    one: Fitted,
    ground: Ground,
    machine: Machine,
    *,
    dry_run: bool,
    own: OwnToolkit | None,
) -> None:
    """See that one package can be had.

    Raises:
        TorchupError: as :func:`agree`.
    """
    if one.state == "lost":
        raise _lost(one)
    if one.state == "none":
        raise _none(one, ground)
    if one.state != "source" or one.compiles is None or one.name in context.kept:
        return
    if not dry_run:
        _see_tools(context, one, ground, machine, own)
        if one.name not in context.builds and not context.agree(one):
            raise _not_agreed(one, ground, one.compiles)
    context.builds |= {one.name}


def refused(fitted: Sequence[Fitted], stack: Stack, machine: Machine) -> TorchupError | None:
    """The error where something can be had in no way beside a stack; None where all can."""
    ground = ground_of(stack, machine)
    for one in fitted:
        if one.state == "none":
            return _none(one, ground)
    return None


def _see_tools(
    context: Context, one: Fitted, ground: Ground, machine: Machine, own: OwnToolkit | None
) -> None:
    from torchup.probe.inventory.programs import find_programs
    from torchup.probe.tools import find_toolkits, find_tools

    compilers = find_tools(context.host)
    if not compilers and machine.os.system == "windows":
        compilers = tuple(t for t in find_programs(context.host) if t.name in ("cl", "msvc"))
    about = {"name": one.name, "stack": at_length(ground), **_near(one, ground)}
    if not compilers:
        raise NoAnswerError("build.no-compiler", **about)
    least = one.compiles.memory_gib * _GIB / 2 if one.compiles else 0
    if machine.memory_mib is not None and machine.memory_mib < least and one.compiles:
        raise NoAnswerError(
            "build.no-memory",
            amount=f"{one.compiles.memory_gib:.0f} GB",
            has=f"{machine.memory_mib / _GIB:.0f} GB",
            **about,
        )
    if ground.device != "cuda":
        return
    wanted = ground.runtime.partition(".")[0]
    if own is not None and own.runtime.partition(".")[0] == wanted:
        return
    toolkits = [kit for kit in find_toolkits(context.host) if kit.name == "cuda"]
    chosen = next((kit for kit in toolkits if kit.chosen), None)
    if chosen is None:
        raise NoAnswerError(
            "build.no-nvcc",
            runtime=ground.runtime,
            **about,
        )
    if chosen.version.partition(".")[0] != wanted:
        raise NoAnswerError(
            "build.wrong-nvcc",
            runtime=ground.runtime,
            has=chosen.version,
            path=chosen.path,
            **about,
        )


def _not_agreed(one: Fitted, ground: Ground, needs: Compiles) -> NoAnswerError:
    code = "build.not-agreed-near" if one.near else "build.not-agreed"
    return NoAnswerError(
        code, name=one.name, stack=at_length(ground), amount=amount(needs), **_near(one, ground)
    )


def _none(one: Fitted, ground: Ground) -> NoAnswerError:
    code = "fit.none-near" if one.near else "fit.none"
    return NoAnswerError(code, name=one.name, stack=at_length(ground), **_near(one, ground))


def _near(one: Fitted, ground: Ground) -> dict[str, str]:
    """The stacks that have a wheel, and the release of the last of them for a command."""
    if not one.near:
        return {"near": "-", "release": ""}
    return {"near": named_near(one.near, ground), "release": one.near[-1].release}


def _lost(one: Fitted) -> OutsideError:
    said = one.reasons[0]
    name = canonical_name(one.name)
    return OutsideError("fit.unreachable", name=name, where=said.needs, why=said.has)
