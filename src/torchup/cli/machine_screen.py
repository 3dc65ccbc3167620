"""A machine on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.machines.installs import install_against
from torchup.cli.render import gpu_line
from torchup.cli.screen import size_of

if TYPE_CHECKING:
    from torchup.cli.session import Session
    from torchup.model import Interpreter, Machine, Problem

_SMALL: Final = 32  # bits of a Python that PyTorch has no wheels for


def print_machine(found: Machine, session: Session) -> None:
    """Print what is known of a machine, a line a thing."""
    out = session.out
    system = [found.os.distro or found.os.system, found.os.version, found.arch]
    extra = [
        found.os.libc,
        found.os.container,
        f"WSL {found.os.wsl}" if found.os.wsl else None,
    ]
    out.row(
        session.say("cli.label.system"), " · ".join(str(one) for one in (*system, *extra) if one)
    )
    cpu = found.cpu
    if cpu is not None:
        memory = size_of((found.memory_mib or 0) * 1024 * 1024) if found.memory_mib else ""
        cores = session.say("cli.cores", count=cpu.cores) if cpu.cores else ""
        out.row(
            session.say("cli.label.cpu"), " · ".join(p for p in (cpu.model, cores, memory) if p)
        )
    label = session.say("cli.label.gpu")
    for gpu in found.gpus or ():
        modes = ("MIG" if gpu.mig else "", "vGPU" if gpu.virtual else "")
        about = (gpu_line(gpu), *modes, gpu.pci_address, gpu.source)
        out.row(label, " · ".join(part for part in about if part))
        label = ""
    if not found.gpus:
        out.row(label, session.say("cli.no-gpu" if found.gpus == () else "cli.gpus-unknown"))
    for driver in found.drivers or ():
        nvidia = driver.vendor == "nvidia" and driver.max_runtime
        up_to = session.say("cli.up-to", runtime=driver.max_runtime) if nvidia else ""
        told = (driver.vendor, driver.version, up_to, driver.source or "")
        out.row(session.say("cli.label.driver"), " · ".join(one for one in told if one))
    label = session.say("cli.label.toolkits")
    for toolkit in found.toolkits or ():
        chosen = session.say("cli.toolkit-chosen") if toolkit.chosen else ""
        parts = (f"{toolkit.name} {toolkit.version}", toolkit.path, chosen)
        out.row(label, " · ".join(one for one in parts if one))
        label = ""
    label = session.say("cli.label.pythons")
    for python in found.pythons or ():
        out.row(label, _python_line(python, session))
        label = ""
    label = session.say("cli.label.disk")
    for disk in {
        (one.free_mib, one.total_mib): one for one in reversed(found.disks or ())
    }.values():
        free = session.say("cli.free", size=size_of(disk.free_mib * 1024 * 1024), path=disk.path)
        out.row(label, free)
        label = ""
    print_problems(found, session)


def _python_line(python: Interpreter, session: Session) -> str:
    kind = session.say("cli.python-32") if python.bits == _SMALL else ""
    kind = session.say("cli.python-free") if python.freethreaded else kind
    shown = (python.version, python.implementation, kind, python.origin, python.path)
    return " · ".join(one for one in shown if one)


def print_problems(found: Machine, session: Session) -> None:
    """Print what is odd about a machine, and what to do about each."""
    for problem in found.problems:
        said = session.words.say(f"problem.{problem.code}", problem.args)
        session.out.row(session.say("cli.label.problem"), said, "costs")
        for line in _steps(problem, found, session):
            session.out.row("", line, "quiet")


def _steps(problem: Problem, found: Machine, session: Session) -> list[str]:
    """The commands that install a driver here, where it is that; else what its words advise."""
    install = install_against(problem, found.os)
    if install is not None:
        return [session.say("cli.install-driver"), *(f"  {one}" for one in install.commands)]
    code = f"problem.{problem.code}.hint"
    return [session.words.say(code, problem.args)] if session.words.has(code) else []
