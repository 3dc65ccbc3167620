"""Python programs of others as trees; they are never run."""

from __future__ import annotations

import ast
import warnings


def tree_of(text: str) -> ast.Module | None:
    """Parse a program in silence; None for one that this Python can't read.

    Python warns of what is odd in a program, and its user never wrote it for us to judge.

    Args:
        text: the program.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
