"""``torchup repair``: what is wrong, mended: shown first, done whole, and undone by ``undo``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api import undoing
from torchup.api.environments import damage, known
from torchup.api.repairs import mending
from torchup.api.repairs.proposal import Hands
from torchup.cli.asking import agreed, may_ask
from torchup.cli.checks import CheckPrinter
from torchup.cli.cleaning import clean_up
from torchup.cli.repairs import print_left, print_proposal, steps_of
from torchup.cli.request import this_machine
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.model import Outcome, Requirement
from torchup.wire import write

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.api.repairs.mending import Mending
    from torchup.api.repairs.proposal import Proposal
    from torchup.cli.session import Session
    from torchup.model import Environment, StepOutcome, VerifyReport
    from torchup.model.finding import Finding
    from torchup.words import Words


def add_arguments(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add the name, what to mend, and the usual ways to be careful."""
    parser.add_argument("name", nargs="?", metavar="NAME", help=words.say("cli.option.name"))
    parser.add_argument(
        "--finding",
        action="append",
        default=[],
        metavar="CODE",
        help=words.say("cli.option.repair-finding"),
    )
    parser.add_argument("--no-verify", action="store_true", help=words.say("cli.option.no-verify"))
    parser.add_argument("-y", "--yes", action="store_true", help=words.say("cli.option.yes"))
    parser.add_argument("--dry-run", action="store_true", help=words.say("cli.option.dry-run"))


def run(args: argparse.Namespace, session: Session) -> int:
    """Look, say what is wrong and what would be done, and put it in order."""
    cleaned = clean_up(session)
    environment, found = _look(args, session)
    planned = mending.plan(session.context, found, args.finding)
    chosen = _chosen(args, planned, session)
    reports: list[VerifyReport] = []
    steps: tuple[StepOutcome, ...] = ()
    done = chosen
    before = undoing.ids(session.context.home)
    if chosen and not args.dry_run:
        steps, done = _carry_out(args, chosen, reports, session)
        if args.name:
            environment = known.show(session.context, args.name)[0]
    open_ = [one for one in planned.proposals if one not in chosen]
    idle = _still_there(args, [one for one in chosen if one not in done], session)
    left = (*planned.left, *idle, *(one.finding for one in open_))
    ok = not any(one.severity == "error" for one in left)
    if session.json:
        outcome = Outcome(
            command="repair",
            ok=ok,
            steps=steps or steps_of(planned.proposals),
            environment=environment,
            report=reports[-1] if reports else None,
        )
        session.emit(write.outcome(outcome, session.words, cleaned=cleaned, left=left))
    else:
        print_left((*planned.left, *idle), session)
        _end(args, planned, chosen, environment, session)
        _say_undo(len(undoing.ids(session.context.home) - before), session)
    return EXIT_DONE if ok else EXIT_NO


def _look(
    args: argparse.Namespace, session: Session
) -> tuple[Environment | None, Sequence[Finding]]:
    from torchup.api.checks.here import Here, inside

    context = session.context
    if args.name:
        found = known.show(context, args.name)[0]
        damage.see_recorded(found)
        return found, inside(context, found)
    from torchup.cli.looking import Watching

    watching = Watching(args, session)
    try:
        return None, Here(context, closely=True).whole(watching.tell).findings
    finally:
        watching.end()


def _chosen(args: argparse.Namespace, planned: Mending, session: Session) -> list[Proposal]:
    """Show every proposal, and ask where it says so."""
    chosen = []
    asks = may_ask(session, yes=args.yes) and not args.dry_run
    for one in planned.proposals:
        print_proposal(one, session)
        sure = one.safety == "safe" or args.yes or one.finding.code in args.finding
        if not sure and asks:
            sure = agreed(f"  {session.say('repair.ask')}", by_default=True)
        if sure or args.dry_run:
            chosen.append(one)
    session.out.flush()
    return chosen


def _carry_out(
    args: argparse.Namespace,
    chosen: Sequence[Proposal],
    reports: list[VerifyReport],
    session: Session,
) -> tuple[tuple[StepOutcome, ...], list[Proposal]]:
    """Mend, and return the steps and what was really mended."""
    done: list[Proposal] = []
    printer = CheckPrinter(session)
    hands = Hands(
        context=session.context,
        machine=lambda: this_machine(Requirement(), session),
        verified=not args.no_verify,
        on_check=printer.show,
        on_report=reports.append,
    )

    def tell(one: Proposal) -> None:
        done.append(one)
        _say_done(one, session)

    steps = mending.carry_out(hands, chosen, tell)
    printer.end()
    return steps, done


def _still_there(
    args: argparse.Namespace, idle: Sequence[Proposal], session: Session
) -> list[Finding]:
    """Look again at what had no repair at its turn: one before it may have mended that too."""
    if not idle:
        return []
    now = _look(args, session)[1]
    codes = {one.finding.code for one in idle}
    left = [one for one in now if one.code in codes]
    for one in idle:
        if not any(other.code == one.finding.code for other in left):
            _say_done(one, session)
    return left


def _say_done(one: Proposal, session: Session) -> None:
    if not session.json:
        said = session.words.text(one.title)
        session.out.row(session.say("cli.label.done"), said, "good")


def _end(
    args: argparse.Namespace,
    planned: Mending,
    chosen: Sequence[Proposal],
    environment: Environment | None,
    session: Session,
) -> None:
    open_ = [one for one in planned.proposals if one not in chosen]
    out, label = session.out, session.say("cli.label.done")
    if not planned.proposals:
        if not planned.left:
            out.row(label, session.say(_nothing(environment), name=args.name or ""))
        elif args.name:
            out.row(
                session.say("cli.label.next"), session.pasteable("torchup", "verify", args.name)
            )
        return
    if args.dry_run:
        code = "cli.would-repair" if args.name else "repair.would"
        out.row(label, session.say(code, name=args.name or ""))
        words = ("torchup", "repair", *filter(None, [args.name]))
        out.row(session.say("cli.label.next"), session.pasteable(*words))
        return
    if open_:
        codes = dict.fromkeys(one.finding.code for one in open_)
        named = [word for code in codes for word in ("--finding", code)]
        words = ("torchup", "repair", *filter(None, [args.name]), *named)
        out.row(session.say("repair.label.asks"), session.pasteable(*words))


def _say_undo(changes: int, session: Session) -> None:
    """Say how what was changed is taken back; some repairs leave nothing to take back."""
    if changes:
        command = "torchup undo" if changes == 1 else "torchup undo --list"
        session.out.row(session.say("undo.label.undo"), command)


def _nothing(environment: Environment | None) -> str:
    """What is said where nothing is wrong: of what has no record, not more than was looked for."""
    if environment is None:
        return "repair.nothing"
    recorded = environment.state != "foreign" and environment.record.artifacts
    return "cli.nothing-to-repair" if recorded else "repair.nothing-seen"
