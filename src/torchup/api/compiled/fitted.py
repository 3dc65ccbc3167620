"""What became of a line that names a compiled package, and the stack that it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from torchup.facts.load import load_catalogue
from torchup.facts.wheels import Compiles, load_wheels
from torchup.model import Reason
from torchup.resolve.fitting import Ground
from torchup.resolve.needs import normalised_names, parsed
from torchup.resolve.versions import overlap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.facts.wheels import Compiled
    from torchup.model import Machine, Stack


State = Literal["wheel", "held", "own", "lost", "source", "none", "left"]
_WELL: Final = frozenset({"wheel", "held", "own"})


class Fitted(Struct, frozen=True, kw_only=True):
    """What became of one line that names such a package.

    Attributes:
        line: what the user wrote.
        name: its package.
        state: ``wheel``: one file at its makers' place; ``held``: some versions of those that the
            usual index has; ``own``: as the user's own words or places have it; ``lost``: the place
            can't be asked; ``source``: it would be compiled; ``none``: it can't be had;
            ``left``: it is left for the user.
        requirement: what is solved for in the place of the line; empty for the line itself.
        constraint: what is held beside the line.
        version: the version that would be compiled, empty where it is not known yet.
        near: the stacks that have a wheel.
        compiles: what compiling takes.
        reasons: what there is to say.
    """

    line: str
    name: str
    state: State
    requirement: str = ""
    constraint: str = ""
    version: str = ""
    near: tuple[Ground, ...] = ()
    compiles: Compiles | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def well(self) -> bool:
        """Whether it can be had without compiling."""
        return self.state in _WELL


def ground_of(stack: Stack, machine: Machine) -> Ground:
    """What a stack is, as far as wheels that were compiled for it depend on it."""
    return Ground(
        release=stack.packages[load_catalogue().framework.name].partition("+")[0],
        build=stack.build,
        runtime=stack.runtime,
        device=stack.device,
        python=stack.python,
        platform=machine.platform,
    )


def known_of(lines: Sequence[str]) -> dict[str, Compiled]:
    """What is known of the packages that lines name, in a version that is compiled."""
    if not lines:
        return {}
    named = normalised_names(lines)
    found = load_wheels(named, load_catalogue().framework.name)
    return {name: one for name, one in found.items() if _is_compiled(one, named[name])}


def _is_compiled(known: Compiled, line: str) -> bool:
    """Tell whether a line can mean a version that is compiled."""
    since, wanted = known.table.since, str(parsed(line).specifier)
    return not since or not wanted or overlap(f">={since}", wanted)
