"""Hosts out of files: machine documents that ``probe`` wrote, one or many to a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.api.machines.evident import with_evident
from torchup.early import read_file
from torchup.errors import OutsideError, UsageError
from torchup.model import Text
from torchup.model.fleet import Host

if TYPE_CHECKING:
    from torchup.model import Machine

_LIKE_MACHINES: Final = frozenset({".json", ".jsonl", ".ndjson", ".txt", ".log"})
_HEAD: Final = 4_000
_COLLECTED: Final = b"torchup.collected/"


def read_hosts(where: str) -> tuple[Host, ...]:
    """Read every machine in a folder or a file, named by its ``host``, else by its file.

    In a file of many, those without a name are called ``FILE:LINE``. Captures and what
    ``nvidia-smi`` and its kin print count as well as machine documents, and so does what a job
    array gathered (``torchup.collected/v1``).

    Args:
        where: a file, or a folder whose files (``.json``, ``.jsonl``, ``.txt``, ``.log``) count.

    Raises:
        UsageError: ``fleet.machines-unreadable``, ``wire.malformed``, ``wire.not-a-machine``,
            ``fleet.no-machines``, ``fleet.two-hosts``, ``fleet.collected-cut`` or
            ``fleet.collected-other``.
    """
    place = Path(where)
    try:
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        kept = [one for one in files if one is place or _counts(one)]
        found = [host for file in kept for host in _in_file(file)]
    except OSError as error:
        raise UsageError("fleet.machines-unreadable", where=where, why=error.strerror) from error
    if not found:
        raise UsageError("fleet.no-machines", where=where)
    seen: set[str] = set()
    for one in found:
        if one.name in seen:
            raise UsageError("fleet.two-hosts", name=one.name, where=where)
        seen.add(one.name)
    return tuple(found)


def _counts(file: Path) -> bool:
    return file.suffix in _LIKE_MACHINES and not file.name.startswith(".") and file.is_file()


def _in_file(file: Path) -> list[Host]:
    data, where = read_file(file), str(file)
    if _COLLECTED in data[:_HEAD]:
        return _gathered(data, where)
    stem = file.name.removesuffix(file.suffix).removesuffix(".capture").removesuffix(".machine")
    if b"torchup.machine/" not in data[:_HEAD]:
        from torchup.api.machines.given import is_document, machine_given

        found = machine_given(data, where)
        if found is not None:
            return [_host(stem, found)]
        if not is_document(data):
            raise UsageError("wire.not-a-machine", where=where)
    from torchup.wire import read

    several = read.hosts(data, where)
    alone = len(several) == 1
    return [
        _host(name or (stem if alone else f"{stem}:{number}"), machine)
        for number, (name, machine) in enumerate(several, 1)
    ]


def _gathered(data: bytes, where: str) -> list[Host]:
    """What a shell script said of each host, gathered: a line for each."""
    from torchup.wire import read

    lines = enumerate(read.collected(data, where), 1)
    return [_replayed(name, said, f"{where}:{number}") for number, (name, said) in lines]


def _replayed(name: str, said: str, where: str) -> Host:
    from torchup.api.fleet.collected import IncompleteError, OtherSystemError, read_collected
    from torchup.api.machines.machine import replay_hardware

    try:
        return _host(name, replay_hardware(read_collected(said)))
    except OutsideError as error:
        why = Text(code=error.code, args=error.details)
        return Host(name=name, machine=None, why=why)
    except IncompleteError as error:
        raise UsageError("fleet.collected-cut", where=where, name=name) from error
    except OtherSystemError as error:
        system = str(error) or "?"
        raise UsageError("fleet.collected-other", where=where, name=name, system=system) from error


def _host(name: str, machine: Machine | str) -> Host:
    """A host; of one that nothing is published for, the processor is all that counts."""
    if isinstance(machine, str):
        why = Text(code="probe.unsupported-arch", args={"arch": machine})
        return Host(name=name, machine=None, why=why)
    told = machine.gpus is not None and all(gpu.name for gpu in machine.gpus)
    return Host(name=name, machine=machine if told else with_evident(machine))
