"""Asking whether a version meets a specifier, mostly without loading ``packaging``."""

from __future__ import annotations

import operator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Callable

    _Numbers = tuple[int, ...]

_COMPARE: Final[dict[str, Callable[[_Numbers, _Numbers], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}


_LAST_PATCH: Final = 99
"""No release line of Python has come that far."""


@lru_cache(maxsize=65_536)
def meets(version: str, specifier: str) -> bool:
    """Tell whether a version, its local part aside, is one that a specifier (PEP 440) allows.

    Final releases are compared as numbers, which is the same and saves loading ``packaging``.
    Pre-releases count like any other version. What is no version meets nothing but an empty
    specifier.

    >>> meets("2.6.0+cu126", ">=2.5,<2.7")
    True
    >>> meets("2.7.0", "!=2.7.*")
    False
    """
    public = version.partition("+")[0]
    return all(_meets_one(public, part.strip()) for part in specifier.split(",") if part.strip())


def line_meets(line: str, specifier: str) -> bool:
    """Tell whether a release line of Python is one that a ``Requires-Python`` allows.

    Its newest Python is compared, whichever that is: ``>=3.8.1`` allows 3.8, ``<=3.8`` doesn't.
    What is no specifier any more (``>=2.7.*``) forbids nothing.

    Args:
        line: such as ``3.11`` or ``3.13t``.
        specifier: in the words of PEP 440; empty for any.

    >>> line_meets("3.8", ">=3.8.1")
    True
    >>> line_meets("3.8", "<=3.8")
    False
    """
    from packaging.specifiers import InvalidSpecifier

    try:
        return meets(f"{line.removesuffix('t')}.{_LAST_PATCH}", specifier)
    except InvalidSpecifier:
        return True


def _meets_one(version: str, part: str) -> bool:
    for sign, holds in _COMPARE.items():
        if not part.startswith(sign):
            continue
        bound = part[len(sign) :].strip()
        if sign in ("==", "!=") and bound.endswith(".*") and _is_plain(bound[:-2]):
            if not _is_plain(version):
                break
            prefix = dotted(bound[:-2])
            padded = dotted(version) + (0,) * len(prefix)
            return (padded[: len(prefix)] == prefix) == (sign == "==")
        if not (_is_plain(version) and _is_plain(bound)):
            break
        left, right = dotted(version), dotted(bound)
        width = max(len(left), len(right))
        return holds(left + (0,) * (width - len(left)), right + (0,) * (width - len(right)))
    return _by_packaging(version, part)


def _by_packaging(version: str, part: str) -> bool:
    from packaging.specifiers import SpecifierSet
    from packaging.version import InvalidVersion

    try:
        return SpecifierSet(part).contains(version, prereleases=True)
    except InvalidVersion:
        return False


def _is_plain(version: str) -> bool:
    """Tell whether a version is nothing but numbers and dots."""
    return len(dotted(version)) == version.count(".") + 1


def overlap(one: str, other: str) -> bool:
    """Tell whether two specifiers allow some version in common.

    A common stretch of versions begins where one of the two begins, so it is enough to try every
    version that they name, what comes just after it, and the very first. Whether such a version
    was ever published is another question.
    """
    parts = [part.partition("+")[0].strip() for part in (*one.split(","), *other.split(","))]
    both = ",".join(filter(None, parts))
    named = [part.lstrip("<>=!~ ").removesuffix(".*") for part in parts]
    ends = [_next(version) for version in named if _is_plain(version)]
    tried = ["0", *named, *ends, *(f"{version}.0.0.0.1" for version in named)]
    return any(meets(version, both) for version in tried if version)


def _next(version: str) -> str:
    """The first version after all that begin like this one: where ``!=2.1.*`` begins again."""
    numbers = dotted(version)
    return ".".join(map(str, (*numbers[:-1], numbers[-1] + 1))) if numbers else version
