"""TOML as projects have it: read whole, or not at all."""

from __future__ import annotations

import sys
from typing import Any

from torchup.errors import UsageError


def toml_of(text: str, file: str) -> dict[str, Any]:
    """Read TOML.

    Args:
        text: the file.
        file: its name, for the error.

    Raises:
        UsageError: ``projects.malformed``, with what is wrong where.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError("projects.malformed", file=file, why=str(error)) from error


def table(found: object, *keys: str) -> dict[str, Any]:
    """Return a table inside others; an empty one where there is none."""
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def texts(found: object) -> list[str]:
    """Return the texts of a list; none where it is something else."""
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def tables(found: object) -> list[dict[str, Any]]:
    """Return the tables of a list; none where it is something else."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def line_of(text: str, said: str) -> int:
    """The number of the first line that holds a text, 0 where none does."""
    at = text.find(said)
    return text.count("\n", 0, at) + 1 if at >= 0 else 0
