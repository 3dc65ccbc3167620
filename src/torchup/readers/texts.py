"""What all readers do with a text before they look at what it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_FENCE: Final = re.compile(r"^\s*(?:```|~~~)\w*\s*$")
_BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_NUMBER: Final = re.compile(r"^\d{1,9}$")
_MIB: Final = re.compile(r"^(\d{1,9})(?:\.\d+)? ?MiB$")
_VERSION: Final = re.compile(r"^\d+(?:\.\d+)+$")
LONGEST: Final = 2_000_000
"""Characters that are looked at: no program of these prints more about a machine."""


def lines_of(text: str) -> list[str]:
    """Return the lines without their ends, byte order marks and Markdown fences."""
    plain = text[:LONGEST].replace(_BOM, "").replace("\r\n", "\n").replace("\r", "\n")
    return [line.rstrip() for line in plain.split("\n") if not _FENCE.match(line)]


def number(text: str | None) -> int | None:
    """Read a whole number; None for anything else."""
    plain = (text or "").strip()
    return int(plain) if _NUMBER.match(plain) else None


def mib(text: str | None) -> int | None:
    """Read ``8192 MiB`` or ``8192MiB``; None for anything else."""
    found = _MIB.match((text or "").strip())
    return int(found[1]) if found else None


def version(text: str | None) -> str | None:
    """Return the first word where it is a version, None for ``N/A`` and the like."""
    first = (text or "").split()[:1]
    return first[0] if first and _VERSION.match(first[0]) else None


def known(text: str | None) -> str | None:
    """Return a value, None where a program says that it has none."""
    plain = (text or "").strip()
    return None if plain.strip("[]").upper() in _NOTHING else plain


_NOTHING: Final = frozenset(
    {
        "",
        "N/A",
        "NONE",
        "NOT SUPPORTED",
        "UNKNOWN",
        "NOT AVAILABLE",
        "REQUESTED FUNCTIONALITY HAS BEEN DEPRECATED",
    }
)


def pci_device(text: str | None) -> str | None:
    """Read ``0x1D8110DE`` as NVIDIA prints a card's id: device, then maker."""
    plain = (text or "").strip().lower().removeprefix("0x")
    if len(plain) != _ID_DIGITS or not set(plain) <= _HEX:
        return None
    return f"{plain[4:]}:{plain[:4]}"


_ID_DIGITS: Final = 8
_HEX: Final = frozenset("0123456789abcdef")


def switch(text: str | None) -> bool | None:
    """Read ``Enabled`` and ``Disabled``, ``On`` and ``Off``; None for what can't be switched."""
    plain = (text or "").strip().rstrip("*").lower()
    return {"enabled": True, "on": True, "disabled": False, "off": False}.get(plain)


def virtual_package(packages: Iterable[str], name: str) -> str | None:
    """Read the version of one of conda's virtual packages: ``__osx=14.4=0``."""
    parts = (package.split("=") for package in packages)
    return next((each[1] for each in parts if each[0] == name and len(each) > 1), None)
