"""An answer put together: a stack with its reasons, or none with the ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.model import NearMiss, Reason, Resolution, text
from torchup.resolve.beside import (
    about_cards,
    by_companions,
    published_without,
    python_chosen,
    uncertain,
)
from torchup.resolve.elsewhere import from_elsewhere, other_ways
from torchup.resolve.explain import near_misses, why_not_newer, why_nothing
from torchup.resolve.prefer import best_valid
from torchup.resolve.remedies import by_cost
from torchup.resolve.special import platform_ended
from torchup.resolve.windows import possible_there, windows_old

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.model import Requirement
    from torchup.resolve.judge import Judge
    from torchup.resolve.shape import StackShape
    from torchup.resolve.targets import Target, Targets
    from torchup.resolve.verdict import Verdict


class Answers:
    """Words what a case has come to.

    Args:
        judge: the machine, the requirement and the facts.
        requirement: what was asked for, as it goes into the answer.
        shape: turns verdicts into stacks.
    """

    def __init__(self, judge: Judge, requirement: Requirement, shape: StackShape) -> None:
        self._judge = judge
        self._requirement = requirement
        self._stack = shape

    def none(self, reasons: tuple[Reason, ...]) -> Resolution:
        """Answer that there is no stack, for reasons that no candidate could change."""
        return Resolution(outcome="none", requirement=self._requirement, reasons=reasons)

    def chosen(
        self,
        pick: Verdict,
        verdicts: Sequence[Verdict],
        targets: Targets | None,
        said: tuple[Reason, ...],
        *,
        near: tuple[NearMiss, ...] = (),
        leaves_out: tuple[int, ...] = (),
        passed: tuple[Reason, ...] = (),
    ) -> Resolution:
        """Answer with a stack.

        Args:
            pick: the verdict that is taken.
            verdicts: all that it was taken from.
            targets: the cards that it is for; None where it is for none.
            said: what was found before any candidate was looked at.
            near: the ways to something better.
            leaves_out: cards that it doesn't serve, where ``targets`` doesn't tell.
            passed: why other makers' cards were passed over.
        """
        served = {one.position for one in pick.served}
        if targets is not None:
            cards = {one.position for one in targets.wanted} | set(targets.aside)
            leaves_out = tuple(sorted(cards - served))
            said = (*said, *about_cards(pick, targets, self._judge), *passed)
        said = (*said, *windows_old(self._judge.machine.os, self._judge.catalogue))
        reasons = [
            *said,
            *pick.reasons,
            *by_companions(pick, self._judge),
            *why_not_newer(pick, verdicts),
            *python_chosen(pick, self._judge),
        ]
        reasons += platform_ended(self._judge.knowledge, pick.build.platform, pick.release)
        reasons += from_elsewhere(pick, self._judge, targets.wanted if targets else ())
        if not pick.certain:
            reasons.append(uncertain(pick, self._judge))
        return Resolution(
            outcome="ok",
            requirement=self._requirement,
            stack=self._stack.of(pick),
            serves=tuple(sorted(served)),
            leaves_out=leaves_out,
            companions_left_out=pick.python.left_out if pick.python else (),
            reasons=tuple(reasons),
            near_misses=near,
            considered=len(verdicts),
        )

    def nothing(
        self,
        verdicts: Sequence[Verdict],
        said: tuple[Reason, ...],
        others: Sequence[Sequence[Verdict]] = (),
        card: Target | None = None,
    ) -> Resolution:
        """Answer that no candidate serves, why, and what would help.

        Args:
            verdicts: for the cards that are preferred.
            said: what was found before any candidate was looked at.
            others: verdicts for other cards, looked at only where those have nothing to offer.
            card: the card that builds were looked for.
        """
        asked, catalogue = self._judge.asked, self._judge.catalogue
        near = near_misses(
            verdicts, asked, catalogue.framework.name, self._stack.of, others, on_ptx=True
        )
        on_cpu = () if asked.cpu else self._judge.judge("cpu", (), ())
        plain = best_valid(on_cpu) if asked.build is None else None
        if plain is not None and any(one.device != "cpu" for one in verdicts):
            change = text("remedy.cpu", stack=plain.label)
            on_cpu_instead = NearMiss(stack=self._stack.of(plain), reasons=(), remedy=change)
            near = tuple(sorted((*near[:2], on_cpu_instead), key=by_cost))
        near = tuple(one for one in near if possible_there(one, self._judge.machine.os, catalogue))
        said = (*said, *windows_old(self._judge.machine.os, catalogue))
        why = why_nothing(verdicts, asked, catalogue.framework.name)
        if card is not None and asked.build is None:
            why = published_without(why, verdicts, on_cpu, card.name)
        if card is not None and any(one.code == "published-without-device" for one in why):
            why = (*why, *other_ways(self._judge, card))
        told = [one for one in said if one.code != "no-accelerator"]  # no reason for a no
        return Resolution(
            outcome="none",
            requirement=self._requirement,
            reasons=(*told, *why),
            near_misses=near,
            considered=len(verdicts),
        )

    def unless_on_cpu(self, said: tuple[Reason, ...]) -> Resolution:
        """Answer no, and offer the CPU build to those who want it all the same."""
        plain = best_valid(self._judge.judge("cpu", (), ()))
        near: tuple[NearMiss, ...] = ()
        if plain is not None:
            change = text("remedy.cpu", stack=plain.label)
            near = (NearMiss(stack=self._stack.of(plain), reasons=(), remedy=change),)
        return replace(self.none(said), near_misses=near)
