"""Other choices that the user has, offered beside the one that was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup.model import NearMiss, text
from torchup.resolve.explain import near_misses, newer_with_driver
from torchup.resolve.numbers import dotted
from torchup.resolve.prefer import best_valid
from torchup.resolve.targets import Target, Targets
from torchup.resolve.verdict import Verdict
from torchup.resolve.ways import other_ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.resolve.judge import Judge
    from torchup.resolve.shape import StackShape


class Tried(Struct, frozen=True, kw_only=True):
    """A maker's cards that nothing serves: what was judged for each group of them."""

    targets: Targets
    judged: list[list[Verdict]]


class Choices:
    """What else a machine's cards could do.

    Args:
        judge: the machine, the requirement and the facts.
        shape: turns verdicts into stacks.
    """

    def __init__(self, judge: Judge, shape: StackShape) -> None:
        self._judge = judge
        self._stack = shape

    def for_one_card(self, targets: Targets, pick: Verdict) -> tuple[NearMiss, ...]:
        """Where an old card holds a newer minor release back: the release for the best one."""
        if len(targets.groups) == 1:
            return ()
        target = targets.wanted[0]
        alone = self._judge.judge(target.device, targets.groups[0], targets.wanted)
        newer = best_valid(alone)
        if newer is None or dotted(newer.release.version)[:2] <= dotted(pick.release.version)[:2]:
            return ()
        return self._use(newer, target)

    def known_natively(self, pick: Verdict, verdicts: Sequence[Verdict]) -> tuple[NearMiss, ...]:
        """A build of the same release whose runtime the driver knows; its facts are less sure."""
        if pick.native or self._judge.asked.build is not None:
            return ()
        same = [one for one in verdicts if one.order == pick.order and one.native and one.valid]
        found = best_valid(same)
        return () if found is None else (self._native(found, pick),)

    def _native(self, found: Verdict, pick: Verdict) -> NearMiss:
        shown = {"stack": found.label, "build": found.build.name}
        shown["certainty"] = f"@word.{found.build.certainty}"
        more = set(found.python.companions) if found.python else set()
        more -= set(pick.python.companions) if pick.python else set()
        if more:
            change = text("remedy.native-build-with", names=", ".join(sorted(more)), **shown)
        else:
            change = text("remedy.native-build", **shown)
        return NearMiss(stack=self._stack.of(found), reasons=(), remedy=change)

    def for_cards_left(
        self,
        targets: Targets,
        pick: Verdict,
        verdicts: Sequence[Verdict],
        every: Sequence[Verdict],
        first: Sequence[Verdict],
    ) -> tuple[NearMiss, ...]:
        """What would serve the cards that are left out, and a newer release for the others.

        Args:
            targets: the cards.
            pick: the choice.
            verdicts: for the cards that it was made for.
            every: for all cards together.
            first: for the preferred cards.
        """
        from torchup.resolve.drivers import with_driver, with_losses

        together = with_driver(every, targets.wanted, self._judge.catalogue, self._stack.of)
        near = together + newer_with_driver(pick, verdicts, self._stack.of)
        if first is not verdicts:
            name = self._judge.catalogue.framework.name
            near += near_misses(first, self._judge.asked, name, self._stack.of)[:1]
        near += self._for_one_left(targets, pick, with_drivers=not together)
        said: dict[tuple[str, str], NearMiss] = {}
        for one in near:
            honest = with_losses(one, pick.served, self._judge.catalogue)
            said.setdefault((str(one.stack), one.remedy.args.get("driver", "")), honest)
        return tuple(said.values())

    def _for_one_left(
        self, targets: Targets, pick: Verdict, *, with_drivers: bool
    ) -> tuple[NearMiss, ...]:
        """What would serve one of the cards left out: a choice of cards, or another driver."""
        from torchup.resolve.drivers import with_driver

        served = {one.position for one in pick.served}
        for target in targets.wanted:
            if target.position not in served:
                alone = self._judge.judge(target.device, (target,), targets.wanted)
                other = best_valid(alone)
                if other is not None:
                    return self._use(other, target)
                found = with_driver(alone, (target,), self._judge.catalogue, self._stack.of)
                if found and with_drivers:
                    return tuple(self._for_it_alone(one, pick, target) for one in found)
        return ()

    def _for_it_alone(self, near: NearMiss, pick: Verdict, target: Target) -> NearMiss:
        """Say that another driver serves one card, and that those served now need their build."""
        from torchup.resolve.drivers import ALONE, lost_with

        code, args = near.remedy.code, near.remedy.args
        lost = lost_with(args["driver"], pick.served, self._judge.catalogue)
        if lost or code not in ALONE:
            return near
        shown = args | {"name": target.name, "gpu": target.number}
        return replace(near, remedy=text(ALONE[code], **shown))

    def for_other_makers(self, targets: Targets) -> tuple[NearMiss, ...]:
        """What would serve the best card of another maker, which no build serves beside these."""
        if self._judge.asked.build is not None:
            return ()
        for target in sorted(targets.others, key=lambda one: one.rank, reverse=True):
            found = best_valid(self._judge.judge(target.device, (target,), (target,)))
            if found is not None:
                return self._use(found, target)
        return ()

    def for_makers_passed(self, tried: Sequence[Tried]) -> tuple[NearMiss, ...]:
        """The cheapest change that would serve the cards of each maker that nothing serves now."""
        asked, name = self._judge.asked, self._judge.catalogue.framework.name
        near: tuple[NearMiss, ...] = ()
        for one in tried:
            near += near_misses(one.judged[0], asked, name, self._stack.of, one.judged[1:])[:1]
        return tuple(one for one in near if one.remedy.code != "remedy.other-card")

    def with_named_build(self, targets: Targets) -> tuple[NearMiss, ...]:
        """What would run on cards that are served only by the user's word."""
        if not targets.spare:
            return ()
        target = targets.spare[0]
        found = best_valid(self._judge.judge(target.device, (target,), (target,)))
        if found is None:
            return ()
        setting = "; ".join(f"{name}={value}" for name, value in found.environment.items())
        if found.build.asked:
            return (self._named(found, target),)
        if setting:
            change = text(
                "remedy.gfx-override",
                stack=found.label,
                build=found.build.name,
                name=target.name,
                setting=setting,
            )
        else:
            change = text(
                "remedy.rocm-in-wsl", stack=found.label, build=found.build.name, name=target.name
            )
        said = tuple(one for one in found.reasons if one.code == "gfx-override")
        return (NearMiss(stack=self._stack.of(found), reasons=said, remedy=change),)

    def another_way(self, target: Target) -> tuple[NearMiss, ...]:
        """A build that reaches a card by another way than its maker's, to be named."""
        if self._judge.asked.build is not None:
            return ()
        for device in other_ways(target.vendor, self._judge.where):
            card = replace(target, device=device)
            found = best_valid(self._judge.judge(device, (card,), (card,)))
            if found is not None:
                return (self._named(found, card),)
        return ()

    def _named(self, found: Verdict, target: Target) -> NearMiss:
        shown = {"stack": found.label, "build": found.build.name, "name": target.name}
        change = text("remedy.named-build", **shown)
        return NearMiss(stack=self._stack.of(found), reasons=(), remedy=change)

    def _use(self, verdict: Verdict, target: Target) -> tuple[NearMiss, ...]:
        change = text("remedy.use-gpu", stack=verdict.label, name=target.name, gpu=target.number)
        return (NearMiss(stack=self._stack.of(verdict), reasons=(), remedy=change),)
