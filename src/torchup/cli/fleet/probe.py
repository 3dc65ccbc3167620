"""``torchup fleet probe``: look at every host of an inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.fleet.hosts import counted, inventory_meant, names, reaching
from torchup.cli.render import machine_line
from torchup.errors import EXIT_DONE, EXIT_OUTSIDE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from torchup.cli.session import Session
    from torchup.fleet.inventory import Inventory
    from torchup.fleet.probing import Probed

_LOST: Final = {"unreachable": "fleet.lost-unreachable", "failed": "fleet.lost-failed"}


def run(args: argparse.Namespace, session: Session) -> int:
    """Probe, telling of each host as it answers; then say what is known and what is not."""

    def show(found: Probed) -> None:
        if session.json:
            return
        if found.machine is not None:
            session.out.row(found.host, machine_line(found.machine, session))
        elif found.why is not None:
            session.out.row(found.host, session.words.text(found.why), "stops")
        session.out.flush()

    inventory = inventory_meant(args, session)
    if args.missing:
        from torchup.fleet.inventory import without
        from torchup.fleet.kept import answering_hosts

        inventory = without(inventory, answering_hosts(session.context.home))
    found = _probed(inventory, args, session, show)
    good = all(one.state == "ok" for one in found)
    if session.json:
        _emit(found, session)
    else:
        _end(found, args, session)
    return EXIT_DONE if good else EXIT_OUTSIDE


def _probed(
    inventory: Inventory,
    args: argparse.Namespace,
    session: Session,
    show: Callable[[Probed], None],
) -> tuple[Probed, ...]:
    """Probe; where ``--missing`` leaves no host, all are known already."""
    from torchup.fleet.ansible import NoneLeftError
    from torchup.fleet.probing import probe_hosts

    try:
        return probe_hosts(session.context, inventory, session.words, show)
    except NoneLeftError:
        if args.missing:
            return ()
        raise


def _emit(found: tuple[Probed, ...], session: Session) -> None:
    from torchup.wire import write
    from torchup.wire.fleet import FleetProbedV1, FleetProbeV1

    hosts = tuple(
        FleetProbedV1(
            name=one.host,
            state=one.state,
            why=session.words.text(one.why) if one.why is not None else "",
            machine=write.machine(one.machine, session.words) if one.machine else None,
        )
        for one in sorted(found, key=lambda one: one.host)
    )
    folder = str(session.context.home.fleet)
    good = all(one.state == "ok" for one in hosts)
    session.emit(FleetProbeV1(ok=good, folder=folder, hosts=hosts))


def _end(found: tuple[Probed, ...], args: argparse.Namespace, session: Session) -> None:
    out = session.out
    known = [one for one in found if one.machine is not None]
    said = counted(len(known), session) if found else session.say("fleet.none-missing")
    out.row(session.say("cli.label.done"), said)
    for state, code in _LOST.items():
        lost = sorted(one.host for one in found if one.state == state)
        if lost:
            said = session.say(code, hosts=names(lost, session), count=len(lost))
            out.row("", said, "stops")
    out.row(session.say("cli.label.saved"), str(session.context.home.fleet))
    if any(one.machine is None for one in found):
        again = session.pasteable(
            "torchup", "fleet", "probe", *reaching(args, "probe"), "--missing"
        )
        out.row(session.say("cli.label.also"), again, "quiet")
    out.row(session.say("cli.label.next"), "torchup fleet plan")
