"""What files and projects ask for, laid over what the user asks for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import Reason
from torchup.model.names import name_of
from torchup.projects.about import with_implied
from torchup.projects.companions import reconciled
from torchup.projects.declared import Declared, Line
from torchup.projects.merging import together, without_repeats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.model import Requirement
    from torchup.sources.requirements_file import RequirementsFile


_OLD: Final = timedelta(days=365)
"""A project that nobody changed for longer was made with another framework than today's."""


def of_its_day(
    asked: Requirement, context: Context, folder: str, declared: Declared
) -> Requirement:
    """Choose among what was there on a project's own day; how it was found goes to the session.

    Args:
        asked: what the user asks for; its day is the latest one that counts.
        context: the session.
        folder: the project's folder.
        declared: what was read of it.
    """
    from torchup.projects.days import project_day

    day, context.notes = project_day(context.host, folder, declared)
    day = min(day, asked.today)  # east of here it may be tomorrow
    return replace(asked, as_of=day, today=day) if day else asked


def told_of_age(asked: Requirement, context: Context, folder: str, declared: Declared) -> None:
    """Say that a project is old, where no day is asked for and it leaves the framework open.

    Args:
        asked: what the user asks for.
        context: the session; it is told.
        folder: the project's folder.
        declared: what was read of it.
    """
    from torchup.facts.load import load_catalogue
    from torchup.projects.days import committed_day
    from torchup.resolve.needs import is_firm

    name = load_catalogue().framework.name
    if any(name_of(one) == name for one in asked.packages):
        return
    lines = (line.text for line in declared.packages)
    if any(name_of(one) == name and is_firm(one) for one in lines):
        return
    day = committed_day(context.host, folder, declared)
    if day and date.fromisoformat(day) + _OLD < date.fromisoformat(asked.today):
        note = Reason(code="project-is-old", effect="accept", subject=day, about=folder)
        context.notes = (*context.notes, note)


def as_asked(
    asked: Requirement,
    context: Context,
    lists: RequirementsFile | None,
    declared: Sequence[Declared],
) -> Requirement:
    """Add what lists for pip and projects ask for; places and notes go to the session.

    What the user names is the user's own: a project's lines for the same package are passed over.

    Args:
        asked: what the user asks for.
        context: the session.
        lists: what lists for pip say; None where there are none.
        declared: what projects say.

    Raises:
        UsageError: ``projects.conflict``.
    """
    named = {name_of(one) for one in asked.packages}
    mine = [_without(one, named) for one in declared]
    own = (*asked.packages, *(lists.packages if lists else ()))
    mine = [reconciled(one, own) for one in mine]
    context.named_places = (
        *(lists.places if lists else ()),
        *(place for one in mine for place in one.places),
    )
    notes = tuple(note for one in mine for note in one.notes)
    context.notes = (*(lists.notes if lists else ()), *context.notes, *notes)
    packages = lists.packages if lists else ()
    listed = _lines(lists)
    context.origins = {line.text: line.origin for line in (*_held(lists), *listed)}
    constraints = lists.constraints if lists else ()
    hashes = lists.hashes if lists else ()
    if mine:
        project = without_repeats(together(mine[0], mine[1:]))
        context.project = project
        said = (*project.constraints, *project.packages)
        context.origins |= {line.text: line.origin for line in said}
        listed += project.packages
        packages += tuple(line.text for line in project.packages)
        constraints += tuple(line.text for line in project.constraints)
        hashes += project.hashes
    without_repeats(Declared(packages=listed))
    return replace(
        asked,
        packages=(*asked.packages, *packages),
        constraints=constraints,
        hashes=hashes,
    )


def with_framework(asked: Requirement, context: Context) -> Requirement:
    """Add the framework that what is asked for can't do without; why goes to the session."""
    lines = tuple(Line(text=one, file="") for one in asked.packages)
    found = with_implied(Declared(packages=lines))
    context.notes = (*context.notes, *found.notes)
    return replace(asked, packages=tuple(line.text for line in found.packages))


def _lines(lists: RequirementsFile | None) -> tuple[Line, ...]:
    """The lines of lists for pip, each with its place."""
    if lists is None:
        return ()
    return tuple(
        Line(text=text, file=file, number=number)
        for text, (file, number) in zip(lists.packages, lists.origins, strict=True)
    )


def _held(lists: RequirementsFile | None) -> tuple[Line, ...]:
    """The constraints of lists for pip, each with its place."""
    if lists is None:
        return ()
    return tuple(
        Line(text=text, file=file, number=number)
        for text, (file, number) in zip(lists.constraints, lists.held, strict=True)
    )


def _without(declared: Declared, named: set[str]) -> Declared:
    """Drop what the user asks for in another way."""
    return replace(
        declared,
        packages=tuple(one for one in declared.packages if name_of(one.text) not in named),
        constraints=tuple(one for one in declared.constraints if name_of(one.text) not in named),
        hashes=tuple(one for one in declared.hashes if one.name not in named),
    )
