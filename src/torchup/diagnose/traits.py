"""What is known of the machine that a log comes from: from the log, from a person, from a probe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torchup.diagnose.rules.told import ANYWHERE, STATED
from torchup.facts.causes import load_cause_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.model import Machine


def stated_traits(facts: Mapping[str, str]) -> frozenset[str]:
    """Return what a person's words tell.

    Args:
        facts: ``os``, ``gpu``, ``driver``, ``cuda``, ``torch``, ``python``, ``installer``, and any
            others: free text.
    """
    found = {
        trait
        for trait, name, pattern in STATED
        if name in facts and re.search(pattern, str(facts[name]), re.IGNORECASE)
    }
    if "no-nvidia" in found or ("amd" in found and "nvidia" not in found):
        found.discard("nvidia")
        found.add("no-nvidia")
    every = " ".join(str(value) for value in facts.values())
    for trait, pattern in ANYWHERE:
        if re.search(pattern, every, re.IGNORECASE):
            found.add(trait)
    if "nvidia" in found and "gpu" in facts:
        ages = [_age(arch) for arch in _archs_of(str(facts["gpu"]))]
        found |= set.intersection(*ages) if ages else set()
    return frozenset(found)


def _archs_of(name: str) -> set[str]:
    """The architectures that a card which somebody names may have."""
    from torchup.facts.load import load_gpus

    said = re.search(r"(?:capability|\bsm_?)\s*(\d{1,2})\.?(\d)\b", name, re.IGNORECASE)
    if said:
        return {f"sm_{said[1]}{said[2]}"}
    return {arch for card in load_gpus().find(name) for arch in card.archs}


def _age(arch: str) -> set[str]:
    number = re.match(r"sm_?(\d+)", arch)
    if number is None:
        return set()
    cards, arch_number = load_cause_facts().cards, int(number[1])
    if arch_number < cards.old:
        return {"old-card"}
    return {"recent-card"} if arch_number >= cards.recent else set()


def machine_traits(machine: Machine) -> frozenset[str]:
    """Return what a probe tells."""
    found: set[str] = {machine.os.system}
    if machine.os.wsl:
        found.add("wsl")
    if machine.os.container:
        found.add("container")
    if machine.arch != "x86_64":
        found.add("arm64")
    if (machine.os.libc or "").startswith("musl"):
        found.add("alpine")
    vendors = {gpu.vendor for gpu in machine.gpus or ()}
    if "nvidia" in vendors:
        found.add("nvidia")
    elif machine.gpus is not None:
        found.add("no-nvidia")
    found = found.union(*(_age(gpu.arch or "") for gpu in machine.gpus or ()))
    if "amd" in vendors:
        found.add("amd")
    if "intel" in vendors:
        found.add("intel-gpu")
    if any(one.vendor == "nvidia" for one in machine.drivers or ()):
        found.add("driver-works")
    found |= {f"problem:{one.code}" for one in machine.problems}
    return frozenset(found)
