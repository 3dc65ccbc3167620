"""Seeing the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.probe import probe_machine

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.facts.gpus import GpuFact
    from torchup.host.capture import Capture
    from torchup.model import Interpreter, Machine
    from torchup.model.software import Software


_ASKED_BEFORE: Final = "interpreters.json"


class _Cards:
    """The catalogue's table of cards, loaded at the first question: most machines ask none."""

    def by_pci(self, pci_id: str, subsystem: str | None) -> GpuFact | None:
        from torchup.facts.load import load_gpus

        return load_gpus().by_pci(pci_id, subsystem)


def probe(context: Context, *, python: str | None = None, disks: bool = True) -> Machine:
    """Look at this machine: hardware, drivers, interpreters, disks.

    Args:
        context: the session.
        python: the path (links followed) of an interpreter that the user named; looked at too.
        disks: measure the room on disks, which is never the same twice.

    Raises:
        UsageError: ``python`` is not an interpreter.
    """
    cache = context.home.cache / _ASKED_BEFORE
    roots = (str(context.home.pythons),)
    machine = probe_machine(context.host, _Cards(), disks=disks, cache=cache, extra_roots=roots)
    known = machine.pythons or ()
    if python is None or any(one.path == python for one in known):
        return machine
    return replace(machine, pythons=(*known, _ask(context, python)))


def looked_at(context: Context) -> tuple[Path, ...]:
    """Name the files that :func:`probe` reads itself, there or not; the host sees to the rest."""
    return (context.home.cache / _ASKED_BEFORE,)


def record(context: Context) -> tuple[Machine, Software, Capture]:
    """Look at this machine and keep every answer, for :func:`replay` elsewhere.

    What interpreters answered earlier is asked again, so that the answers are in the capture.
    """
    from torchup.api.machines.software import with_software
    from torchup.host.recording import RecordingHost

    host = RecordingHost(context.host)
    machine = probe_machine(host, _Cards(), extra_roots=(str(context.home.pythons),))
    machine, software = with_software(host, context.home, machine)
    return machine, software, host.capture()


def replay(capture: Capture) -> tuple[Machine, Software]:
    """Look at a captured machine, as if it were here.

    Raises:
        OutsideError: ``probe.unsupported-arch``, a processor for which nothing is published.
    """
    from torchup.api.machines.software import with_software
    from torchup.host.capture import CaptureHost

    host = CaptureHost(capture)
    return with_software(host, None, probe_machine(host, _Cards()))


def replay_hardware(capture: Capture) -> Machine:
    """Look at a captured machine's hardware, drivers, interpreters and disks, and no further.

    Raises:
        OutsideError: ``probe.unsupported-arch``, a processor for which nothing is published.
    """
    from torchup.host.capture import CaptureHost

    return probe_machine(CaptureHost(capture), _Cards())


def _ask(context: Context, path: str) -> Interpreter:
    from torchup.probe.ask import ask_all
    from torchup.probe.interpreters import Candidate

    stamp = context.host.modified(path)
    if stamp is not None and context.host.is_executable(path):
        candidate = Candidate(path, "named", stamp)
        found = ask_all(context.host, (candidate,), None)[path]
        if found is not None:
            return found
    raise UsageError("ask.python-not-found", python=path)
