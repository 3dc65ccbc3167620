"""The Pythons of a project: the one it was used with, else the nearest that can be had."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from torchup.facts.load import load_catalogue
from torchup.model import Reason
from torchup.resolve.lines import SETTLED, downloadable, find_here, installed_lines, line_number
from torchup.resolve.versions import line_meets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Machine, Requirement, Resolution
    from torchup.projects import Declared


class Era:
    """The Pythons to try, in order.

    Args:
        wish: the release line that the project was used with; empty for none.
        supports: those that it says it supports, a specifier; empty for any.
        origin: the files that say so.
        there: release lines that are here or can be had, oldest first, each with its first day.
    """

    def __init__(self, wish: str, supports: str, origin: str, there: dict[str, str]) -> None:
        self.wish = wish
        self.supports = supports
        self._origin = origin
        self.there = there

    def pythons(self) -> Iterator[tuple[str, str]]:
        """Yield release lines with their first day; empty for the choice by the day."""
        if self.wish:
            if self.wish in self.there:
                yield self.wish, ""
            later = [one for one in self.there if line_number(one) > line_number(self.wish)]
            yield from ((one, self.there[one]) for one in later)
            return
        yield "", ""
        if self.supports:
            yield from ((one, "") for one in reversed(self.inside()))
        yield from ((one, self.there[one]) for one in self.there)

    def inside(self) -> list[str]:
        """Those that can be had and that the project says it supports, oldest first."""
        return [one for one in self.there if line_meets(one, self.supports)]

    def moved(self, answer: Resolution) -> list[Reason]:
        """Say which Python stands for one that can't be had, or doesn't serve."""
        stack = answer.stack
        if stack is None or not self.wish or stack.python.rstrip("t") == self.wish:
            return []
        code = "moved-python" if self.wish in self.there else "moved-python-gone"
        return [
            Reason(
                code=code,
                effect="prefer",
                subject=self.wish,
                needs=stack.python,
                about=self._origin,
            )
        ]


def era_of(
    catalogue: Catalogue,
    machine: Machine,
    requirement: Requirement,
    project: Declared,
    today: str,
) -> Era:
    """Find the Pythons to try for a project on a machine.

    Args:
        catalogue: knows which can be had.
        machine: knows which are installed.
        requirement: what is asked for; a Python that the user names is the only one.
        project: what the project says.
        today: the day it is, in ISO form.
    """
    if requirement.python is not None:
        return Era("", "", "", {})
    first = {one.minor: one.released for one in catalogue.pythons}
    to_be_had = downloadable(catalogue, date.fromisoformat(today), find_here(machine).glibc)
    lines = sorted((installed_lines(machine) | to_be_had) & set(first), key=line_number)
    there = {one: first[one] for one in lines if not one.endswith("t")}
    origin = ", ".join(project.files)
    return Era(project.python, project.pythons, origin, there)


def arrived(python: str, today: str) -> str:
    """Return the day by which the libraries for a Python had arrived, in ISO form.

    Args:
        python: the release line.
        today: no later day than this one; empty is returned for a line that is not known.
    """
    known = load_catalogue().python(python)
    if known is None:
        return ""
    return min((date.fromisoformat(known.released) + SETTLED).isoformat(), today)
