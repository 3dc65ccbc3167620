"""Names that are spelled nearly like another one; pure."""

from __future__ import annotations

from string import ascii_lowercase, digits
from typing import TYPE_CHECKING, Final

from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_LETTERS: Final = f"{ascii_lowercase}{digits}-"
_SHORTEST: Final = 3
"""Letters below which a name stands in too many others."""
_TWICE: Final = 5
"""Letters from which a name may be spelled wrong twice."""


def nearby(asked: str, names: Collection[str], most: int = 10) -> tuple[str, ...]:
    """Return names near the one asked for, the nearest first.

    First those that one slip turns into another (a letter too many, too few, wrong, or two
    swapped), then those that contain it, the shortest first, then those of two slips. The names
    are looked up and not compared one by one: an index has hundreds of thousands.

    Args:
        asked: a name, in any spelling.
        names: normalised names, quick to look into.
        most: how many to return.
    """
    wanted = canonical_name(asked)
    found = dict.fromkeys(one for one in _slips(wanted) if one in names and one != wanted)
    if len(wanted) >= _SHORTEST:
        containing = (one for one in names if wanted in one and one != wanted)
        found |= dict.fromkeys(sorted(containing, key=lambda one: (len(one), one)))
    if not found and len(wanted) >= _TWICE:
        twice = {two for one in set(_slips(wanted)) for two in _slips(one)}
        found |= dict.fromkeys(sorted(twice & set(names) - {wanted}))
    return tuple(found)[:most]


def _slips(word: str) -> Iterator[str]:
    """Every word that is one slip away."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in _LETTERS:
            if after:
                yield before + letter + after[1:]
            yield before + letter + after
