"""Environments with a stand-in for the framework: small files that go wrong in one way each."""

from __future__ import annotations

import os
import sysconfig
import venv
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Env:
    """An environment, and where its packages lie."""

    def __init__(self, root: Path) -> None:
        self.root = root
        venv.create(root, with_pip=False, symlinks=os.name != "nt")
        places = {"base": str(root), "platbase": str(root)}
        scheme = "nt" if os.name == "nt" else "posix_prefix"
        self.site = root / sysconfig.get_path("purelib", scheme, places)
        self.python = str(root / sysconfig.get_path("scripts", scheme, places) / "python")

    def package(self, name: str, **files: str) -> None:
        folder = self.site / name
        folder.mkdir(parents=True)
        for stem, source in files.items():
            (folder / f"{stem}.py").write_text(source, encoding="utf-8")


@pytest.fixture
def make_env(tmp_path: Path) -> Callable[[], Env]:
    return lambda: Env(tmp_path / "an 环境")
