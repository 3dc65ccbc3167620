"""Files of facts that few commands need: read as they are, and not compiled into the catalogue."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TypeVar

import msgspec

from torchup.facts.current import DATA, in_force

_File = TypeVar("_File")


def read_seldom(name: str, kind: type[_File]) -> _File:
    """Read a file of the facts in force; the shipped one where those have none of that name.

    Args:
        name: its path below the data folder.
        kind: its schema.

    Raises:
        ValueError: it is damaged, or doesn't fit its schema.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    base = in_force().base()
    path = Path(base.root if base else DATA) / name
    if not path.is_file():  # facts from before there was such a file
        path = Path(DATA) / name
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
