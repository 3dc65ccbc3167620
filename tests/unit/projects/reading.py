"""What the tests of readers ask of what was declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.projects import Declared


def lines(found: Declared) -> list[str]:
    """The requirements."""
    return [one.text for one in found.packages]


def told(found: Declared) -> list[tuple[str, str]]:
    """What is said of which line; the subject is that of the note."""
    return [(one.code, one.subject) for one in found.notes]


def written(folder: Path, files: dict[str, str | bytes]) -> str:
    """Write files below a folder, and return the folder's path."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(folder)
