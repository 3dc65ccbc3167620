"""``torchup fleet verify``, ``doctor`` and ``rollback``: the same command on every host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.cli.asking import agreed, may_ask
from torchup.cli.fleet.apply import emit_results, exit_of, name_meant, show_result, summary
from torchup.cli.fleet.hosts import counted, inventory_meant, narrowed, reaching
from torchup.errors import EXIT_DONE, EXIT_NO, NoAnswerError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.fleet.applying import Result
    from torchup.fleet.inventory import Inventory


def run(args: argparse.Namespace, session: Session) -> int:
    """Run it on the hosts that have the environment.

    Raises:
        UsageError: no name or no inventory.
        NoAnswerError: no host has the environment.
    """
    from torchup.fleet.ansible import check_there
    from torchup.fleet.looking import hosts_with

    name = name_meant(args)
    if args.answers:
        from torchup.cli.fleet import together

        return together.told(name, args, session)
    inventory = inventory_meant(args, session)
    check_there(session.host)
    applied = hosts_with(session.context.home, name)
    if args.action == "rollback":
        applied = {host: one for host, one in applied.items() if one.made}
        if not applied:
            raise NoAnswerError("fleet.not-applied", name=name)
    hosts = narrowed(tuple(applied), args)
    if args.together:
        from torchup.cli.fleet import together

        return together.run(name, hosts, inventory, args, session)

    if args.action == "rollback" and not _agreed(name, len(hosts), args, session):
        return EXIT_NO
    results = _results(name, hosts, inventory, args, session)
    if session.json:
        emit_results(f"fleet {args.action}", results, session)
    else:
        said = summary(results, session, dry_run=args.dry_run)
        session.out.row(session.say("cli.label.done"), said)
        _next(results, name, args, session)
    return exit_of(results)


def _agreed(name: str, hosts: int, args: argparse.Namespace, session: Session) -> bool:
    """Ask a person at a terminal before an environment is taken back."""
    if args.dry_run or not may_ask(session, yes=args.yes):
        return True
    question = session.say("fleet.ask-rollback", name=name, hosts=counted(hosts, session))
    return agreed(question, by_default=False)


def _results(
    name: str,
    hosts: Sequence[str],
    inventory: Inventory,
    args: argparse.Namespace,
    session: Session,
) -> tuple[Result, ...]:
    """Run the command on hosts, and show how it ended on each."""
    from torchup.fleet.looking import ask_hosts, take_back

    def show(result: Result) -> None:
        if not session.json:
            show_result(result, session, dry_run=args.dry_run)

    context, wheelhouse = session.context, args.wheelhouse or ""
    if args.action == "rollback":
        return take_back(
            context,
            inventory,
            name,
            show,
            hosts=hosts,
            dry_run=args.dry_run,
            wheelhouse=wheelhouse,
        )
    quick = ("--quick",) if args.quick and args.action == "verify" else ()
    words = (args.action, name, *quick)
    return ask_hosts(context, inventory, hosts, words, show, wheelhouse=wheelhouse)


def _next(
    results: tuple[Result, ...], name: str, args: argparse.Namespace, session: Session
) -> None:
    good = exit_of(results) == EXIT_DONE
    following = {"verify": "check", "doctor": "check", "rollback": "plan"}[args.action]
    if not good and args.action == "verify":
        following = "doctor"
    if args.action == "rollback" and (args.dry_run or not good):
        following = "rollback"
    words = (*(() if following == "plan" else (name,)), *reaching(args, following))
    said = session.pasteable("torchup", "fleet", following, *words)
    session.out.row(session.say("cli.label.next"), said)
