"""The machines of ``machines.toml``, each as torchup and as its peers would see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from torchup.model import Interpreter, Machine
from torchup.wire.read import machines as read_machines

DATA: Final = Path(__file__).with_name("machines.toml")
SCHEMA: Final = "torchup.machine/v1"


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One machine as the file has it."""

    id: str
    name: str
    machine: dict[str, Any]
    lspci: tuple[str, ...]
    rocm_agents: tuple[str, ...] = ()
    xpu: bool | None = None
    python: str | None = None


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    python: str
    xpu_source: str
    machines: tuple[_Row, ...]


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """One machine to compare on.

    Attributes:
        id: its key in the recorded answers.
        name: what the page calls it.
        machine: as torchup reads it.
        python: the interpreter that is installed, such as ``3.13``.
        lspci: the lines of ``lspci -nn`` for its display devices.
        rocm_agents: what ``rocm_agent_enumerator`` prints; empty where it isn't installed.
        xpu: whether its Intel GPU is one that the xpu builds are made for.
    """

    id: str
    name: str
    machine: Machine
    python: str
    lspci: tuple[str, ...]
    rocm_agents: tuple[str, ...] = ()
    xpu: bool = False

    @property
    def driver(self) -> str:
        """The version of NVIDIA's driver; empty where there is none."""
        found = self.machine.driver("nvidia")
        return found.version if found else ""


def load_subjects(path: Path = DATA) -> tuple[Subject, ...]:
    """Read the machines.

    Raises:
        UsageError: a machine isn't a document that torchup reads.
        ValidationError: the file has another shape (of ``msgspec``).
    """
    found = msgspec.toml.decode(path.read_bytes(), type=_File)
    return tuple(_subject(row, found.python) for row in found.machines)


def _subject(row: _Row, python: str) -> Subject:
    document = msgspec.json.encode({"schema": SCHEMA, **row.machine})
    (machine,) = read_machines(document, row.id)
    line = row.python or python
    installed = Interpreter(path=f"/usr/bin/python{line}", version=f"{line}.0")
    return Subject(
        id=row.id,
        name=row.name,
        machine=replace(machine, pythons=(installed,)),
        python=line,
        lspci=row.lspci,
        rocm_agents=row.rocm_agents,
        xpu=bool(row.xpu),
    )
