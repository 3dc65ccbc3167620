"""Machines and plans as lines of a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.cli.screen import size_of
from torchup.model import SYSTEM_NAMES, shown_url
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    from torchup.cli.session import Session
    from torchup.model import (
        Gpu,
        LeftOut,
        Machine,
        Plan,
        Reason,
        Resolution,
        Stack,
    )


def machine_line(machine: Machine, session: Session) -> str:
    """The machine in one line: system, cards, driver."""
    usual = "arm64" if machine.os.system == "macos" else "x86_64"
    unusual = () if machine.arch == usual else (machine.arch,)
    parts = [system_name(machine), *unusual]
    if machine.gpus is None:
        parts.append(session.say("cli.gpus-unknown"))
    elif not machine.gpus:
        parts.append(session.say("cli.no-gpu"))
    alike: dict[str, int] = {}
    for gpu in machine.gpus or ():
        alike[gpu_line(gpu)] = alike.get(gpu_line(gpu), 0) + 1
    parts += [line if count == 1 else f"{count} x {line}" for line, count in alike.items()]
    for driver in machine.drivers or ():
        if driver.version or not driver.max_runtime:
            parts.append(session.say("cli.driver", version=driver.version or "?"))
        if driver.max_runtime and driver.vendor == "nvidia":
            parts.append(session.say("cli.up-to", runtime=driver.max_runtime))
    return " · ".join(parts)


def system_name(machine: Machine) -> str:
    """The system by its name and version: ``ubuntu 22.04``, ``macOS 14.5``, ``WSL 2 (linux)``."""
    os = machine.os
    linux = os.system == "linux"
    name = os.distro or os.system if linux else SYSTEM_NAMES[os.system]
    shown = f"{name} {os.version}" if os.version else name
    return f"WSL {os.wsl} ({shown})" if os.wsl else shown


def gpu_line(gpu: Gpu) -> str:
    """A card: name, architecture, memory."""
    unnamed = f"{gpu.vendor.upper()} GPU" if gpu.vendor else "?"
    name = (gpu.name or gpu.pci_id or unnamed).removeprefix("NVIDIA ")
    facts = [gpu.arch or "", _memory(gpu.memory_mib) if gpu.memory_mib else ""]
    shown = ", ".join(fact for fact in facts if fact)
    return f"{name} ({shown})" if shown else name


def _memory(mib: int) -> str:
    return f"{mib / 1024:.0f} GB" if mib >= 1000 else f"{mib} MB"  # noqa: PLR2004 - a GB


def stack_line(stack: Stack) -> str:
    """A stack: packages, build, Python."""
    named = [f"{name} {version}".rstrip() for name, version in stack.packages.items()]
    if stack.build:
        named[0] = f"{named[0]}+{stack.build}"
    return " · ".join([*named, f"Python {stack.python}"])


def print_plan(plan: Plan, machine: Machine, session: Session, *, details: bool = False) -> None:
    """Print a choice: the stack, why, what was left out, what it costs, what would be better."""
    answer = plan.resolution
    if answer.stack is None:
        print_none(answer, session)
        return
    print_choice(plan, machine, session, details=details)
    print_fetching(plan, session)


def print_choice(plan: Plan, machine: Machine, session: Session, *, details: bool = False) -> None:
    """Print the stack, why it was chosen, and what was left out."""
    answer, out = plan.resolution, session.out
    if answer.stack is None:
        return
    out.row(session.say("cli.label.choosing"), stack_line(answer.stack), "good")
    for line in _why(answer, session, details=details):
        out.row("", line)
    _print_left_out(answer, machine, session)
    for near in answer.near_misses:
        out.row(session.say("cli.label.also"), session.words.text(near.remedy), "quiet")


def _why(answer: Resolution, session: Session, *, details: bool) -> list[str]:
    if details:
        return [line for reason in answer.reasons for line in _with_fact(reason, session)]
    from torchup.resolve.traps import is_about_traps

    about = _of_a_project(answer, session)
    shown = [r for r in answer.reasons if not is_about_traps(r) and r not in about]
    telling = [r for r in shown if r.effect == "prefer" and not r.code.startswith("python")]
    accepted = [r for r in shown if r.effect == "accept"]
    warned = [r for r in answer.reasons if r.effect == "warn"]
    traps = [r for r in answer.reasons if is_about_traps(r) and r.effect == "prefer"]
    kept = (*about, *warned, *(telling or accepted)[:2], *traps[:1])
    return [reason_text(reason, session.words) for reason in kept]


def _of_a_project(answer: Resolution, session: Session) -> list[Reason]:
    """What was read of a project, and what of it was moved."""
    if not (session.given.project or session.given.files):
        return []
    from torchup.projects.told import ALWAYS

    return [one for one in answer.reasons if one.code in ALWAYS]


def _with_fact(reason: Reason, session: Session) -> list[str]:
    """A reason and, where it rests on a row of the catalogue, that row's source and day."""
    said = [reason_text(reason, session.words)]
    fact = reason.fact
    if fact is not None and fact.url:
        args = {"file": fact.file, "key": fact.key, "url": fact.url, "day": fact.checked}
        said.append(f"  {session.say('cli.fact', **args)}")
    return said


def _print_left_out(answer: Resolution, machine: Machine, session: Session) -> None:
    for one in answer.companions_left_out:
        session.out.row("", _left_out(one, session), "costs")
    for position in answer.leaves_out:
        name = gpu_line((machine.gpus or ())[position])
        session.out.row("", session.say("cli.gpu-left-out", gpu=position, name=name), "costs")


def _left_out(one: LeftOut, session: Session) -> str:
    why = reason_text(one.reason, session.words)
    return session.say("cli.left-out", name=one.subject, why=why)


def framework_title() -> str:
    """How people write the name of the framework that is meant."""
    from torchup.facts.load import load_catalogue

    return load_catalogue().framework.title


def print_fetching(plan: Plan, session: Session) -> None:
    """Print where the files come from, and how many bytes they are."""
    stack = plan.resolution.stack
    where = shown_url(stack.index_url) if stack else ""
    if not plan.artifacts:
        session.out.row(session.say("cli.label.from"), where)
        return
    sizes = [one.size for one in plan.artifacts]
    total = size_of(sum(size or 0 for size in sizes))
    code = "cli.fetching-at-least" if None in sizes else "cli.fetching"
    if stack is not None and not stack.build:  # a bare base of conda's
        code = "conda.base-fetching"
    said = session.say(
        code, size=total, count=len(plan.artifacts), where=where, framework=framework_title()
    )
    session.out.row(session.say("cli.label.fetching"), said)
    unhashed = [one.name for one in plan.artifacts if not one.sha256]
    if unhashed:
        session.out.row("", session.say("cli.no-hash", names=", ".join(unhashed)), "costs")


def print_urls(plan: Plan, session: Session) -> None:
    """Print the files' addresses, each under a comment with its size and hash.

    Comments above them name the stack, and what to know before it is fetched.
    """
    answer = plan.resolution
    if answer.stack is not None:
        session.out.line(f"# {stack_line(answer.stack)}")
    for reason in answer.reasons:
        if reason.effect == "warn":
            session.out.line(f"# {reason_text(reason, session.words)}")
    for one in answer.companions_left_out:
        session.out.line(f"# {_left_out(one, session)}")
    for file in plan.artifacts:
        size = session.say("cli.urls.no-size") if file.size is None else size_of(file.size)
        parts = [file.name, file.version, size, f"sha256={file.sha256}" if file.sha256 else ""]
        session.out.line(f"# {' '.join(part for part in parts if part)}")
        session.out.line(file.url)


def print_none(answer: Resolution, session: Session) -> None:
    """Print that there is no stack, why, and the nearest ways out."""
    from torchup.facts.load import titles

    out = session.out
    pins = any(reason.code == "pins-unsolvable" for reason in answer.reasons)
    said = "cli.none.pins" if pins else "cli.none"
    out.line(out.paint(session.say(said, framework=titles(answer.lacking)), "stops"))
    for reason in answer.reasons:
        out.line(f"  {reason_text(reason, session.words)}", folds=True)
    from torchup.cli.ways import print_ways

    print_ways(answer, session)
