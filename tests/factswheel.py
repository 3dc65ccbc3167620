"""Wheels of facts for tests: the shipped facts, as if they had been checked on another day."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from torchup.facts.current import DATA

ROOT = str(Path(__file__).parents[1])
if ROOT not in sys.path:  # the tools are run from the checkout
    sys.path.insert(0, ROOT)

from tools import build_facts_wheel  # noqa: E402  # its place was just named

__all__ = ["build_facts_wheel", "facts_wheel"]


def facts_wheel(root: Path, day: str, into: Path | None = None) -> Path:
    """Make a wheel; it lacks the releases of version 1, so that it can be told apart.

    Args:
        root: takes the TOML files, under ``DAY/data``.
        day: the day they were checked.
        into: takes the wheel; ``root`` if it isn't named.
    """
    data = root / day / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns("*.json", "1.*"))
    for path in data.rglob("*.toml"):
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [f"checked = {day}" if one.startswith("checked") else one for one in lines]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return build_facts_wheel.build(data, into or root)
