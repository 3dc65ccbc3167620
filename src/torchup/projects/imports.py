"""The modules that a project's code imports, and the distributions that bring them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Final

from torchup.facts.projects import load_import_facts
from torchup.model.no_document import NO_DOCUMENT
from torchup.projects.gathering import Gathering
from torchup.projects.program import tree_of
from torchup.projects.toml_text import table, tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from torchup.projects.declared import Declared

_MAGIC: Final = re.compile(r"^\s*[%!?].*$", re.MULTILINE)
_IMPORT: Final = re.compile(r"^\s*(?:import|from)\s+(?P<module>[A-Za-z_]\w*)", re.MULTILINE)
_MOST_NAMED: Final = 12


def modules_of_program(text: str) -> frozenset[str]:
    """The top-level modules that a program imports, relative imports left out; never raises.

    A program for Python 2, or one with a mistake in it, is read line by line.

    Args:
        text: the program.
    """
    tree = tree_of(text)
    if tree is None:
        return frozenset(one["module"] for one in _IMPORT.finditer(text))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return frozenset(found)


def modules_of_notebook(text: str) -> frozenset[str]:
    """The top-level modules that a notebook's code imports; never raises.

    Args:
        text: the notebook.
    """
    from msgspec import json

    try:
        document = json.decode(text)
    except NO_DOCUMENT:
        return frozenset()
    found: set[str] = set()
    for cell in _cells(document):
        source = cell.get("source") or cell.get("input") or ""
        code = "".join(map(str, source)) if isinstance(source, list) else str(source)
        if cell.get("cell_type") == "code":
            found |= modules_of_program(_MAGIC.sub("", code))
    return frozenset(found)


def _cells(document: object) -> list[dict[str, Any]]:
    """The cells of a notebook; up to format 3 they are in worksheets."""
    whole = table(document)
    sheets = tables(whole.get("worksheets"))
    return [cell for one in (whole, *sheets) for cell in tables(one.get("cells"))]


def read_imports(modules: Iterable[str], own: Collection[str], where: str) -> Declared:
    """Tell which distributions bring modules; one that nothing is known of is never guessed.

    Args:
        modules: top-level modules.
        own: the project's own modules and folders.
        where: what they were read from, as it is shown to people.
    """
    facts = load_import_facts()
    found = Gathering(where)
    inferred: list[str] = []
    unknown: list[str] = []
    for module in sorted(set(modules)):
        if facts.is_standard(module) or module in own or module == "__future__":
            continue
        brings, place = facts.brings(module), facts.place(module)
        if place:
            found.note("left-elsewhere", module, has=place)
        elif brings:
            found.take(brings)
            inferred.append(module if brings.lower() == module.lower() else f"{module} → {brings}")
        elif not facts.is_own(module):
            unknown.append(module)
    if inferred:
        found.note("imports-inferred", ", ".join(inferred), effect="accept")
    if unknown:
        more = "" if len(unknown) <= _MOST_NAMED else ", …"
        found.note("left-unknown", ", ".join(unknown[:_MOST_NAMED]) + more)
    return found.done()
