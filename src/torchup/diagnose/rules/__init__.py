"""Every cause that is known, in groups, each of one module or a few.

A newcomer adds a cause as one :class:`~torchup.diagnose.rule.Rule` in a module of its group, its
words in :mod:`torchup.words`, and a transcript in the tests.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from torchup.diagnose.rules import (
    addons,
    allocation,
    build,
    cards,
    conda,
    container,
    cuda_libraries,
    driver,
    frameworks,
    harmless,
    install,
    native,
    network,
    no_fault,
    other,
    packages,
    python,
    wheels,
    windows,
)
from torchup.diagnose.rules.programs import signs_of

_BY_CAUSE: Final = {
    "gpu": (*cards.RULES, *driver.RULES, *allocation.RULES),
    "container": container.RULES,
    "libraries": (*addons.RULES, *cuda_libraries.RULES, *native.RULES, *packages.RULES),
    "windows": windows.RULES,
    "pip": (*wheels.RULES, *network.RULES, *install.RULES),
    "conda": conda.RULES,
    "python": python.RULES,
    "build": build.RULES,
    "frameworks": frameworks.RULES,
    "other": (*other.RULES, *no_fault.RULES),
}
GROUPS: Final = {
    group: tuple(replace(rule, signs=(*rule.signs, *signs_of(rule.code))) for rule in rules)
    for group, rules in _BY_CAUSE.items()
}
"""The causes of each group."""
RULES: Final = tuple(rule for rules in GROUPS.values() for rule in rules)
"""Every cause."""
HARMLESS: Final = (*harmless.HARMLESS, *frameworks.HARMLESS)
"""Messages that are no faults."""
