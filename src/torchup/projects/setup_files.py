"""``setup.py`` and ``setup.cfg``: what they declare; the program is read and never run."""

from __future__ import annotations

import ast
import configparser
from typing import TYPE_CHECKING, Final

from torchup.projects.extras import take_framework
from torchup.projects.gathering import Gathering
from torchup.projects.program import tree_of
from torchup.projects.requirements import take_pip_line

if TYPE_CHECKING:
    from torchup.projects.declared import Declared

_NEEDS: Final = "install_requires"
_EXTRAS: Final = "extras_require"
_PYTHONS: Final = "python_requires"
_DEEPEST: Final = 30
"""Of expressions inside each other; a list that names itself ends there."""


def read_setup_py(text: str, file: str) -> Declared:
    """Read the arguments of ``setup()``; what is computed is named.

    Lists that a variable holds are followed, and so are sums of lists.

    Args:
        text: the program.
        file: its name.
    """
    found = Gathering(file)
    tree = tree_of(text)
    if tree is None:
        found.note("program-unreadable", file)
        return found.done()
    held = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    keywords = _keywords(tree)
    for keyword in keywords:
        if keyword.arg == _PYTHONS:
            for value in _strings(keyword.value, held):
                found.say_pythons(value.value)
        elif keyword.arg == _NEEDS:
            needs = _strings(keyword.value, held)
            for one in needs:
                take_pip_line(found, one.value, one.line)
            if not needs:
                found.note("needs-computed", _NEEDS, keyword.value.lineno, effect="accept")
    extras = next((one.value for one in keywords if one.arg == _EXTRAS), None)
    take_framework(found, _groups(extras, held), text)
    return found.done()


class _Said:
    """A text and its line."""

    def __init__(self, value: str, line: int) -> None:
        self.value = value
        self.line = line


def _keywords(tree: ast.AST) -> list[ast.keyword]:
    return [
        keyword
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node.func) == "setup"
        for keyword in node.keywords
    ]


def _groups(node: ast.expr | None, held: dict[str, ast.expr]) -> dict[str, list[str]]:
    """The extras that are written out, each with its lines."""
    if isinstance(node, ast.Name):
        node = held.get(node.id)
    if not isinstance(node, ast.Dict):
        return {}
    return {
        key.value: [one.value for one in _strings(value, held)]
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _called(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _strings(node: ast.expr, held: dict[str, ast.expr], depth: int = 0) -> list[_Said]:
    """The texts of an expression that is written out; none for one that is computed."""
    if depth > _DEEPEST:
        return []
    if isinstance(node, ast.Constant):
        return [_Said(node.value, node.lineno)] if isinstance(node.value, str) else []
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [one for item in node.elts for one in _strings(item, held, depth + 1)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_strings(node.left, held, depth + 1), *_strings(node.right, held, depth + 1)]
    if isinstance(node, ast.Name) and node.id in held:
        others = {name: value for name, value in held.items() if name != node.id}
        return _strings(held[node.id], others, depth + 1)
    return []


def read_setup_cfg(text: str, file: str) -> Declared:
    """Read ``[options]`` of a ``setup.cfg``.

    Args:
        text: the file.
        file: its name.
    """
    found = Gathering(file)
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
        needs = parser.get("options", _NEEDS, fallback="")
        pythons = parser.get("options", _PYTHONS, fallback="")
        section = f"options.{_EXTRAS}"
        extras = dict(parser.items(section)) if parser.has_section(section) else {}
    except configparser.Error:
        found.note("program-unreadable", file)
        return found.done()
    lines = text.splitlines()
    for said in needs.splitlines():
        plain = said.partition(" #")[0].strip().rstrip(",")
        if plain and not plain.startswith("#"):
            number = next((n for n, line in enumerate(lines, 1) if plain in line), 0)
            take_pip_line(found, plain, number)
    take_framework(found, {name: said.split("\n") for name, said in extras.items()}, text)
    if pythons:
        found.say_pythons(pythons)
    return found.done()
