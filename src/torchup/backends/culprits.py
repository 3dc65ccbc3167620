"""Which of a project's lines a solver's explanation names as the one that can't be had."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from torchup.backends.uv_project import PROJECT_NAME
from torchup.model.names import canonical_name
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.errors import TorchupError

Trouble = Literal["gone", "no-version", "no-wheels", "no-file", "conflict"]

_NAME: Final = r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?"
_SIGNS: Final[tuple[tuple[Trouble, re.Pattern[str]], ...]] = (
    ("gone", re.compile(rf"{_NAME} was not found in the package registry")),
    ("no-version", re.compile(rf"there (?:is|are) no versions? of {_NAME}(?=[=<>!~ ,]|$)")),
    ("no-wheels", re.compile(rf"{_NAME}(?:[=<>!~][^\s]*)? (?:has|have) no usable wheels")),
    ("no-file", re.compile(rf"{_NAME}(?:[=<>!~][^\s]*)? (?:has|have) no wheels")),
)
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NO_SOLUTION: Final = "uv.no-solution"
_BUILDABLE: Final = "no-wheels"
_BRINGS: Final = re.compile(rf"{_NAME}(?:[=<>!~][^\s]*)? depends? on ")
_WISH: Final = re.compile(
    r"(?P<who>[A-Za-z0-9][^\s]*) depends? on (?P<what>[A-Za-z0-9][A-Za-z0-9._-]*)"
    r"(?:\[[^\]]*\])?(?P<versions>[=<>!~][^\s]*)?"
)
_ONE_OF: Final = re.compile(
    r"(?P<who>[A-Za-z0-9][^\s]*) depends? on one of:(?P<rows>(?:\n[A-Za-z0-9][^\s]*(?=\n|$))+)"
)
_ROW: Final = re.compile(r"(?P<what>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?(?P<versions>\S*)")
"""The wordings of uv 0.13."""


class Wish(Struct, frozen=True, kw_only=True):
    """What a package asks of another.

    Attributes:
        who: the package, as the solver writes it.
        name: the other one, normalised.
        versions: a specifier, or several of which one is enough, with ``|`` between them.
    """

    who: str
    name: str
    versions: str

    def allows(self, version: str) -> bool:
        """Tell whether a version is one that is asked for."""
        return any(meets(version, one) for one in self.versions.split("|"))


class Culprit(Struct, frozen=True, kw_only=True):
    """What stands in a solver's way: a package by its normalised name, and what is wrong with it.

    Attributes:
        name: the package; empty for ``conflict``, where several lines contradict each other.
        trouble: what is wrong. ``no-wheels``: only sources are there; ``no-file``: not even these.
        wanted: the versions that are asked for, specifiers of which one is enough; empty for any.
        brought_by: the packages of the explanation that depend on something.
        published: the day (ISO) on which the wanted version came, where only the day that is asked
            about hides it.
        wishes: what packages of the explanation ask of others, the plan's own lines left out.
        names: every package that the explanation names as asked for or asking.
    """

    name: str
    trouble: Trouble
    wanted: tuple[str, ...] = ()
    brought_by: tuple[str, ...] = ()
    published: str = ""
    wishes: tuple[Wish, ...] = ()
    names: frozenset[str] = frozenset()


def culprit_of(failure: TorchupError) -> Culprit | None:
    """Return what stands in the way of a solve; None where that can't be told.

    Args:
        failure: ``uv.no-solution`` or ``uv.no-wheels``.
    """
    why = failure.details.get("why", "")
    found = [  # what can be built comes before what isn't there
        (trouble != _BUILDABLE, one.start(), trouble, canonical_name(one["name"]))
        for trouble, sign in _SIGNS
        for one in sign.finditer(why)
    ]
    if not found:
        return _conflict(why) if failure.code == _NO_SOLUTION else None
    _, _, trouble, name = min(found)
    published = failure.details.get("published", "") if trouble == "no-version" else ""
    brought = tuple(dict.fromkeys(canonical_name(one["name"]) for one in _BRINGS.finditer(why)))
    wishes = [one for one in _wishes(why) if one.name == name]
    wanted = tuple(part for one in wishes for part in one.versions.split("|"))
    return Culprit(
        name=name,
        trouble=trouble,
        wanted=wanted if all(wanted) else (),
        brought_by=brought,
        published=published,
        wishes=_of_others(why),
        names=_names(why),
    )


def _conflict(why: str) -> Culprit | None:
    """Read an explanation of lines that contradict each other; None where no wish is told."""
    wishes = _of_others(why)
    if not wishes:
        return None
    return Culprit(name="", trouble="conflict", wishes=wishes, names=_names(why))


def _of_others(why: str) -> tuple[Wish, ...]:
    return tuple(one for one in _wishes(why) if one.who != PROJECT_NAME and one.versions)


def _names(why: str) -> frozenset[str]:
    return frozenset(canonical_name(one[0]) for one in _WORD.finditer(why))


def _wishes(why: str) -> Iterator[Wish]:
    for one in _ONE_OF.finditer(why):
        rows = [row for row in map(_ROW.match, one["rows"].split()) if row]
        versions = "|".join(row["versions"] for row in rows)
        yield Wish(who=one["who"], name=canonical_name(rows[0]["what"]), versions=versions)
    for one in _WISH.finditer(why):
        versions = (one["versions"] or "").rstrip(".,")
        yield Wish(who=one["who"], name=canonical_name(one["what"]), versions=versions)
