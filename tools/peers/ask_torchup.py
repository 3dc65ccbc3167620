"""What torchup chooses, by the catalogue alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from tools.peers.answers import Answer
from torchup.facts.load import load_catalogue, load_gpus
from torchup.model import Requirement
from torchup.resolve import resolve

if TYPE_CHECKING:
    from tools.peers.machines import Subject


def ask_torchup(subject: Subject) -> Answer:
    """Resolve what the peers are asked for: the framework alone, on the day of the facts."""
    catalogue = load_catalogue()
    name = catalogue.framework.name
    asked = Requirement(packages=(name,), companions=False, today=catalogue.checked)
    found = resolve(subject.machine, asked, catalogue, gpus=load_gpus())
    stack = found.stack
    if stack is None:
        said = next((one.code for one in found.reasons if one.effect == "reject"), "")
        return Answer(kind="refusal", said=said)
    older = Version(stack.python) < Version(subject.python)
    python = stack.python if older else ""
    return Answer(kind="build", version=stack.packages[name], build=stack.build, python=python)
