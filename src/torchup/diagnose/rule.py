"""How a cause is declared: what it looks like, and what makes it likelier or less."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

LITTLE: Final = 32.0
"""Points up to which a sign only guesses from a family of messages: it makes no cause surer."""


class Sign(Struct, frozen=True):
    """Something that a program prints.

    Attributes:
        points: how surely it means the cause, from 0 to 100, where nothing else is known.
        key: a part of the line in lower case, by which the line is found.
        pattern: a regular expression that the line has to match; empty where the key is enough.
        more: lines after it that the pattern looks at as well.
        needs: traits without which it says nothing; one with ``!`` before it must not be there.
        weigh: takes the match, and tells how much of the points counts, from 0 to 1.
        before: lines before it that the pattern looks at as well.
    """

    points: float
    key: str
    pattern: str = ""
    more: int = 0
    needs: tuple[str, ...] = ()
    weigh: Callable[[re.Match[str]], float] | None = None
    before: int = 0


class Rule(Struct, frozen=True, kw_only=True):
    """One cause.

    Attributes:
        code: its name in the catalogue of causes.
        signs: what it looks like; any of them is enough.
        lifts: trait → points that it adds where a sign was found; negative where it speaks
            against the cause.
        over: causes that are consequences of this one where both are found.
    """

    code: str
    signs: tuple[Sign, ...]
    lifts: dict[str, float] = {}
    over: tuple[str, ...] = ()


class Harmless(Struct, frozen=True):
    """A message that looks like a fault and is none: what it says is not taken for a sign.

    Attributes:
        key: as of a sign.
        pattern: as of a sign.
        before: lines before it that belong to it.
        after: lines after it that belong to it.
        reach: takes the lines and the number of its own, and tells how many after it belong to
            it, where that isn't always the same.
    """

    key: str
    pattern: str = ""
    before: int = 0
    after: int = 0
    reach: Callable[[Sequence[str], int], int] | None = None
