"""``torchup fleet check``: which hosts are no longer as they were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.cli.fleet.apply import STATES, name_meant
from torchup.cli.fleet.hosts import counted, inventory_meant, narrowed, reaching
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.fleet.looking import Checked


def run(args: argparse.Namespace, session: Session) -> int:
    """Look at the hosts and at the environment again, and say what is different.

    Raises:
        UsageError: no name or no inventory.
        NoAnswerError: no host has the environment.
    """
    from msgspec.structs import replace

    from torchup.fleet.ansible import check_there
    from torchup.fleet.looking import check_hosts, hosts_with
    from torchup.fleet.probing import probe_hosts

    name = name_meant(args)
    inventory = inventory_meant(args, session)
    check_there(session.host)
    applied = hosts_with(session.context.home, name)
    meant = narrowed(tuple(applied), args)
    applied = {host: applied[host] for host in meant}
    limited = replace(inventory, limit=",".join(meant))
    probe_hosts(session.context, limited, session.words, lambda _probed: None)

    def show(found: Checked) -> None:
        if not session.json:
            _show(found, session)

    wheelhouse = args.wheelhouse or ""
    found = check_hosts(session.context, inventory, name, applied, show, wheelhouse=wheelhouse)
    if session.json:
        _emit(found, session)
    else:
        _end(found, name, args, session)
    if any(one.state in ("drifted", "failed") for one in found):
        return EXIT_NO
    return EXIT_OUTSIDE if any(one.state == "unreachable" for one in found) else EXIT_DONE


def _show(found: Checked, session: Session) -> None:
    out, words = session.out, session.words
    if found.state == "same":
        out.row(found.host, session.say("fleet.same"), "good")
    elif found.why is not None:
        out.row(found.host, words.text(found.why), "stops")
    elif found.state in STATES:
        out.row(found.host, session.say(STATES[found.state]), "stops")
    label = found.host
    for one in found.drift:
        out.row(label, words.text(one), "costs")
        label = ""
    out.flush()


def _emit(found: Sequence[Checked], session: Session) -> None:
    from torchup.wire.fleet import FleetCheckedV1, FleetCheckV1, FleetDriftV1

    rows = tuple(
        FleetCheckedV1(
            name=one.host,
            state=one.state,  # type: ignore[arg-type]  # one of them
            why=session.words.text(one.why) if one.why is not None else "",
            drift=tuple(
                FleetDriftV1(
                    code=text.code.removeprefix("fleet.drift-"),
                    text=session.words.text(text),
                    **_was(text.args),
                )
                for text in one.drift
            ),
        )
        for one in sorted(found, key=lambda one: one.host)
    )
    session.emit(FleetCheckV1(ok=all(one.state == "same" for one in rows), hosts=rows))


def _was(args: dict[str, str]) -> dict[str, str]:
    return {key: args[key] for key in ("name", "was", "now") if key in args}


def _end(found: Sequence[Checked], name: str, args: argparse.Namespace, session: Session) -> None:
    out = session.out
    same = sum(one.state == "same" for one in found)
    said = session.say("fleet.same-count", count=counted(same, session), all=len(found))
    out.row(session.say("cli.label.done"), said, "good" if same == len(found) else "costs")
    drifted = any(one.state == "drifted" for one in found)
    words = ("verify", name, *reaching(args, "verify")) if drifted else ("report",)
    out.row(session.say("cli.label.next"), session.pasteable("torchup", "fleet", *words))
