"""Which framework a project is about: what it names, what it only tells, what its packages need."""

from __future__ import annotations

from msgspec.structs import replace

from torchup.facts.frameworks import mean, meant, named_in
from torchup.facts.projects import load_project_facts
from torchup.model import Reason
from torchup.model.names import name_of
from torchup.projects.declared import Declared, Line


def framework_of(found: Declared) -> str:
    """Name the framework that lines are about; the one that is meant where they don't tell.

    What is declared for tools counts before what a README tells people: many name another
    framework's version of the same work.
    """
    for firm in (True, False):
        named = named_in(line.text for line in found.packages if line.firm or not firm)
        if named:
            return meant() if meant() in named else named[0]
    return meant()


def with_implied(found: Declared) -> Declared:
    """Add the framework that packages can't do without, where none is named, and mean it."""
    names = [name_of(line.text) for line in found.packages]
    if named_in(names):
        return found
    framework, by = load_project_facts().implied_by(names)
    if not framework:
        return found
    mean(framework)
    line = next(one for one in found.packages if name_of(one.text) == by)
    note = Reason(code="framework-implied", effect="prefer", subject=framework, has=by)
    unnamed = "framework-unnamed"
    return replace(
        found,
        packages=(Line(text=framework, file=line.file, number=line.number), *found.packages),
        notes=(*(one for one in found.notes if one.code != unnamed), note),
    )
