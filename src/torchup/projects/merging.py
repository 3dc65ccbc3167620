"""Several files of one project as one declaration; contradictions are named with both lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.facts.load import load_catalogue
from torchup.model import Reason
from torchup.model.names import name_of
from torchup.resolve.versions import line_meets, overlap

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from torchup.projects.declared import Declared, Line


def together(
    first: Declared, others: Sequence[Declared], *, missing: Sequence[tuple[str, int]] = ()
) -> Declared:
    """Put files together that are meant together; what comes first counts.

    Args:
        first: the file that was named.
        others: those that it includes.
        missing: files that it names and that can't be read, each with its line.
    """
    notes = tuple(
        Reason(
            code="left-file",
            effect="warn",
            subject=name,
            about=f"{first.files[0]}:{number}" if first.files else name,
        )
        for name, number in missing
    )
    every = (first, *others)
    return replace(
        first,
        packages=tuple(line for one in every for line in one.packages),
        constraints=tuple(line for one in every for line in one.constraints),
        hashes=tuple(line for one in every for line in one.hashes),
        places=tuple(place for one in every for place in one.places),
        notes=(*first.notes, *notes, *(note for one in others for note in one.notes)),
        python=next((one.python for one in every if one.python), ""),
        pythons=next((one.pythons for one in every if one.pythons), ""),
        build=next((one.build for one in every if one.build), ""),
        files=tuple(file for one in every for file in one.files),
    )


def supplemented(found: Declared, weaker: Declared, names: Collection[str] | None) -> Declared:
    """Add what a less trusted file knows and the others don't.

    Args:
        found: what is known.
        weaker: the less trusted file.
        names: the packages that may be added, normalised; None for all that aren't there yet.
    """
    found = _with_version(found, weaker)
    have = {name_of(line.text) for line in found.packages}
    added = tuple(
        line
        for line in weaker.packages
        if name_of(line.text) not in have and (names is None or name_of(line.text) in names)
    )
    python = found.python or ("" if found.pythons else weaker.python)
    if not found.python and weaker.python and line_meets(weaker.python, found.pythons):
        python = weaker.python
    used = bool(added) or python != found.python or (not found.build and bool(weaker.build))
    used = used or (not found.pythons and bool(weaker.pythons))
    if not used and names is not None:
        return found
    wanted = {line.origin for line in added}
    notes = (one for one in weaker.notes if names is None or one.about in wanted)
    return replace(
        found,
        packages=(*found.packages, *added),
        python=python,
        pythons=found.pythons or weaker.pythons,
        build=found.build or weaker.build,
        places=(*found.places, *(weaker.places if names is None else ())),
        notes=(*found.notes, *notes),
        files=tuple(dict.fromkeys((*found.files, *weaker.files))),
    )


def _with_version(found: Declared, weaker: Declared) -> Declared:
    """Take the framework's version from a less trusted file, where the others name it without."""
    name = load_catalogue().framework.name
    bare = [line for line in found.packages if line.text == name]
    told = [line for line in weaker.packages if name_of(line.text) == name and line.text != name]
    if not bare or not told:
        return found
    packages = tuple(told[0] if line.text == name else line for line in found.packages)
    notes = tuple(note for note in weaker.notes if note.about == told[0].origin)
    files = (*found.files, *weaker.files)
    return replace(found, packages=packages, notes=(*found.notes, *notes), files=files)


def without_repeats(found: Declared) -> Declared:
    """Drop lines that say the same twice.

    Raises:
        UsageError: ``projects.conflict``: two lines can't both be met.
    """
    kept: dict[str, Line] = {}
    by_name: dict[str, list[Line]] = {}
    for line in found.packages:
        if line.text in kept:
            continue
        for other in by_name.get(name_of(line.text), ()):
            if _contradict(other.text, line.text):
                raise UsageError(
                    "projects.conflict",
                    one=other.text,
                    file=other.file,
                    line=other.number,
                    other=line.text,
                    file_two=line.file,
                    line_two=line.number,
                )
        kept[line.text] = line
        by_name.setdefault(name_of(line.text), []).append(line)
    return replace(found, packages=tuple(kept.values()))


def _contradict(one: str, other: str) -> bool:
    """Tell whether no version can meet two lines; what can't be told is no contradiction."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        left, right = Requirement(one), Requirement(other)
    except InvalidRequirement:
        return False
    if left.url or right.url or left.marker != right.marker:
        return False
    return not overlap(str(left.specifier), str(right.specifier))
