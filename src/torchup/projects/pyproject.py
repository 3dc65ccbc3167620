"""``pyproject.toml``: the standard's tables, dependency groups, and poetry's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from torchup.model.names import canonical_name
from torchup.projects.extras import take_framework
from torchup.projects.gathering import Gathering
from torchup.projects.poetry import take_poetry
from torchup.projects.toml_text import line_of, table, texts, toml_of

if TYPE_CHECKING:
    from torchup.projects.declared import Declared

_GROUPS: Final = ("dev",)
"""Groups that belong to working on a project, not to using it."""


def read_pyproject(text: str, file: str) -> Declared:
    """Read what a project needs: ``[project]`` (PEP 621), else ``[tool.poetry]``.

    Groups (PEP 735) and extras are not what the project itself needs; they are named.

    Args:
        text: the file.
        file: its name.

    Raises:
        UsageError: ``projects.malformed``.
    """
    document = toml_of(text, file)
    found = Gathering(file)
    project = table(document, "project")
    poetry = table(document, "tool", "poetry")
    sources = table(document, "tool", "uv", "sources")
    for line in texts(project.get("dependencies")):
        _take(found, line, line_of(text, line), sources)
    if isinstance(project.get("requires-python"), str):
        found.say_pythons(project["requires-python"])
    if not found.packages:
        optional = take_poetry(found, table(poetry, "dependencies"), text)
        take_framework(found, optional, text)
    if not found.packages and "dependencies" in (project.get("dynamic") or ()):
        found.note("dependencies-dynamic", file, effect="accept")
    _groups(found, document, text)
    return found.done()


def _take(found: Gathering, line: str, number: int, sources: dict[str, Any]) -> None:
    """Take a line, unless uv is told to find it in a repository or a folder."""
    from torchup.model.names import name_of

    for name, where in sources.items():
        if canonical_name(name) == name_of(line) and isinstance(where, dict):
            if "git" in where:
                found.note("left-git", f"{name} @ git+{where['git']}", number)
                return
            if "path" in where or "workspace" in where:
                found.note("left-editable", str(where.get("path", name)), number)
                return
    found.take(line, number)


def _groups(found: Gathering, document: dict[str, Any], text: str) -> None:
    groups = table(document, "dependency-groups")
    extras = table(document, "project", "optional-dependencies")
    if not found.packages:  # an application may have nothing but groups
        for name, lines in groups.items():
            if name not in _GROUPS or len(groups) == 1:
                for line in texts(lines):
                    found.take(line, line_of(text, line))
    elif extras or groups:
        named = {name: texts(lines) for name, lines in (extras | groups).items()}
        taken = take_framework(found, named, text)
        names = ", ".join(one for one in dict.fromkeys((*extras, *groups)) if one != taken)
        if names:
            found.note("groups-passed", names, effect="accept")
