"""``torchup fleet verify NAME --together``: all hosts at once, through torchrun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.cli.fleet.hosts import counted, names, reaching
from torchup.cli.request import bytes_of
from torchup.errors import EXIT_DONE, EXIT_NO, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.fleet.inventory import Inventory
    from torchup.fleet.together import Together

_TWO = 2


def run(
    name: str,
    hosts: Sequence[str],
    inventory: Inventory,
    args: argparse.Namespace,
    session: Session,
) -> int:
    """Try the ways between the hosts, compute, and say what was found.

    Raises:
        UsageError: ``fleet.together-alone``: it takes two hosts.
    """
    from torchup.fleet.together import verify_together

    if len(hosts) < _TWO:
        raise UsageError("fleet.together-alone", name=name)
    said = {"meet": "fleet.together-meet", "compute": "fleet.together-compute"}

    def stage(what: str) -> None:
        if not session.json:
            session.out.row(
                session.say("cli.label.looking" if what == "meet" else "cli.label.verifying"),
                session.say(said[what], hosts=counted(len(hosts), session)),
            )
            session.out.flush()

    found = verify_together(
        session.context,
        inventory,
        name,
        hosts,
        wheelhouse=args.wheelhouse or "",
        port=args.port,
        limit_s=args.time_limit,
        on_stage=stage,
    )
    if session.json:
        _emit(found, session)
    else:
        _print(found, name, args, session)
    return EXIT_DONE if found.good else EXIT_NO


def told(name: str, args: argparse.Namespace, session: Session) -> int:
    """Say what is in a file of answers that a job wrote.

    Raises:
        UsageError: the file can't be read, or is something else; ``fleet.together-alone``.
    """
    from msgspec import to_builtins

    from torchup.api.fleet.together import ranks_fit
    from torchup.fleet.together import told_together
    from torchup.wire import read

    answers = read.answers(bytes_of(args.answers), args.answers)
    hosts, result = answers.hosts, answers.result
    if len(hosts) < _TWO:
        raise UsageError("fleet.together-alone", name=name)
    if result is not None and not ranks_fit(result.pairs, len(hosts)):
        raise UsageError("fleet.answers-ranks", where=args.answers, count=len(hosts))
    found = told_together(
        hosts,
        to_builtins(answers.where),
        to_builtins(answers.meet),
        to_builtins(result) if result is not None else {},
        answers.late,
    )
    if session.json:
        _emit(found, session)
    else:
        _print(found, name, args, session)
    return EXIT_DONE if found.good else EXIT_NO


def _print(found: Together, name: str, args: argparse.Namespace, session: Session) -> None:
    out, words = session.out, session.words
    for host, why in found.lost.items():
        out.row(host, words.text(why), "stops")
    for trouble in found.troubles:
        out.row("", words.text(trouble.what), "stops" if trouble.stops else "costs")
    result = found.result
    if found.good:
        values = {
            "hosts": counted(len(found.hosts), session),
            "backend": str(result["backend"]),
            "rate": f"{float(result['gb_s']):.2f}",
        }
        out.row(session.say("cli.label.done"), session.say("fleet.together-good", **values), "good")
        for first, second, rate in result["pairs"] if args.verbose else ():
            pair = f"{found.hosts[first]} - {found.hosts[second]}"
            out.row("", session.say("fleet.together-pair", pair=pair, rate=f"{rate:.2f}"), "quiet")
    else:
        said = session.say("fleet.together-bad", hosts=names(found.hosts, session))
        out.row(session.say("cli.label.failed"), said, "stops")
    if args.answers:
        following: tuple[str, ...] = ("verify", name) if found.good else ("report", name)
    else:
        action = "check" if found.good else "verify"
        following = ("fleet", action, name, *reaching(args, action))
    line = session.pasteable("torchup", *following)
    out.row(session.say("cli.label.next"), line)


def _emit(found: Together, session: Session) -> None:
    from torchup.wire.fleet import FleetTogetherV1, FleetTroubleV1

    words = session.words
    troubles = tuple(
        FleetTroubleV1(
            code=one.what.code.removeprefix("fleet.together-"),
            stops=one.stops,
            text=words.text(one.what),
            args=one.what.args,
        )
        for one in found.troubles
    )
    session.emit(
        FleetTogetherV1(
            ok=found.good,
            hosts=found.hosts,
            lost={host: words.text(why) for host, why in found.lost.items()},
            troubles=troubles,
            backend=str(found.result.get("backend", "")),
            gb_s=found.result.get("gb_s"),
            pairs=tuple(
                (found.hosts[a], found.hosts[b], float(rate))
                for a, b, rate in found.result.get("pairs", ())
            ),
        )
    )
