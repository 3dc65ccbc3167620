"""Which of a project's lines a solver's explanation names as the one that can't be had."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from torchup.errors import TorchupError

Trouble = Literal["gone", "no-version", "no-wheels"]

_NAME: Final = r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?"
_SIGNS: Final[tuple[tuple[Trouble, re.Pattern[str]], ...]] = (
    ("gone", re.compile(rf"{_NAME} was not found in the package registry")),
    ("no-version", re.compile(rf"there (?:is|are) no versions? of {_NAME}(?=[=<>!~ ,]|$)")),
    ("no-wheels", re.compile(rf"{_NAME}[=<>!~][^\s]* has no (?:usable )?wheels")),
    ("no-wheels", re.compile(rf"{_NAME} (?:has|have) no (?:usable )?wheels")),
)
_BRINGS: Final = re.compile(rf"{_NAME}(?:[=<>!~][^\s]*)? depends on ")
"""The wordings of uv 0.13."""


class Culprit(Struct, frozen=True, kw_only=True):
    """A package that can't be had: its normalised name, and what is wrong with it.

    ``brought_by`` are the packages of the explanation that depend on something; ``published`` is
    the day (ISO) on which the wanted version came, where only the day that is
    asked about hides it.
    """

    name: str
    trouble: Trouble
    brought_by: tuple[str, ...] = ()
    published: str = ""


def culprit_of(failure: TorchupError) -> Culprit | None:
    """Return the package that a failed solve names; None where lines contradict each other.

    Args:
        failure: ``uv.no-solution`` or ``uv.no-wheels``.
    """
    why = failure.details.get("why", "")
    found = [
        (one.start(), trouble, one["name"])
        for trouble, sign in _SIGNS
        for one in sign.finditer(why)
    ]
    if not found:
        return None
    _, trouble, name = min(found)
    published = failure.details.get("published", "") if trouble == "no-version" else ""
    brought = tuple(dict.fromkeys(canonical_name(one["name"]) for one in _BRINGS.finditer(why)))
    return Culprit(
        name=canonical_name(name), trouble=trouble, brought_by=brought, published=published
    )
