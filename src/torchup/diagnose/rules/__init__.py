"""Every cause that is known, one module per group.

A newcomer adds a cause as one :class:`~torchup.diagnose.rule.Rule` in the module of its group, its
words in :mod:`torchup.words`, and a transcript in the tests.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from torchup.diagnose.rules import (
    build,
    conda,
    container,
    frameworks,
    gpu,
    libraries,
    other,
    pip,
    python,
    windows,
)
from torchup.diagnose.rules.programs import signs_of

_BY_CAUSE: Final = {
    "gpu": gpu.RULES,
    "container": container.RULES,
    "libraries": libraries.RULES,
    "windows": windows.RULES,
    "pip": pip.RULES,
    "conda": conda.RULES,
    "python": python.RULES,
    "build": build.RULES,
    "frameworks": frameworks.RULES,
    "other": other.RULES,
}
GROUPS: Final = {
    group: tuple(replace(rule, signs=(*rule.signs, *signs_of(rule.code))) for rule in rules)
    for group, rules in _BY_CAUSE.items()
}
"""The causes of each module."""
RULES: Final = tuple(rule for rules in GROUPS.values() for rule in rules)
"""Every cause."""
HARMLESS: Final = (*other.HARMLESS, *frameworks.HARMLESS)
"""Messages that are no faults."""
