"""Locks: ``uv.lock``, ``pylock.toml`` (PEP 751), ``poetry.lock``.

What the project itself asks for is asked for; what only came along is held to its version where
something asks for it, so that another build of the framework may bring libraries of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from torchup.errors import UsageError
from torchup.facts.frameworks import FRAMEWORKS, meant
from torchup.model.names import canonical_name, name_of
from torchup.projects.gathering import Gathering
from torchup.projects.toml_text import line_of, table, tables, texts, toml_of

if TYPE_CHECKING:
    from torchup.projects.declared import Declared

_GROUPS: Final = re.compile(r"\b(?:dependency_groups|extras)\b")


def read_uv_lock(text: str, file: str) -> Declared:
    """Read a ``uv.lock``: the root's own dependencies, and a version for everything.

    Args:
        text: the file.
        file: its name.

    Raises:
        UsageError: ``projects.malformed``.
    """
    document = toml_of(text, file)
    rows = _packages(document, "package", file)
    found = Gathering(file)
    if isinstance(document.get("requires-python"), str):
        found.say_pythons(document["requires-python"])
    roots = [one for one in rows if _is_root(one)]
    direct = _asked_by(roots) if roots else None
    _take_rows(found, [one for one in rows if not _is_root(one)], direct, text)
    return found.done()


def read_pylock(text: str, file: str) -> Declared:
    """Read a ``pylock.toml``: every package it holds is to be installed.

    One that torchup wrote tells what was asked for, and may have several rows: what they don't
    have in common is left open.

    Args:
        text: the file.
        file: its name.

    Raises:
        UsageError: ``projects.malformed``.
    """
    document = toml_of(text, file)
    rows = _packages(document, "packages", file)
    found = Gathering(file)
    if isinstance(document.get("requires-python"), str):
        found.say_pythons(document["requires-python"])
    asked = tables(table(document, "tool", "torchup").get("rows"))
    names = {name_of(line) for row in asked for line in texts(row.get("asked"))}
    _take_rows(found, rows, dict.fromkeys(names, _Direct()) or None, text)
    return found.done()


def read_poetry_lock(text: str, file: str, wanted: frozenset[str]) -> Declared:
    """Read a ``poetry.lock``, which doesn't tell what the project itself asks for.

    Args:
        text: the file.
        file: its name.
        wanted: what ``pyproject.toml`` asks for, normalised; empty for everything.

    Raises:
        UsageError: ``projects.malformed``.
    """
    document = toml_of(text, file)
    found = Gathering(file)
    metadata = document.get("metadata")
    pythons = metadata.get("python-versions") if isinstance(metadata, dict) else None
    if isinstance(pythons, str):
        found.say_pythons(pythons)
    rows = [one for one in _packages(document, "package", file) if one.get("optional") is not True]
    direct = dict.fromkeys(wanted, _Direct()) if wanted else None
    _take_rows(found, rows, direct, text)
    return found.done()


def _packages(document: dict[str, Any], key: str, file: str) -> list[dict[str, Any]]:
    rows = tables(document.get(key))
    if not rows:
        raise UsageError("projects.malformed", file=file, why=f"[[{key}]]")
    return rows


def _is_root(row: dict[str, Any]) -> bool:
    """Tell whether a row is the project itself, or one beside it."""
    source = row.get("source")
    return isinstance(source, dict) and bool({"editable", "virtual", "directory"} & set(source))


class _Direct(NamedTuple):
    """How the project itself asks for a package."""

    extras: str = ""
    marker: str = ""


def _asked_by(roots: list[dict[str, Any]]) -> dict[str, _Direct]:
    """What the roots ask for; who is named for several systems is wanted on each of them."""
    needs = _by_name([one for root in roots for one in tables(root.get("dependencies"))])
    # An extra leaves it to people to choose a framework's build; where none is asked for
    # elsewhere, the extras say which one the project is about.
    wanted = [meant()] if needs.keys() & FRAMEWORKS.keys() else [meant(), *FRAMEWORKS]
    if meant() not in needs:
        extras = [table(root, "optional-dependencies") for root in roots]
        other = _by_name([one for each in extras for some in each.values() for one in tables(some)])
        first = next((one for one in wanted if one in other), "")
        ours = (first, *FRAMEWORKS[first]) if first else ()
        needs |= {name: [{}] for name in ours if name in other}
    return {
        name: _Direct(
            ",".join(dict.fromkeys(one for need in several for one in texts(need.get("extra")))),
            _either([str(need.get("marker", "")) for need in several]),
        )
        for name, several in needs.items()
    }


def _by_name(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(canonical_name(str(row.get("name", ""))), []).append(row)
    return found


def _either(markers: list[str]) -> str:
    """A marker that holds where any of several does; empty where one has no condition."""
    distinct = list(dict.fromkeys(markers))
    if len(distinct) == 1 or not all(distinct):
        return distinct[0] if len(distinct) == 1 else ""
    return " or ".join(f"({one})" for one in distinct)


def _take_rows(
    found: Gathering, rows: list[dict[str, Any]], direct: dict[str, _Direct] | None, text: str
) -> None:
    """Take each package; one that has several versions for several systems is left open."""
    for name, several in _by_name(rows).items():
        if not name:
            continue
        row = several[0]
        number = line_of(text, f'name = "{row.get("name")}"')
        where = _repository(row)
        if where or row.get("directory"):
            folder = table(row, "directory").get("path")
            said = f"{name} @ git+{where}" if where else str(folder or name)
            found.note("left-git" if where else "left-editable", said, number)
            continue
        version = _one_version([str(one.get("version", "")) for one in several])
        asked = (direct or {}).get(name, _Direct())
        marker = asked.marker or (row.get("marker") if len(several) == 1 else "")
        if isinstance(marker, str) and _GROUPS.search(marker):
            marker = ""  # which group is wanted is asked of installers, not of systems
        behind = f" ; {marker}" if isinstance(marker, str) and marker else ""
        constrains = direct is not None and name not in direct
        extras = f"[{asked.extras}]" if asked.extras else ""
        exact = f"=={version}" if version else ""
        if exact or not constrains:
            found.take(f"{name}{extras}{exact}{behind}", number, constrains=constrains)
        if exact and len(several) == 1:
            found.say_hashes(name, _hashes(row))


def _one_version(versions: list[str]) -> str:
    """The version that rows agree on: without its local part where that differs; empty for none."""
    public = {one.partition("+")[0] for one in versions}
    if len(public) != 1:
        return ""
    return versions[0] if len(set(versions)) == 1 else public.pop()


def _repository(row: dict[str, Any]) -> str:
    """The repository that a package comes out of, empty where it comes from an index."""
    source = row.get("source")
    found = row.get("vcs") or (source.get("git") if isinstance(source, dict) else None)
    if isinstance(found, dict):
        found = found.get("url")
    if isinstance(source, dict) and source.get("type") == "git":
        found = source.get("url")
    return str(found) if found else ""


def _hashes(row: dict[str, Any]) -> list[str]:
    """The hashes of a package's files, as any of the three writes them."""
    sdist = row.get("sdist")
    files = [*tables(row.get("wheels")), *tables(row.get("files"))]
    files += [sdist] if isinstance(sdist, dict) else []
    found = texts([one.get("hash") for one in files])
    for one in files:
        hashes = one.get("hashes")
        given = hashes.items() if isinstance(hashes, dict) else ()
        found += [f"{k}:{v}" for k, v in given if isinstance(v, str)]
    return found
