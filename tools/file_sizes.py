"""Python files by size: ``python tools/file_sizes.py [--check]``.

A file of more than 250 lines usually holds two ideas. One that is long for one idea says why in its
docstring, in a paragraph that begins with ``Long:``. Without an option the longest files are shown
as a table with their reasons; ``--check`` ends with status 1 where a long file says none.
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
SHOWN: Final = 40
REASON: Final = "Long:"


class Size(NamedTuple):
    """A file, how long it is, and what it says of that; empty where it says nothing."""

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
    return sorted(found, key=lambda one: (-one.lines, one.path))


def reason(text: str) -> str:
    r"""Return what a module's docstring says of its length.

    >>> reason("'''Rules.\n\nLong: a table,\none row a cause.\n'''")
    'a table, one row a cause.'
    >>> reason("'''Rules.'''")
    ''
    """
    paragraphs = (ast.get_docstring(ast.parse(text)) or "").split("\n\n")
    found = next((one for one in paragraphs if one.startswith(REASON)), "")
    return " ".join(found.removeprefix(REASON).split())


def table(found: list[Size]) -> Iterator[str]:
    """Word the longest files as a table."""
    yield "| lines | file | why |"
    yield "| ---: | --- | --- |"
    for one in found[:SHOWN]:
        yield f"| {one.lines} | {one.path} | {one.reason} |"
    long = sum(one.lines > MOST for one in found)
    total = sum(one.lines for one in found)
    yield f"\n{len(found)} files, {total:,} lines; {long} are longer than {MOST}."


def main() -> int:
    """Show the table, or check that every long file says why."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="status 1 where a reason is missing")
    found = sizes(ROOT / "src")
    if not parser.parse_args().check:
        print("\n".join(table(found)))
        return 0
    wanting = [one for one in found if one.lines > MOST and not one.reason]
    for one in wanting:
        print(f"{one.path} has {one.lines} lines, and its docstring doesn't say why ({REASON} …)")
    return 1 if wanting else 0


if __name__ == "__main__":
    sys.exit(main())
