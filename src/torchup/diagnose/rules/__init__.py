"""Every cause that is known, one module per group.

A newcomer adds a cause as one :class:`~torchup.diagnose.rule.Rule` in the module of its group, its
words in :mod:`torchup.words`, and a transcript in the tests.
"""

from __future__ import annotations

from typing import Final

from torchup.diagnose.rules import (
    build,
    conda,
    container,
    gpu,
    libraries,
    other,
    pip,
    python,
    windows,
)

RULES: Final = (
    *gpu.RULES,
    *container.RULES,
    *libraries.RULES,
    *windows.RULES,
    *pip.RULES,
    *conda.RULES,
    *python.RULES,
    *build.RULES,
    *other.RULES,
)
"""Every cause."""
HARMLESS: Final = other.HARMLESS
"""Messages that are no faults."""
