"""The framework and what is released together with it: pins of both have to go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.facts.load import load_catalogue
from torchup.model import Reason
from torchup.model.names import name_of
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.facts.release import Release
    from torchup.projects.declared import Declared, Line


def reconciled(found: Declared, named: Sequence[str]) -> Declared:
    """Make a project's lines about the framework and its companions go together.

    A companion's pin that belongs to no release of the framework that is asked for gives way to
    the version that does, and it is said. Where only a companion is pinned, it tells the release.

    Args:
        found: what the project declares.
        named: the user's own lines; theirs about the framework count before the project's.
    """
    from packaging.requirements import Requirement as Parsed

    framework = load_catalogue().framework
    own = [one for one in named if name_of(one) == framework.name]
    ours = [one.text for one in found.packages if name_of(one.text) == framework.name]
    if any(";" in one for one in own or ours):
        return found  # what counts depends on the machine
    wanted = ",".join(filter(None, map(_versions, own or ours)))
    fitting = [one for one in load_catalogue().releases if meets(one.version, wanted)]
    lines: list[Line] = []
    notes: list[Reason] = []
    implied: Line | None = None
    for line in found.packages:
        said = Parsed(line.text)
        name, pinned = name_of(line.text), str(said.specifier)
        if name not in framework.companions or not pinned or said.url:
            lines.append(line)
            continue
        paired = [one for one in fitting if _pairs(one, name, pinned)]
        if paired or not fitting:
            lines.append(line)
        else:
            lines.append(replace(line, text=_freed(said.name, name, pinned, fitting)))
            notes.append(_told(line, lines[-1].text, framework.name + wanted))
        if paired and not own and not wanted and pinned.startswith("=="):
            implied = implied or replace(line, text=f"{framework.name}=={paired[0].version}")
    if implied is not None:
        lines = [implied, *(one for one in lines if name_of(one.text) != framework.name)]
    return replace(found, packages=tuple(lines), notes=(*found.notes, *notes))


def _versions(line: str) -> str:
    """What a line asks of its package's version; a mistake in it is told elsewhere."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return str(Requirement(line).specifier)
    except InvalidRequirement:
        return ""


def _pairs(release: Release, name: str, pinned: str) -> bool:
    companion = release.companion(name)
    return companion is not None and meets(companion.version, pinned)


def _freed(written: str, name: str, pinned: str, fitting: Sequence[Release]) -> str:
    """The companion of the same series where a wanted release has one, else any version."""
    series = ".".join(pinned.lstrip("=<>~! ").split(".")[:2])
    there = (one.companion(name) for one in fitting)
    near = [one.version for one in there if one and meets(one.version, f"=={series}.*")]
    return f"{written}=={near[0]}" if near and series else written


def _told(line: Line, text: str, framework: str) -> Reason:
    return Reason(
        code="companion-freed",
        effect="warn",
        subject=line.text,
        needs=text,
        has=framework,
        about=line.origin,
    )
