"""What a walk needs of the machine that the tests run on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


def python_of(minor: str) -> str:
    """The folder of an older Python, which the tutorials' old versions need; skips without it."""
    found = shutil.which(f"python{minor}")
    folders = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{minor}.*/bin"))
    if found is None and not folders:
        pytest.skip(f"no Python {minor} here")
    return str(folders[-1]) if folders else str(Path(found or "").parent)
