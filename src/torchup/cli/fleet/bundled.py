"""``torchup fleet apply NAME --from BUNDLE``: hosts without a network, one copy into each site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.cli.asking import agreed, may_ask
from torchup.cli.fleet.apply import (
    emit_results,
    exit_of,
    name_meant,
    pace_of,
    paced,
    show_result,
    summary,
)
from torchup.cli.fleet.hosts import counted, hosts_meant, inventory_meant, names, reaching
from torchup.cli.render import stack_line
from torchup.errors import EXIT_NO, NoAnswerError
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

    from torchup.api.fleet.bundled import HostRow
    from torchup.cli.session import Session
    from torchup.fleet.applying import Result
    from torchup.fleet.inventory import Inventory
    from torchup.model import Reason, Text

_STAGES = {
    "look": ("cli.label.looking", "fleet.site-look"),
    "copy": ("cli.label.copying", "fleet.site-copy"),
    "spread": ("cli.label.copying", "fleet.site-spread"),
}


def run(args: argparse.Namespace, session: Session) -> int:
    """Pick a row for each host, show it, ask, bring the bundle there, and make the environment.

    Raises:
        UsageError: no name, no inventory, nothing is known of the hosts, or it is no bundle.
        NoAnswerError: ``fleet.nothing-to-apply``: no row is for any host.
    """
    from torchup.api.fleet.bundled import rows_for
    from torchup.apply import check_name
    from torchup.bundles.reading import open_bundle
    from torchup.fleet.ansible import check_there

    name = name_meant(args)
    check_name(name)
    inventory = inventory_meant(args, session)
    check_there(session.host)
    with open_bundle(args.source) as bundle:
        rows = rows_for(session.context, bundle, hosts_meant(args, session), args.row or "")
        chosen = {one.host.name: one for one in rows if one.chosen is not None}
        if not chosen:
            raise NoAnswerError("fleet.nothing-to-apply")
        if not session.json:
            _show(rows, session)
        question = session.say("fleet.ask", name=name, hosts=counted(len(chosen), session))
        asking = not args.dry_run and may_ask(session, yes=args.yes)
        if asking and not agreed(question, by_default=True):
            return EXIT_NO
        bringing = _would if args.dry_run else _brought
        results = bringing(name, chosen=chosen, inventory=inventory, args=args, session=session)
    left_out = tuple(one.host.name for one in rows if one.chosen is None)
    if session.json:
        emit_results("fleet apply", results, session, left_out=left_out)
    else:
        _end(results, name, args, session)
    return exit_of(results, left_out=left_out)


def _brought(
    name: str,
    *,
    chosen: Mapping[str, HostRow],
    inventory: Inventory,
    args: argparse.Namespace,
    session: Session,
) -> tuple[Result, ...]:
    """Bring the bundle to the hosts, make the environment, and let go of the copies."""
    from torchup.fleet.applying import Result
    from torchup.fleet.sites.spreading import Spreading

    stock = args.wheelhouse or ""
    spreading = Spreading(session.context, inventory, args.source, stock, _staging(session))
    rows = _rows(chosen)
    same = _same(name, spreading.digest, rows, args, session)
    kept = [Result(host=host, state="unchanged") for host in rows if host in same]
    asked = tuple(host for host in rows if host not in same)
    if not asked:
        return tuple(kept)
    spread = spreading.bring(asked)
    lost = [Result(host=host, state=s, why=why) for host, (s, why) in spread.lost.items()]
    for one in lost if not session.json else ():
        show_result(one, session)
    places = {host: (one.path, rows[host]) for host, one in spread.places.items()}
    results = _made(
        name, places, inventory=inventory, digest=spreading.digest, args=args, session=session
    )
    made_there = [one.host for one in results if one.state in ("done", "unchanged")]
    keep = spreading.seeds_now(spread)
    spreading.drop([host for host in made_there if host not in keep])
    order = list(rows)
    return tuple(sorted((*results, *lost, *kept), key=lambda one: order.index(one.host)))


def _staging(session: Session) -> Callable[[str, Sequence[str]], None]:
    """What is told what begins, and on which hosts."""

    def stage(what: str, hosts: Sequence[str]) -> None:
        if not session.json:
            label, code = _STAGES[what]
            said = session.say(code, hosts=names(hosts, session), count=len(hosts))
            session.out.row(session.say(label), said)
            session.out.flush()

    return stage


def _made(
    name: str,
    places: Mapping[str, tuple[str, str]],
    *,
    inventory: Inventory,
    digest: str,
    args: argparse.Namespace,
    session: Session,
) -> tuple[Result, ...]:
    """Make the environment on hosts, from the folder of the bundle there and by its row."""
    from torchup.fleet.applying import apply_fleet
    from torchup.fleet.sites.lines import FILE
    from torchup.fleet.sites.places import command_of

    def show(result: Result) -> None:
        if not session.json:
            show_result(result, session)

    return apply_fleet(
        session.context,
        inventory,
        name,
        {host: command_of(name, f"{at}/{FILE}", row) for host, (at, row) in places.items()},
        pace=pace_of(args),
        on_result=show,
        again=args.again,
        wheelhouse=args.wheelhouse or "",
        bundle=digest,
    )


def _rows(chosen: Mapping[str, HostRow]) -> dict[str, str]:
    return {host: one.chosen.row.name for host, one in chosen.items() if one.chosen}


def _same(
    name: str,
    digest: str,
    rows: Mapping[str, str],
    args: argparse.Namespace,
    session: Session,
) -> set[str]:
    """The hosts on which this very row was made before, so that they are left alone."""
    from torchup.fleet.sites.places import settled

    home = session.context.home
    return {
        host
        for host, row in rows.items()
        if not args.again and settled(home, host, name, digest=digest, row=row)
    }


def _would(
    name: str,
    *,
    chosen: Mapping[str, HostRow],
    inventory: Inventory,  # noqa: ARG001  # no host is asked
    args: argparse.Namespace,
    session: Session,
) -> tuple[Result, ...]:
    """What would be made, as far as it is known without asking the hosts."""
    from torchup.fleet.applying import Result
    from torchup.state.digests import file_digest

    rows = _rows(chosen)
    same = _same(name, file_digest(args.source), rows, args, session)
    states = {host: "unchanged" if host in same else "done" for host in rows}
    results = tuple(Result(host=host, state=state) for host, state in states.items())
    if not session.json:
        for one in results:
            show_result(one, session, dry_run=True)
    return results


def _show(rows: Sequence[HostRow], session: Session) -> None:
    kinds: dict[str, list[HostRow]] = {}
    for one in rows:
        kinds.setdefault(one.chosen.row.name if one.chosen else "", []).append(one)
    for row, alike in kinds.items():
        first = alike[0]
        hosts = names([one.host.name for one in alike], session)
        if first.chosen is not None:
            said = session.say(
                "fleet.bundle-row", row=row, stack=stack_line(first.chosen.row.stack)
            )
            session.out.row(counted(len(alike), session), said, "good")
            session.out.row("", hosts, "quiet")
        else:
            said = session.say("fleet.bundle-none", hosts=hosts)
            session.out.row(counted(len(alike), session), said, "costs")
            if first.why is not None:
                session.out.row("", _worded(first.why, session))
    session.out.flush()


def _worded(why: Text | Reason, session: Session) -> str:
    from torchup.model import Reason as Reasoned

    return reason_text(why, session.words) if isinstance(why, Reasoned) else session.words.text(why)


def _end(results: Sequence[Result], name: str, args: argparse.Namespace, session: Session) -> None:
    out = session.out
    out.row(session.say("cli.label.done"), summary(results, session, dry_run=args.dry_run))
    if any(one.state == "waiting" for one in results):
        out.row("", session.say("fleet.stopped"), "stops")
    bad = any(one.state in ("failed", "unreachable", "waiting") for one in results)
    if args.dry_run or bad:
        row = ("--row", args.row) if args.row else ()
        given = (*row, *reaching(args, "apply"), *paced(args))
        words = ("apply", name, "--from", args.source, *given)
    else:
        words = ("verify", name, *reaching(args, "verify"))
    out.row(session.say("cli.label.next"), session.pasteable("torchup", "fleet", *words))
