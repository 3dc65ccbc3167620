"""What torchruntime chooses, and which version its own install command then gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from tools.peers.answers import Answer
from tools.peers.ask_uv import last_line, resolve_with_uv
from tools.peers.scratch import run
from tools.peers.stage import pci_of
from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from tools.peers.machines import Subject
    from tools.peers.stage import Stage

INSIDE: Final = Path(__file__).with_name("inside_torchruntime.py")
_SYSTEMS: Final = {"linux": "Linux", "windows": "Windows", "macos": "Darwin"}
_OVERRIDE: Final = "HSA_OVERRIDE_GFX_VERSION"


def ask_torchruntime(stage: Stage) -> Answer:
    """Let torchruntime detect the made machine, and resolve what it would install."""
    name = load_catalogue().framework.name
    asked = json.dumps(described(stage.subject) | {"packages": [name]})
    command = [stage.program("python"), "-I", str(INSIDE)]
    status, printed, said = run(command, stage.environment, asked)
    if status != 0:
        return Answer(kind="failure", said=last_line(said))
    found = json.loads(printed)
    install = next(one for one in found["commands"] if name in one)
    if len(found["commands"][0]) == 1 and found["commands"][0] != install:
        return Answer(kind="outside", said=found["commands"][0][0])
    answer = resolve_with_uv(stage, [one for one in install if one != name])
    return replace(answer, poses_as=posed(found["sets"]))


def described(subject: Subject) -> dict[str, Any]:
    """Give the machine as the program prints it that torchruntime would ask."""
    machine = subject.machine
    cpu = "amd64" if machine.platform == "windows-x86_64" else machine.arch
    listing = "\n".join(subject.lspci)
    if machine.os.system == "windows":
        ids = [pci_of(line) for line in subject.lspci]
        listing = "\n".join(f"PCI\\VEN_{v.upper()}&DEV_{d.upper()}" for _, _, v, d in ids)
    if machine.os.system == "macos":
        shown = [{"spdisplays_vendor": "sppci_vendor_Apple", "_name": "Apple"}]
        listing = json.dumps({"SPDisplaysDataType": shown})
    return {"system": _SYSTEMS[machine.os.system], "cpu": cpu, "listing": listing}


def posed(sets: dict[str, str]) -> str:
    """Turn ``10.3.0`` into ``gfx1030``; ROCm writes the last two numbers in hexadecimal."""
    version = sets.get(_OVERRIDE, "")
    if not version:
        return ""
    major, minor, step = (int(part) for part in version.split("."))
    return f"gfx{major}{minor:x}{step:x}"
