"""``rocminfo``, whole or filtered: the processors and cards that AMD's compute runtime sees.

``facts`` has ``runtime`` (the runtime's version) where it is printed. Of a card, ``extra`` has
``chip_id`` (four hexadecimal digits), ``isa`` (the first), ``compute_units`` and ``node``.
"""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import Struct

from torchup.model.makers import pci_id_of
from torchup.readers.hardware import (
    amd_family,
    maker_by_name,
    unpacked_address,
    unquoted,
    why_nothing,
)
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.rocminfo_lines import cards_in, is_filtered
from torchup.readers.texts import known, lines_of

KIND: Final = "rocminfo"
_AGENT: Final = re.compile(r"^\W{0,4}Agent (\d{1,4})\W{0,4}$")
_PAIR: Final = re.compile(r"^([^:]{1,40}):\s*(.*)$")
_NUMBER: Final = re.compile(r"^(\d{1,18})(?:\s*\(0x([0-9a-fA-F]{1,16})\))?")
_MODULE: Final = re.compile(r"ROCk module version (\d+(?:\.\d+){1,3})")
_NO_DRIVER: Final = re.compile(r"ROCk module is NOT loaded", re.IGNORECASE)
_REFUSED: Final = re.compile(r"not member of|permission denied", re.IGNORECASE)
_FAILED: Final = re.compile(r"hsa api call failure|HSA_STATUS_ERROR|hsa_init failed", re.IGNORECASE)
_SIGN: Final = re.compile(r"HSA System Attributes|HSA Agents|ROCk module|hsa api call failure")
_PARTS: Final = frozenset({"Pool Info", "ISA Info"})
_DONE: Final = "*** Done ***"


class _Agent(Struct, kw_only=True):
    """One agent: its own values, its largest pool in KiB, its instruction sets."""

    values: dict[str, str] = {}
    pool: int = 0
    isas: list[str] = []
    part: str = ""
    is_global: bool = False


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = unquoted(text)[:200_000]
    return _SIGN.search(head) is not None or is_filtered(head)


def read(text: str) -> Reading:
    """Read it. A pool's size is the card's memory; a card inside a processor has a share of its."""
    text = unquoted(text)
    lines = lines_of(text)
    agents, heads = _agents(lines)
    module = _MODULE.search(text[:20_000])
    driver = module[1] if module else None
    filtered = [] if agents else cards_in(lines)
    if filtered:
        return Reading(kind=KIND, gpus=tuple(filtered), driver=driver, facts=heads)
    if not agents:
        return Reading(kind=KIND, state=_why(text), driver=driver, facts=heads)
    cards = [agent for agent in agents if _is_gpu(agent)]
    return Reading(
        kind=KIND,
        state=_state(cards, agents, lines),
        gpus=tuple(_card(agent, at) for at, agent in enumerate(cards)),
        driver=driver,
        facts=heads,
    )


def _why(text: str) -> str:
    head = text[:20_000]
    if _NO_DRIVER.search(head):
        return "driver-not-loaded"
    if _REFUSED.search(head):
        return "no-permission"
    return "runtime-error" if _FAILED.search(head) else why_nothing(text)


def _state(cards: list[_Agent], agents: list[_Agent], lines: list[str]) -> str:
    done = any(_DONE in line for line in lines)
    begun = any("HSA Agents" in line for line in lines)
    last = (cards or agents)[-1]
    cut = not done and (begun or (not last.isas if cards else "Device Type" not in last.values))
    if cut:
        return "truncated"
    return "ok" if cards else "no-gpu"


def _agents(lines: list[str]) -> tuple[list[_Agent], dict[str, Any]]:
    agents: list[_Agent] = []
    facts: dict[str, Any] = {}
    for line in lines:
        if _AGENT.match(line):
            agents.append(_Agent(values={}, isas=[]))
            continue
        found = _PAIR.match(line.strip())
        if found is None:
            continue
        key, value = found[1].strip(), found[2].strip()
        if agents:
            _take(agents[-1], key, value)
        elif key == "Runtime Version" and value:
            facts["runtime"] = value
    return agents, facts


def _take(agent: _Agent, key: str, value: str) -> None:
    """Put a value where it belongs: a pool and an instruction set have names and sizes too."""
    if key in _PARTS:
        agent.part, agent.is_global = key, False
    elif agent.part == "ISA Info":
        if key == "Name" and value:
            agent.isas.append(value)
    elif agent.part == "Pool Info":
        if key == "Segment":
            agent.is_global = value.startswith("GLOBAL")
        elif key == "Size" and agent.is_global:
            agent.pool = max(agent.pool, _plain(value) or 0)
    else:
        agent.values.setdefault(key, value)


def _plain(value: str | None) -> int | None:
    found = _NUMBER.match(value or "")
    return int(found[1]) if found else None


def _is_gpu(agent: _Agent) -> bool:
    said = agent.values.get("Device Type")
    if said:
        return said.upper() == "GPU"
    return amd_family(agent.values.get("Name")) is not None


def _card(agent: _Agent, at: int) -> ReadGpu:
    values = agent.values
    chip = _NUMBER.match(values.get("Chip ID", ""))
    chip_id = f"{int(chip[1]):04x}" if chip and int(chip[1]) else None
    bdf = _plain(values.get("BDFID"))
    isa = agent.isas[0] if agent.isas else None
    uuid = known(values.get("Uuid"))
    # A partitioned or virtual card may have no name of its own: the architecture stands there.
    name = known(values.get("Marketing Name"))
    return ReadGpu(
        index=at,
        name=name,
        vendor=maker_by_name(values.get("Vendor Name"), name) or "amd",
        arch=amd_family(values.get("Name")) or amd_family(isa),
        pci_id=pci_id_of("amd", chip_id) if chip_id else None,
        bus_id=unpacked_address(bdf, _plain(values.get("Domain")) or 0) if bdf else None,
        uuid=None if uuid is None or uuid.endswith("-XX") else uuid,
        memory_mib=agent.pool // 1024 or None,
        extra={
            "chip_id": chip_id,
            "isa": isa,
            "compute_units": _plain(values.get("Compute Unit")),
            "node": _plain(values.get("Node")),
        },
    )
