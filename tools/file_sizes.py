"""Python files and functions by size: ``python tools/file_sizes.py [--check]``.

A file of more than 250 lines, or a function of more than 50 beside its docstring, usually holds
two ideas. One that is long for one idea says why in its docstring, in a paragraph that begins with
``Long:``. Without an option the longest are shown as tables with their reasons; ``--check`` ends
with status 1 where something long says none.
"""

from __future__ import annotations

import argparse
import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
MOST: Final = 250
MOST_OF_A_FUNCTION: Final = 50
SHOWN: Final = 40
REASON: Final = "Long:"


class Size(NamedTuple):
    """A file or a function, how long it is, and what it says of that; empty where it doesn't."""

    lines: int
    path: str
    reason: str


def sizes(root: Path) -> list[Size]:
    """Measure every Python file of the program, the longest first.

    Args:
        root: the folder of the sources.
    """
    found = []
    for path in root.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(root).as_posix()
        found.append(Size(text.count("\n"), name, reason(text)))
    return _ordered(found)


def function_sizes(root: Path) -> list[Size]:
    """Measure every function by its lines without its docstring, the longest first.

    Args:
        root: the folder of the sources.
    """
    found: list[Size] = []
    for path in root.rglob("*.py"):
        found += functions(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix())
    return _ordered(found)


def functions(text: str, path: str) -> Iterator[Size]:
    r"""Measure the functions of a module, those inside others too.

    >>> text = "def one():\n    '''Say.\n\n    Long: a text.\n    '''\n    return 1\n"
    >>> next(functions(text, "a.py"))
    Size(lines=2, path='a.py:1 one', reason='a text.')
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = ast.get_docstring(node) is not None
            lines = _height(node) - (_height(node.body[0]) if documented else 0)
            yield Size(lines, f"{path}:{node.lineno} {node.name}", _reason(node))


def _height(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _ordered(found: list[Size]) -> list[Size]:
    return sorted(found, key=lambda one: (-one.lines, one.path))


def reason(text: str) -> str:
    r"""Return what a module's docstring says of its length.

    >>> reason("'''Rules.\n\nLong: a table,\none row a cause.\n'''")
    'a table, one row a cause.'
    >>> reason("'''Rules.'''")
    ''
    """
    return _reason(ast.parse(text))


def _reason(node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    paragraphs = (ast.get_docstring(node) or "").split("\n\n")
    found = next((one for one in paragraphs if one.startswith(REASON)), "")
    return " ".join(found.removeprefix(REASON).split())


def wanting(found: list[Size], most: int) -> list[Size]:
    """Return what is longer than it may be and doesn't say why.

    >>> wanting([Size(300, "a.py", ""), Size(300, "b.py", "a table"), Size(9, "c.py", "")], 250)
    [Size(lines=300, path='a.py', reason='')]
    """
    return [one for one in found if one.lines > most and not one.reason]


def table(found: list[Size], kind: str, most: int) -> Iterator[str]:
    """Word the longest files or functions as a table."""
    yield f"| lines | {kind} | why |"
    yield "| ---: | --- | --- |"
    for one in found[:SHOWN]:
        yield f"| {one.lines} | {one.path} | {one.reason} |"
    long = sum(one.lines > most for one in found)
    total = sum(one.lines for one in found)
    yield f"\n{len(found):,} {kind}s, {total:,} lines; {long} are longer than {most}.\n"


def main() -> int:
    """Show the tables, or check that everything long says why."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="status 1 where a reason is missing")
    check = parser.parse_args().check
    status = 0
    for kind, found, most in (
        ("file", sizes(ROOT / "src"), MOST),
        ("function", function_sizes(ROOT / "src"), MOST_OF_A_FUNCTION),
    ):
        if not check:
            print("\n".join(table(found, kind, most)))
            continue
        for one in wanting(found, most):
            print(f"{one.path} has {one.lines} lines, and its docstring doesn't say why ({REASON})")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
