"""What the user says about a machine, before any of it is looked up."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

SYSTEMS: Final = ("linux", "windows", "macos", "wsl")
ARCHS: Final = ("x86_64", "aarch64", "arm64")


class Described(Struct, frozen=True, kw_only=True):
    """What the user says about a machine; None is what they don't say."""

    gpus: tuple[str, ...] = ()
    driver: str | None = None
    system: str | None = None
    arch: str | None = None

    @property
    def nothing(self) -> bool:
        """Whether no word was said."""
        return not self.gpus and self.driver is None and self.system is None and self.arch is None
