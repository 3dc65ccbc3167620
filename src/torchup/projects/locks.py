"""Locks: ``uv.lock``, ``pylock.toml`` (PEP 751), ``poetry.lock``.

What the project itself asks for is asked for; what only came along is held to its version where
something asks for it, so that another build of the framework may bring libraries of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torchup.errors import UsageError
from torchup.model.names import canonical_name
from torchup.projects.gathering import Gathering
from torchup.projects.toml_text import line_of, tables, texts, toml_of

if TYPE_CHECKING:
    from torchup.projects.declared import Declared


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
    direct = {
        canonical_name(str(need.get("name", "")))
        for root in roots
        for need in tables(root.get("dependencies"))
    }
    _take_rows(found, [one for one in rows if not _is_root(one)], direct, text)
    return found.done()


def read_pylock(text: str, file: str) -> Declared:
    """Read a ``pylock.toml``: every package it holds is to be installed.

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
    _take_rows(found, rows, None, text)
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
    _take_rows(found, rows, wanted or None, text)
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


def _take_rows(
    found: Gathering,
    rows: list[dict[str, Any]],
    direct: set[str] | frozenset[str] | None,
    text: str,
) -> None:
    """Take each package; one that has several versions for several systems is left open."""
    versions: dict[str, set[str]] = {}
    for row in rows:
        public = str(row.get("version", "")).partition("+")[0]
        versions.setdefault(canonical_name(str(row.get("name", ""))), set()).add(public)
    seen: set[str] = set()
    for row in rows:
        name = canonical_name(str(row.get("name", "")))
        if not name or name in seen:
            continue
        seen.add(name)
        number = line_of(text, f'name = "{row.get("name")}"')
        source = row.get("source")
        vcs = row.get("vcs") or (source.get("git") if isinstance(source, dict) else None)
        if vcs:
            where = vcs.get("url") if isinstance(vcs, dict) else vcs
            found.note("left-git", f"{name} @ git+{where}", number)
            continue
        if row.get("directory"):
            found.note("left-editable", name, number)
            continue
        version = str(row.get("version", ""))
        exact = f"=={version}" if version and len(versions[name]) == 1 else ""
        marker = row.get("marker")
        behind = f" ; {marker}" if isinstance(marker, str) and marker else ""
        constrains = direct is not None and name not in direct
        if exact or not constrains:
            found.take(f"{name}{exact}{behind}", number, constrains=constrains)
        if exact:
            found.say_hashes(name, _hashes(row))


def _hashes(row: dict[str, Any]) -> list[str]:
    """The hashes of a package's files, as any of the three writes them."""
    sdist = row.get("sdist")
    files = [*tables(row.get("wheels")), *tables(row.get("files"))]
    files += [sdist] if isinstance(sdist, dict) else []
    found = texts([one.get("hash") for one in files])
    for one in files:
        hashes = one.get("hashes")
        found += [f"{k}:{v}" for k, v in hashes.items()] if isinstance(hashes, dict) else []
    return found
