"""What is said about a choice as a whole: the cards it leaves out, and what it was made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.model import Reason
from torchup.resolve.explain import why_nothing
from torchup.resolve.numbers import dotted
from torchup.resolve.special import drivers_differ
from torchup.resolve.ways import TITLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.resolve.choices import Tried
    from torchup.resolve.judge import Judge
    from torchup.resolve.targets import Target, Targets
    from torchup.resolve.verdict import Verdict


def about_cards(pick: Verdict, targets: Targets, judge: Judge) -> tuple[Reason, ...]:
    """Say what the choice computes on, and why it leaves cards out.

    Args:
        pick: the choice.
        targets: the cards.
        judge: the machine and the facts.
    """
    first = targets.wanted[0]
    said: list[Reason] = []
    if pick.device == "mps" and not pick.build.plugins:
        from torchup.resolve.apple import through_metal

        said.append(through_metal(pick.label, first.name))
    said += drivers_differ(judge.machine, first.vendor)
    served = {one.position for one in pick.served}
    for target in targets.wanted:
        if target.position not in served:
            said += _against(pick, target, judge)
    said += [_of_other_kind(one, pick.label) for one in targets.others]
    return tuple(dict.fromkeys(said))


def _of_other_kind(target: Target, label: str) -> Reason:
    """Say which builds a card needs; through an interface they may serve the other cards too."""
    title = TITLES.get(target.device)
    return Reason(
        code="gpu-of-other-kind" if title is None else "gpu-through-other",
        effect="warn",
        subject=target.name,
        needs=title or target.device,
        has=label,
    )


def _against(pick: Verdict, target: Target, judge: Judge) -> list[Reason]:
    """Why a build doesn't serve a card, as warnings in the card's name.

    PTX alone is a reason to take a build with care; for a card left out it is missing code.
    """
    found: list[Reason] = []
    for reason in judge.on_card(target).said(pick.candidate):
        if reason.code == "arch-ptx-only":
            has = ", ".join(pick.build.archs or ())
            reason = replace(reason, code="arch-missing", has=has)  # noqa: PLW2901 - the same one
        if reason.effect == "reject":
            found.append(replace(judge.named(reason, target), effect="warn"))
    return found


def passed_over(tried: Sequence[Tried], judge: Judge) -> tuple[Reason, ...]:
    """Why another maker's cards, which would come first, are not served: as warnings."""
    name = judge.catalogue.framework.name
    return tuple(
        replace(reason, effect="warn")
        for one in tried
        for reason in why_nothing(one.judged[0], judge.asked, name)
    )


def published_without(
    said: Sequence[Reason], verdicts: Sequence[Verdict], plain: Sequence[Verdict], name: str
) -> tuple[Reason, ...]:
    """Tell what was published without support for the card from what never was.

    Args:
        said: why there is no stack.
        verdicts: the builds for the card's kind of device, newest first.
        plain: the CPU builds.
        name: the card.
    """
    asked_for = any("requested-version" not in one.against for one in plain)
    if not asked_for or not verdicts:
        return tuple(said)
    versions = sorted({one.release.version for one in verdicts}, key=dotted)
    return tuple(
        replace(
            one,
            code="published-without-device",
            about=versions[0],
            needs=versions[-1],
            has=name,
        )
        if one.code == "never-published"
        else one
        for one in said
    )


def other_device(targets: Targets, judge: Judge) -> Reason:
    """Say that the build that the user named is for another kind of card."""
    return Reason(
        code="build-other-device",
        effect="reject",
        subject=str(judge.asked.build),
        needs=str(targets.asked_device),
        has=targets.wanted[0].name,
    )


def uncertain(pick: Verdict, judge: Judge) -> Reason:
    """Say how the facts about the choice are known, where that isn't for certain."""
    return Reason(
        code="facts-uncertain",
        effect="warn",
        subject=pick.label,
        has=f"@word.{pick.build.certainty}",
        fact=judge.catalogue.fact(pick.build.fact),
    )


def python_chosen(pick: Verdict, judge: Judge) -> tuple[Reason, ...]:
    """Say which Python was taken, and whether it is here."""
    choice = pick.python
    if choice is None:
        return ()
    code = "python-chosen" if judge.asked.python is None else "python-asked"
    here = choice.line in judge.installed
    has = "@word.installed" if here else "@word.obtainable"
    subject = f"Python {choice.line}"
    rows = {one.minor: one.fact for one in judge.catalogue.pythons}
    row = rows.get(choice.line.rstrip("t"))
    fact = None if row is None else judge.catalogue.fact(row)
    if not judge.places.can_be_had(choice.line):
        return (Reason(code="python-bring", effect="warn", subject=subject, fact=fact),)
    return (Reason(code=code, effect="prefer", subject=subject, has=has, fact=fact),)


def by_companions(verdict: Verdict, judge: Judge) -> tuple[Reason, ...]:
    """Say that a companion's version decides the framework's, where the user named only that."""
    asked, catalogue = judge.asked, judge.catalogue
    name = catalogue.framework.name
    if asked.pins(name):
        return ()
    pinned = (one for one in asked.named if asked.pins(one))
    known = ((one, verdict.release.companion(one)) for one in pinned)
    return tuple(
        Reason(
            code="companion-decides",
            effect="prefer",
            subject=asked.wording(one),
            needs=f"{name} {verdict.release.version}",
            has=f"{one} {companion.version}",
            fact=catalogue.fact(companion.fact),
        )
        for one, companion in known
        if companion is not None and asked.allows(one, companion.version)
    )


def aside_from(targets: Targets) -> tuple[Reason, ...]:
    """What is to be said about the cards that no candidate was judged for."""
    unknown = tuple(replace(reason, effect="warn") for _, reason in targets.unknown)
    refused = tuple(replace(reason, effect="warn") for _, reason in targets.unsupported)
    return unknown + refused + targets.notes
