"""Several requirements of one package as one; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model.names import name_of
from torchup.resolve.numbers import at_least
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIGNS: Final = "<>=!~"
_LOWER: Final = ">="
_UPPER: Final = "<"


def merged(lines: Iterable[str]) -> tuple[str, ...]:
    """Write the requirements (PEP 508) of each package once, in the order they first stand in.

    What another one of the same package implies is left out: ``numpy<2`` and ``numpy<1.24`` are
    ``numpy<1.24``. A line with extras, a marker or an address stays as it is.
    """
    found: dict[str, tuple[str, list[str]]] = {}
    for line in lines:
        name, parts = _taken_apart(line)
        found.setdefault(name, (line if name == line else name, []))[1].extend(parts)
    return tuple(name + ",".join(_needed(parts)) for name, parts in found.values())


def _taken_apart(line: str) -> tuple[str, list[str]]:
    """The name and the parts of the specifier; the whole line and nothing where there is more."""
    text = line.strip()
    start = next((at for at, sign in enumerate(text) if sign in _SIGNS), len(text))
    if set(text) & set("[;@("):
        return line, []
    return name_of(text), [part.strip() for part in text[start:].split(",") if part.strip()]


def _needed(parts: list[str]) -> list[str]:
    """The parts that say something which no other one says."""
    kept = list(dict.fromkeys(parts))
    exact = [one for one in kept if one.startswith("==") and not set(one) & set("*+")]
    if len(exact) == 1 and all(meets(exact[0].lstrip("="), one) for one in kept):
        return exact
    return [one for one in kept if not any(_implies(other, one) for other in kept if other != one)]


def _implies(one: str, other: str) -> bool:
    """Tell whether a bound of the same kind is narrower."""
    for sign in (_LOWER, _UPPER):
        if one.startswith(sign) and other.startswith(sign):
            left, right = one[len(sign) :], other[len(sign) :]
            plain = (left + right).replace(".", "").isdigit()
            return plain and (at_least(left, right) if sign == _LOWER else at_least(right, left))
    return False
