"""Other choices that the user has, offered beside the one that was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import NearMiss, text
from torchup.resolve.explain import near_misses, newer_with_driver
from torchup.resolve.numbers import dotted
from torchup.resolve.prefer import best_valid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.resolve.judge import Judge
    from torchup.resolve.shape import StackShape
    from torchup.resolve.targets import Target, Targets
    from torchup.resolve.verdict import Verdict


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

    def for_cards_left(
        self, targets: Targets, pick: Verdict, verdicts: Sequence[Verdict], first: Sequence[Verdict]
    ) -> tuple[NearMiss, ...]:
        """What would serve the cards that are left out, and a newer release for the others."""
        near = newer_with_driver(pick, verdicts, self._stack.of)
        if first is not verdicts:
            name = self._judge.catalogue.framework.name
            said = [(one.stack, one.remedy) for one in near]
            best_card = near_misses(first, self._judge.asked, name, self._stack.of)[:1]
            near += tuple(one for one in best_card if (one.stack, one.remedy) not in said)
        served = {one.position for one in pick.served}
        for target in targets.wanted:
            if target.position not in served:
                alone = self._judge.judge(target.device, (target,), targets.wanted)
                other = best_valid(alone)
                if other is not None:
                    return (*near, *self._use(other, target))
        return near

    def for_other_makers(self, targets: Targets) -> tuple[NearMiss, ...]:
        """What would serve the best card of another maker, which no build serves beside these."""
        if not targets.others or self._judge.asked.build is not None:
            return ()
        target = max(targets.others, key=lambda one: one.rank)
        found = best_valid(self._judge.judge(target.device, (target,), (target,)))
        return () if found is None else self._use(found, target)

    def with_named_build(self, targets: Targets) -> tuple[NearMiss, ...]:
        """What would run on cards that are served only by the user's word."""
        if not targets.spare:
            return ()
        target = targets.spare[0]
        found = best_valid(self._judge.judge(target.device, (target,), (target,)))
        if found is None:
            return ()
        setting = "; ".join(f"{name}={value}" for name, value in found.environment.items())
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

    def _use(self, verdict: Verdict, target: Target) -> tuple[NearMiss, ...]:
        change = text("remedy.use-gpu", stack=verdict.label, name=target.name, gpu=target.number)
        return (NearMiss(stack=self._stack.of(verdict), reasons=(), remedy=change),)
