"""What a verification is held against."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

CHECKS: Final = (
    "import",
    "version",
    "device",
    "matmul",
    "conv",
    "autograd",
    "threads",
    "numpy",
)
"""The checks of every verification; one per companion and ``compile`` follow."""

COMPILE: Final = "compile"
NEEDED: Final = frozenset({"import", "version", "matmul"})
"""Without these having passed, nothing is verified."""


class Expected(Struct, frozen=True, kw_only=True):
    """The plan that an environment is compared with.

    ``version`` reads like ``2.13.0+cpu``; a version without a local part accepts any build, and
    an empty one accepts what is there. ``companions`` map project names to versions of the same
    form. ``device`` is one of :data:`torchup.model.Device`, or such a name with the number of a
    device (``cuda:1``). ``environment`` are variables that the stack needs where it runs.
    ``untouched``: nothing may be written into it, not even bytecode.
    """

    framework: str
    version: str = ""
    companions: dict[str, str] = {}
    device: str = "cpu"
    environment: dict[str, str] = {}
    untouched: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """The checks of the first process, in the order in which they run."""
        return (*CHECKS, *(f"companion:{name}" for name in self.companions))
