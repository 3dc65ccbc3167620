"""Signs by the program that prints them, for whole families of its messages.

The modules beside this package go by cause. Here each module goes through what one program, or a
few of a kind, can say, as its own source has it, and names the cause of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.diagnose.rules.programs import (
    compilers,
    conda_errors,
    devices,
    drivers,
    frameworks,
    importing,
    installers,
    loaders,
    shells,
    torch_itself,
    windows_loader,
)

if TYPE_CHECKING:
    from torchup.diagnose.rule import Sign

_MODULES: Final = (
    loaders,
    windows_loader,
    importing,
    installers,
    conda_errors,
    compilers,
    drivers,
    devices,
    shells,
    torch_itself,
    frameworks,
)


def signs_of(code: str) -> tuple[Sign, ...]:
    """Return the signs that the programs' own messages give a cause."""
    return tuple(sign for module in _MODULES for sign in module.SIGNS.get(code, ()))
