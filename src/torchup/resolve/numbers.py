"""Comparing dotted numbers: driver versions, runtimes, C library floors.

These are not PEP 440 versions (``580.65.06`` is a driver); ``packaging`` is for packages.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

BITS: Final = 64
"""The framework's wheels are for 64-bit Pythons; a 32-bit one is as good as none."""


LONGEST: Final = 18
"""Digits of a number that is still one; what is longer is garbage."""


def is_number(text: str) -> bool:
    """Tell whether a text is a plain decimal number of a sensible length."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST


@lru_cache(maxsize=4096)
def dotted(text: str) -> tuple[int, ...]:
    """Read ``580.65.06`` as ``(580, 65, 6)``; what is not a number ends it.

    >>> dotted("580.65.06")
    (580, 65, 6)
    >>> dotted("12.4-rc1")
    (12,)
    """
    parts: list[int] = []
    for part in text.strip().split("."):
        if not is_number(part):
            break
        parts.append(int(part))
    return tuple(parts)


def at_least(has: str, needs: str) -> bool:
    """Tell whether ``has`` is ``needs`` or newer; ``12`` counts as ``12.0``.

    >>> at_least("12.10", "12.9")
    True
    >>> at_least("12", "12.0")
    True
    """
    left, right = dotted(has), dotted(needs)
    width = max(len(left), len(right))
    return left + (0,) * (width - len(left)) >= right + (0,) * (width - len(right))


def reaches(driver: str, floor: str) -> bool:
    """Tell whether a driver is at least ``floor``; a bare branch (``580``) counts as all of it.

    >>> reaches("580", "580.65.06")
    True
    >>> reaches("580.10", "580.65.06")
    False
    """
    if len(dotted(driver)) == 1:
        return dotted(driver) >= dotted(floor)[:1]
    return at_least(driver, floor)


@lru_cache(maxsize=1024)
def gfx(arch: str) -> tuple[int, int, str] | None:
    """Read ``gfx90a`` as ``(9, 0, "a")`` and ``gfx1030`` as ``(10, 3, "0")``.

    The last two digits are minor number and stepping, in LLVM's names for AMD's processors.

    >>> gfx("gfx90a")
    (9, 0, 'a')
    >>> gfx("sm_90") is None
    True
    """
    body = arch.removeprefix("gfx")
    if body == arch or not is_number(body[:-2]) or not is_number(body[-2]):
        return None
    return int(body[:-2]), int(body[-2]), body[-1]


@lru_cache(maxsize=1024)
def capability(arch: str) -> tuple[int, int, str] | None:
    """Read ``sm_86`` as ``(8, 6, "")`` and ``sm_90a`` as ``(9, 0, "a")``; None for other vendors.

    The last digit is the minor number: NVIDIA writes ``sm_120`` for 12.0.

    >>> capability("sm_120")
    (12, 0, '')
    >>> capability("sm_90a")
    (9, 0, 'a')
    """
    if not arch.startswith("sm_"):
        return None
    body = arch[3:]
    suffix = body[-1:] if body[-1:].isalpha() else ""
    digits = body[: len(body) - len(suffix)]
    if not is_number(digits) or len(digits) < 2:  # noqa: PLR2004 - a major and a minor digit
        return None
    return int(digits[:-1]), int(digits[-1]), suffix


def build_order(name: str) -> tuple[str, tuple[int, ...]]:
    """Builds of a kind together, by their numbers: cu92 before cu118."""
    from torchup.model.builds import runtime_of

    return name.rstrip("0123456789."), dotted(runtime_of(name))
