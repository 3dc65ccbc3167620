"""What a person should always see of how a project was read, however short the answer."""

from __future__ import annotations

from typing import Final

ALWAYS: Final = frozenset(
    {
        "project-read",
        "framework-implied",
        "imports-inferred",
        "readme-states",
        "image-holds",
        "name-corrected",
        "day-of-commit",
        "project-is-old",
        "day-of-declarations",
        "moved-build",
        "moved-python",
        "moved-python-gone",
        "python-of-pins",
    }
)
"""Codes of reasons; those that warn are shown anyway."""
