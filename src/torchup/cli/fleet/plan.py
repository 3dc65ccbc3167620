"""``torchup fleet plan``: every host's own stack, and the one for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.fleet.hosts import counted, hosts_meant, names, reaching
from torchup.cli.render import machine_line, print_plan, stack_line
from torchup.cli.request import requirement_of
from torchup.cli.ways import requirement_options
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.model import Plan
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    import argparse

    from torchup.cli.session import Session
    from torchup.model.fleet import FleetPlan, HostGroup, HostLeft, HostPlan, SharedStack

_REASONS: Final = 6
"""Kinds of hosts at most that a shared stack is said not to run on."""


def run(args: argparse.Namespace, session: Session) -> int:
    """Plan for every host and print what each gets."""
    from torchup.api.fleet.planning import plan_fleet

    requirement = requirement_of(args, session)
    found = plan_fleet(session.context, hosts_meant(args, session), requirement)
    if session.json:
        from torchup.wire.fleet_write import fleet_plan

        session.emit(fleet_plan(found, session.words))
    else:
        _print(found, args, session)
    return EXIT_DONE if all(one.stack is not None for one in found.hosts) else EXIT_NO


def _print(found: FleetPlan, args: argparse.Namespace, session: Session) -> None:
    out = session.out
    out.row(session.say("cli.label.looking"), counted(len(found.hosts), session))
    if args.machines is None:
        from torchup.fleet.kept import lost_hosts

        lost = lost_hosts(session.context.home)
        if lost:
            said = session.say("fleet.last-time-lost", hosts=names(lost, session))
            out.row("", said, "costs")
    if args.host or args.verbose:
        for one in found.hosts:
            _print_host(one, args, session)
    for group in found.groups:
        _print_group(group, args, session)
    from torchup.api.fleet.planning import knows_shared

    if len(found.hosts) > 1 and knows_shared(args.requirements):
        _print_shared(found, args, session)
    _print_next(found, args, session)


def _print_host(plan: HostPlan, args: argparse.Namespace, session: Session) -> None:
    """One host with its why."""
    out = session.out
    out.line()
    machine = plan.host.machine
    label = plan.host.name
    if machine is not None:
        out.row(label, machine_line(machine, session))
        label = ""
    if plan.answer is not None and machine is not None:
        print_plan(Plan(resolution=plan.answer), machine, session, details=args.verbose)
    elif plan.refused is not None:
        out.row(label, session.words.text(plan.refused), "stops")


def _print_group(group: HostGroup, args: argparse.Namespace, session: Session) -> None:
    out, words = session.out, session.words
    out.line()
    label = counted(len(group.hosts), session)
    if group.stack is not None:
        out.row(label, stack_line(group.stack), "good")
    elif group.refused is not None:
        out.row(label, words.text(group.refused), "stops")
    else:
        out.row(label, session.say("fleet.none"), "stops")
        for reason in group.reasons[:1]:
            out.row("", reason_text(reason, words))
        if group.remedy is not None:
            out.row("", words.text(group.remedy))
    cards = names(group.cards, session)
    drivers = names(group.drivers, session)
    if cards and drivers:
        out.row("", session.say("fleet.cards-and-drivers", cards=cards, drivers=drivers), "quiet")
    elif cards:
        out.row("", cards, "quiet")
    out.row("", names(group.hosts, session, whole=args.verbose), "quiet")


def _print_shared(found: FleetPlan, args: argparse.Namespace, session: Session) -> None:
    out, every = session.out, len(found.hosts)
    out.line()
    if not found.shared:
        out.row(session.say("cli.label.for-all"), session.say("fleet.shared-none"), "stops")
        return
    best, *newer = found.shared
    said = {"stack": stack_line(best.stack), "count": len(best.hosts), "all": every}
    whole = len(best.hosts) == every
    code = "fleet.shared-all" if whole else "fleet.shared-most"
    out.row(
        session.say("cli.label.for-all"), session.say(code, **said), "good" if whole else "costs"
    )
    _print_left(best.left, args, session)
    for one in newer:
        also = {"stack": stack_line(one.stack), "count": len(one.hosts), "all": every}
        out.row(session.say("cli.label.also"), session.say("fleet.shared-newer", **also), "quiet")


def _print_left(left: tuple[HostLeft, ...], args: argparse.Namespace, session: Session) -> None:
    """The hosts that a shared stack leaves: those with the same reason and way out together."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in left:
        why = tuple(reason_text(reason, session.words) for reason in one.reasons)
        # With one change that would help, what it answers is enough; else everything counts.
        told = (*why[:1], session.words.text(one.remedy)) if one.remedy is not None else why
        alike.setdefault(told, []).append(one.name)
    ordered = sorted(alike.items(), key=lambda item: -len(item[1]))
    shown = ordered if args.verbose else ordered[:_REASONS]
    for told, hosts in shown:
        listed = names(hosts, session, whole=args.verbose)
        session.out.row("", session.say("fleet.without", hosts=listed), "costs")
        for line in told:
            session.out.row("", f"  {line}")
    rest = sum(len(hosts) for _, hosts in ordered[len(shown) :])
    if rest:
        session.out.row("", session.say("fleet.and-others", count=rest), "quiet")


def _print_next(found: FleetPlan, args: argparse.Namespace, session: Session) -> None:
    asked = [*args.requirements, *requirement_options(args)]
    stuck = next((one.host.name for one in found.hosts if one.stack is None), None)
    if stuck is not None and not args.host:
        words = [*asked, *reaching(args, "plan"), "--host", stuck, "-v"]
    elif found.shared and not args.host and len(found.groups) > 1:
        words = [*_pinned(found.shared[0], args), *reaching(args, "plan")]
    else:
        words = [*asked, *reaching(args, "plan"), "--json"]
    said = session.pasteable("torchup", "fleet", "plan", *words)
    session.out.row(session.say("cli.label.next"), said)


def _pinned(shared: SharedStack, args: argparse.Namespace) -> list[str]:
    """What was asked for, with the pins that give a shared stack."""
    from torchup.model.names import name_of

    name, version = next(iter(shared.stack.packages.items()))
    others = [one for one in args.requirements if name_of(one) != name]
    pins = ("--build", shared.stack.build, "--python", shared.stack.python)
    return [f"{name}=={version}", *others, *requirement_options(args, stack=False), *pins]
