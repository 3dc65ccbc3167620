"""``torchup fleet apply``: make an environment on every host, in waves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.asking import agreed, may_ask
from torchup.cli.fleet.hosts import PACE, counted, hosts_meant, inventory_meant, names, reaching
from torchup.cli.render import stack_line
from torchup.cli.request import requirement_of
from torchup.cli.ways import requirement_options
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, UsageError
from torchup.plan.quoting import command_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.fleet.applying import Pace, Result
    from torchup.model.fleet import FleetPlan

STATES: Final = {
    "done": "fleet.state-done",
    "unchanged": "fleet.state-unchanged",
    "failed": "fleet.state-failed",
    "unreachable": "fleet.state-unreachable",
    "waiting": "fleet.state-waiting",
}
_WOULD: Final = {"done": "fleet.state-would", "unchanged": "fleet.state-unchanged"}
_TONES: Final = {"done": "good", "unchanged": "plain", "waiting": "costs"}


def run(args: argparse.Namespace, session: Session) -> int:
    """Plan for the hosts that are known, show it, ask, and carry it out in waves.

    Raises:
        UsageError: no name, no inventory, or nothing is known of the hosts.
    """
    if args.source:
        from torchup.cli.fleet import bundled

        return bundled.run(args, session)
    from torchup.api.fleet.carrying import creations
    from torchup.api.fleet.planning import plan_fleet
    from torchup.apply import check_name
    from torchup.fleet.ansible import check_there
    from torchup.fleet.applying import apply_fleet

    name = name_meant(args)
    check_name(name)
    inventory = inventory_meant(args)
    check_there(session.host)
    pace = pace_of(args)
    requirement = requirement_of(args, session)
    plan = plan_fleet(session.context, hosts_meant(args, session), requirement, shared=args.shared)
    builds = session.context.builds
    lines = creations(plan, name, requirement, shared=args.shared, builds=builds)
    if not session.json:
        _show(plan, lines, args, session)
    question = session.say("fleet.ask", name=name, hosts=counted(len(lines), session))
    asking = not args.dry_run and may_ask(session, yes=args.yes)
    if asking and not agreed(question, by_default=True):
        return EXIT_NO

    def show(result: Result) -> None:
        if not session.json:
            show_result(result, session, dry_run=args.dry_run)

    results = apply_fleet(
        session.context,
        inventory,
        name,
        lines,
        pace=pace,
        on_result=show,
        again=args.again,
        dry_run=args.dry_run,
        quick=args.quick,
        wheelhouse=args.wheelhouse or "",
    )
    without = tuple(one.host.name for one in plan.hosts if one.host.name not in lines)
    if session.json:
        emit_results("fleet apply", results, session, left_out=without)
    else:
        _end(results, args, session)
    return exit_of(results, left_out=without)


def name_meant(args: argparse.Namespace) -> str:
    """Take the environment's name, which comes first among the words.

    Raises:
        UsageError: ``fleet.no-name``.
    """
    if not args.requirements:
        raise UsageError("fleet.no-name", action=args.action)
    args.name = str(args.requirements.pop(0))
    return str(args.name)


def pace_of(args: argparse.Namespace) -> Pace:
    """How fast, and when to stop."""
    from torchup.fleet.applying import Pace

    return Pace(canaries=args.canary, size=args.wave, most=args.max_fail / 100)


def exit_of(results: Sequence[Result], *, left_out: Sequence[str] = ()) -> int:
    """The exit status: a host that can't be reached is something outside."""
    if any(one.state == "failed" for one in results) or left_out:
        return EXIT_NO
    return (
        EXIT_OUTSIDE if any(o.state in ("unreachable", "waiting") for o in results) else EXIT_DONE
    )


def _show(
    plan: FleetPlan,
    lines: dict[str, tuple[str, ...]],
    args: argparse.Namespace,
    session: Session,
) -> None:
    out = session.out
    kinds: dict[tuple[str, ...], list[str]] = {}
    for host, words in lines.items():
        kinds.setdefault(words, []).append(host)
    stacks = {one.host.name: one.stack for one in plan.hosts}
    for hosts in kinds.values():
        stack = plan.shared[0].stack if args.shared and plan.shared else stacks[hosts[0]]
        said = stack_line(stack) if stack is not None else ""
        out.row(counted(len(hosts), session), said, "good")
        out.row("", names(hosts, session), "quiet")
    without = [one.host.name for one in plan.hosts if one.host.name not in lines]
    if without:
        said = session.say("fleet.left-out", hosts=names(without, session))
        out.row(counted(len(without), session), said, "costs")
    out.flush()


def show_result(result: Result, session: Session, *, dry_run: bool = False) -> None:
    """One host and how it ended."""
    codes = {**STATES, **_WOULD} if dry_run else STATES
    said = session.say(codes[result.state])
    if result.why is not None:
        said = session.words.text(result.why)
    tone = _TONES.get(result.state, "stops")
    session.out.row(result.host, said, tone)  # type: ignore[arg-type]  # one of the tones
    session.out.flush()


def emit_results(
    command: str, results: Sequence[Result], session: Session, *, left_out: Sequence[str] = ()
) -> None:
    """Print the document."""
    from torchup.wire.fleet import FleetOutcomeV1, FleetResultV1

    rows = tuple(
        FleetResultV1(
            name=one.host,
            state=one.state,  # type: ignore[arg-type]  # one of them
            why=session.words.text(one.why) if one.why is not None else "",
            document=one.document,
        )
        for one in results
    )
    good = exit_of(results, left_out=left_out) == EXIT_DONE
    session.emit(FleetOutcomeV1(command=command, ok=good, hosts=rows, left_out=tuple(left_out)))


def _end(results: Sequence[Result], args: argparse.Namespace, session: Session) -> None:
    out = session.out
    out.row(session.say("cli.label.done"), summary(results, session, dry_run=args.dry_run))
    if any(one.state == "waiting" for one in results):
        out.row("", session.say("fleet.stopped"), "stops")
    bad = [one.host for one in results if one.state in ("failed", "unreachable", "waiting")]
    if args.dry_run or bad:
        words = ("apply", args.name, *args.requirements, *_again(args))
    else:
        words = ("verify", args.name, *reaching(args, "verify"))
    out.row(session.say("cli.label.next"), command_line("torchup", "fleet", *words))


def _again(args: argparse.Namespace) -> list[str]:
    """All that was given, to go on; hosts on which it was done are asked again as they were."""
    words = [*requirement_options(args), *reaching(args, "apply")]
    words += [f"--{one}" for one in ("shared", "offline", "quick") if getattr(args, one)]
    return [*words, *paced(args)]


def paced(args: argparse.Namespace) -> list[str]:
    """How fast it was to go, and when to stop, as it was given."""
    words: list[str] = []
    for name, usual in PACE.items():
        value = getattr(args, name[2:].replace("-", "_"))
        words += [name, str(value)] if value != usual else []
    return [*words, *(["--again"] if args.again and args.dry_run else [])]


def summary(results: Sequence[Result], session: Session, *, dry_run: bool = False) -> str:
    """How many ended how."""
    codes = {**STATES, **_WOULD} if dry_run else STATES
    counts = {state: sum(one.state == state for one in results) for state in STATES}
    parts = [
        session.say("fleet.counted", count=count, state=session.say(codes[state]))
        for state, count in counts.items()
        if count
    ]
    return " · ".join(parts)
