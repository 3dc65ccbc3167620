"""The newest release that a card will ever get, on a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import SYSTEM_NAMES

if TYPE_CHECKING:
    from torchup.cli.session import Session
    from torchup.compat.last import Last, Ways
    from torchup.facts.catalogue import Catalogue


def print_ways(ways: Ways, catalogue: Catalogue, session: Session) -> None:
    """Print what was found for one card: on each platform, with what ended it and the facts."""
    out = session.out
    card = ways.card
    product = card.names[0] if len(card.names) == 1 else ""
    asked = "" if product.lower().endswith(card.asked.lower()) else card.asked
    parts = (asked, product, card.arch, ways.family, _branches(ways, session))
    out.row(
        session.say("compat.label.card"), " · ".join(dict.fromkeys(p for p in parts if p)), "strong"
    )
    for end in ways.ends:
        _print_end(end, catalogue, session)
    if ways.why is not None:
        out.row(session.say("compat.label.why"), session.words.text(ways.why), "stops")
    if ways.instead is not None:
        out.row("", session.words.text(ways.instead), "costs")
    for place in ways.elsewhere:
        out.row("", session.words.text(place), "costs")
    for fact in card.facts[:1]:
        _print_fact(fact.file, fact.key, fact.url, fact.checked, session)
    out.line()


def _branches(ways: Ways, session: Session) -> str:
    if ways.first_branch is None:
        return ""
    if ways.last_branch is None:
        return session.say("compat.branches-on", first=ways.first_branch)
    return session.say("compat.branches", first=ways.first_branch, last=ways.last_branch)


def _print_end(end: Last, catalogue: Catalogue, session: Session) -> None:
    out = session.out
    newest = end.newest.label
    if end.also:
        others = ", ".join(row.build.name for row in end.also)
        newest = session.say("compat.last.also", newest=newest, others=others)
    state = session.say("compat.last.open" if end.current else "compat.last.final")
    parts = [newest, state]
    if not end.newest.certain:
        parts.append(session.say("compat.last.inferred"))
    out.row(_platform(end.platform), " · ".join(parts), "good" if end.current else "costs")
    for why in end.why:
        out.row("", session.words.text(why))
    if end.driver_from:
        out.row("", _drivers(end, session))
    oldest = end.first.release.version == catalogue.releases[-1].version
    code = "compat.last.since-or-older" if oldest else "compat.last.since"
    out.row("", session.say(code, release=end.first.label), "quiet")
    _print_fact(end.fact.file, end.fact.key, end.fact.url, end.fact.checked, session)


def _platform(name: str) -> str:
    """A platform as people write it; on Windows and Linux most processors are of one kind."""
    system, _, arch = name.partition("-")
    shown = SYSTEM_NAMES.get(system, system.title())
    return shown if arch == "x86_64" and system != "macos" else f"{shown} {arch}"


def _drivers(end: Last, session: Session) -> str:
    if end.driver_to is None:
        return session.say("compat.last.drivers-on", first=end.driver_from)
    return session.say("compat.last.drivers", first=end.driver_from, last=end.driver_to)


def _print_fact(file: str, key: str, url: str, day: str, session: Session) -> None:
    said = session.say("cli.fact", file=file, key=key, url=url, day=day)
    session.out.row("", said, "quiet")
