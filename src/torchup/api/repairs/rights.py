"""Commands that only an administrator may run: torchup shows them, and never runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.model.finding import Remedy

_AS_ROOT: Final = ("sudo", "doas", "pkexec", "su")


def needs_root(remedy: Remedy) -> bool:
    """Tell whether a remedy has a command for the administrator."""
    return any(one and one[0].partition(" ")[0] in _AS_ROOT for one in remedy.commands)
