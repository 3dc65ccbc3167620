"""Extras and groups: not installed, unless the framework itself stands there alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.facts.load import load_catalogue
from torchup.model.names import name_of
from torchup.projects.toml_text import line_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.projects.gathering import Gathering


def take_framework(found: Gathering, groups: Mapping[str, Sequence[str]], text: str) -> str:
    """Take the framework and its companions from the first extra that names it.

    Projects leave it there for people to choose its build. One for the CPU comes last.

    Args:
        found: collects it; nothing is taken where it has the framework already.
        groups: the lines of each extra or group, by its name.
        text: the file, for the lines.

    Returns:
        The extra's name, empty where none was taken.
    """
    framework = load_catalogue().framework
    ours = {framework.name, *framework.companions}
    if any(name_of(line.text) == framework.name for line in found.packages):
        return ""
    for name in sorted(groups, key=lambda one: "cpu" in one.lower()):
        mine = [one for one in groups[name] if name_of(one) in ours]
        if any(name_of(one) == framework.name for one in mine):
            for one in mine:
                found.take(one, line_of(text, one))
            found.note("from-extra", name, has=framework.name, effect="accept")
            return name
    return ""
