"""A home of many environments, for what looks at all of them.

Each is what looking sees of a real one: its records, its interpreter, the top of its packages'
folder and what each package says of itself. The files of the packages are left out: nothing that
lists environments opens them, and a hundred PyTorches are a million files.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

RECORDS, MARKER = ".torchup", "environment.json"
SAYS_OF_ITSELF = ".dist-info"


def add_alike(one: Path, count: int) -> None:
    """Lay ``count`` environments like ``one`` beside it, each with a name and a path of its own."""
    for number in range(count):
        lay_alike(one, one.with_name(f"{one.name}-{number:03}"))


def lay_alike(one: Path, other: Path) -> None:
    """Lay one environment like ``one``, named and placed as its folder.

    Its files are links to those of ``one``: a thousand copies are gigabytes.
    """
    shutil.copytree(one, other, symlinks=True, ignore=_deep, copy_function=os.link)
    marker = other / RECORDS / MARKER
    record = json.loads(marker.read_bytes())
    marker.unlink()
    marker.write_text(json.dumps({**record, "name": other.name, "path": str(other)}, indent=2))


def _deep(folder: str, names: list[str]) -> list[str]:
    """Leave out what packages installed below the folders of their names."""
    place = Path(folder)
    inside = place.parent.name == "site-packages" and place.suffix != SAYS_OF_ITSELF
    return names if inside else []
