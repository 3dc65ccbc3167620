"""``crt/host_config.h`` of a CUDA toolkit: which compilers its nvcc takes beside itself.

The header stops a compilation by ``#error`` where the compiler's own version is out of bounds;
these comparisons are the maker's last word on the matter.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

_GCC: Final = re.compile(
    r"(?m)^[ \t]*#[ \t]*if[ \t]+__GNUC__[ \t]*(>=?)[ \t]*(\d{1,3})[ \t\r]*\n\s{0,80}#[ \t]*error"
)
_CLANG: Final = re.compile(r"\(\s*__clang_major__\s*(>=?)\s*(\d{1,3})\s*\)\s*\|\|")
_MSVC: Final = re.compile(
    r"(?m)^\s*#\s*if\s+_MSC_VER\s*<\s*(\d{3,4})\s*\|\|\s*_MSC_VER\s*(>=?)\s*(\d{3,4})"
)
_LONGEST: Final = 200_000


class HostLimits(Struct, frozen=True, kw_only=True):
    """The newest compilers that are taken, by major version; None where the header says nothing.

    ``msvc`` are the oldest and the newest ``_MSC_VER``.
    """

    gcc: int | None = None
    clang: int | None = None
    msvc: tuple[int, int] | None = None


def read(text: str) -> HostLimits:
    """Read the header; a text that is something else has no limits."""
    plain = text[:_LONGEST]
    msvc = _MSVC.search(plain)
    return HostLimits(
        gcc=_newest(_GCC.search(plain)),
        clang=_newest(_CLANG.search(plain)),
        msvc=(int(msvc[1]), int(msvc[3]) - (msvc[2] == ">=")) if msvc else None,
    )


def _newest(found: re.Match[str] | None) -> int | None:
    """The last version before ``> 15`` or ``>= 16`` is true."""
    return None if found is None else int(found[2]) - (found[1] == ">=")
