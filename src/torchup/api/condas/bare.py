"""Which environments are bare bases of conda's: asked by every command, and so kept light."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.facts.frameworks import named_in
from torchup.model.names import name_of

if TYPE_CHECKING:
    from torchup.model import Requirement, Stack

PROGRAM: Final = "conda"
_PROGRAMS: Final = frozenset({PROGRAM, "mamba"})


def is_bare(requirement: Requirement) -> bool:
    """Tell whether nothing but conda's own programs is asked for."""
    names = {name_of(one) for one in requirement.packages}
    return requirement.backend == PROGRAM and PROGRAM in names and names <= _PROGRAMS


def is_base(stack: Stack) -> bool:
    """Tell whether a stack is a bare base: conda, and no framework."""
    return bool(stack.packages) and not named_in(stack.packages)
