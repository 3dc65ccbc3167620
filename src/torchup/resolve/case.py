"""One machine and one requirement on their way to an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.model import NearMiss, Reason, Resolution
from torchup.resolve.answers import Answers
from torchup.resolve.beside import (
    aside_from,
    other_device,
    passed_over,
)
from torchup.resolve.choices import Choices, Tried
from torchup.resolve.explain import near_misses, newer_with_driver
from torchup.resolve.prefer import best, best_valid
from torchup.resolve.special import as_sisters, where, without_gpus
from torchup.resolve.ways import kinds_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.model import Requirement
    from torchup.resolve.judge import Judge
    from torchup.resolve.shape import StackShape
    from torchup.resolve.targets import Target, Targets
    from torchup.resolve.verdict import Verdict


class Case:
    """Turns verdicts into the answer: which candidates to judge, in which order to prefer them.

    Args:
        judge: the machine, the requirement and the facts.
        requirement: what was asked for, as it goes into the answer.
        shape: turns verdicts into stacks.
    """

    def __init__(self, judge: Judge, requirement: Requirement, shape: StackShape) -> None:
        self._judge = judge
        self.answers = Answers(judge, requirement, shape)
        self._stack = shape
        self._choices = Choices(judge, shape)

    def on_accelerator(self, targets: Targets) -> Resolution:
        """Serve every card if any build can, else the best one that can be served.

        No build serves two makers' cards: the next maker's turn comes where none of the first
        one's can be served.
        """
        if targets.asked_device not in (None, targets.wanted[0].device):
            verdicts = self._judge.judge(targets.wanted[0].device, targets.wanted, targets.wanted)
            name = self._judge.catalogue.framework.name
            near = near_misses(verdicts, self._judge.asked, name, self._stack.of)
            said = other_device(targets, self._judge)
            return replace(self.answers.none((said,)), near_misses=near)
        tried: list[Tried] = []
        for maker in targets.by_maker():
            found = self._on_cards_of(maker, tried)
            if found is not None:
                return found
        spare = [
            (resort, one.targets, alone)
            for one in tried
            for group, alone in zip(one.targets.groups, one.judged, strict=True)
            for resort in self._last_resort(alone, group)
        ]
        pick = best([one for one, _, _ in spare])
        if pick is None:
            return self._overridden(targets) or self._nothing(targets, tried)
        cards, alone = next((cards, alone) for one, cards, alone in spare if one is pick)
        return self.answers.chosen(pick, alone, cards, aside_from(targets))

    def _nothing(self, targets: Targets, tried: Sequence[Tried]) -> Resolution:
        """Answer no, and name another way to the best card last: its maker's is the usual one."""
        first, *others = [alone for one in tried for alone in one.judged]
        found = self.answers.nothing(first, aside_from(targets), others, targets.wanted[0])
        near = self._choices.another_way(targets.wanted[0])
        return replace(found, near_misses=(*found.near_misses, *near))

    def _on_cards_of(self, targets: Targets, tried: list[Tried]) -> Resolution | None:
        """Serve one maker's cards, see :meth:`on_accelerator`; None where none can be served.

        Args:
            targets: the cards, those of the maker to be served.
            tried: what was found for the makers before; added to where nothing serves this one's.
        """
        wanted = targets.wanted
        verdicts = self._judge.judge(wanted[0].device, wanted, wanted)
        judged: list[list[Verdict]] = []
        pick = best_valid(verdicts)
        if pick is not None:
            near = newer_with_driver(pick, verdicts, self._stack.of)
            near += self._choices.known_natively(pick, verdicts)
            near += self._choices.for_one_card(targets, pick)
            return self._for_maker(pick, verdicts, targets, near, tried)
        for group in targets.groups:
            alone = (
                verdicts if group == wanted else self._judge.judge(group[0].device, group, wanted)
            )
            judged.append(alone)
            pick = best_valid(alone)
            if pick is not None:
                near = self._choices.for_cards_left(targets, pick, alone, verdicts, judged[0])
                return self._for_maker(pick, alone, targets, near, tried)
        tried.append(Tried(targets=targets, judged=judged))
        return None

    def _for_maker(
        self,
        pick: Verdict,
        verdicts: Sequence[Verdict],
        targets: Targets,
        near: tuple[NearMiss, ...],
        tried: Sequence[Tried],
    ) -> Resolution:
        """The choice for one maker's cards, and what would serve the other makers'."""
        near += self._choices.for_makers_passed(tried) + self._choices.for_other_makers(targets)
        return self.answers.chosen(
            pick,
            verdicts,
            targets,
            aside_from(targets),
            near=near,
            passed=passed_over(tried, self._judge),
        )

    def _overridden(self, targets: Targets) -> Resolution | None:
        """Serve the cards as sister chips: only by the user's word, who names a build."""
        instead = as_sisters(targets, self._judge.knowledge, where(self._judge.machine.os))
        if instead is None or self._judge.asked.build is None:
            return None
        found = self.on_accelerator(instead)
        return found if found.outcome == "ok" else None

    def on_cpu(
        self,
        said: tuple[Reason, ...],
        *,
        alone: bool = False,
        leaves_out: tuple[int, ...] = (),
        near: tuple[NearMiss, ...] = (),
    ) -> Resolution:
        """Take a CPU build; a build with a runtime only where nothing else can be reached."""
        verdicts = self._judge.judge("cpu", (), ())
        pick = best_valid(verdicts)
        if pick is None and not alone:
            heavy = self._judge.judge("cuda", (), ())
            pick = best_valid([v for v in heavy if _reachable(v)])
            if pick is not None:
                warned = Reason(code="runtime-unused", effect="warn", subject=pick.label)
                said = (*said, warned)
                pick = pick.on("cpu")
        if pick is None:
            return self.answers.nothing(verdicts, said)
        return self.answers.chosen(pick, verdicts, None, said, near=near, leaves_out=leaves_out)

    def on_cpu_beside(self, targets: Targets) -> Resolution:
        """Take a CPU build where no card is served by itself, and offer what the user may name."""
        machine = self._judge.machine
        warned = aside_from(targets)
        if not warned:
            warned = (Reason(code="no-accelerator", effect="accept", subject=machine.platform),)
        warned += without_gpus(machine)
        near = self._choices.with_named_build(targets)
        return self.on_cpu(warned, leaves_out=targets.aside, near=near)

    def without_device(self, targets: Targets, *, gpus_known: bool) -> Resolution:
        """Take the build that the user named, on a machine that has no device for it."""
        kinds = kinds_at(self._judge.where)
        verdicts = [one for kind in kinds for one in self._judge.judge(kind, (), ())]
        verdicts.sort(key=lambda one: one.order)
        pick = best_valid(verdicts)
        said = tuple(replace(one, effect="warn") for _, one in targets.unsupported)
        said += targets.notes
        if pick is None:
            return self.answers.nothing(verdicts + self._judge.judge("cpu", (), ()), said)
        warned = Reason(code="build-without-device", effect="warn", subject=pick.build.name)
        if gpus_known:
            pick = pick.on("cpu")
        else:
            platform = self._judge.machine.platform
            warned = Reason(code="gpus-unknown", effect="warn", subject=platform)
        return self.answers.chosen(
            pick, verdicts, None, (*said, warned), leaves_out=targets.aside if gpus_known else ()
        )

    def embedded(self, targets: Targets) -> Resolution | None:
        """Embedded parts (Jetson) need their maker's own wheels; the CPU ones run there too."""
        from torchup.resolve.embedded import embedded_parts

        machine = self._judge.machine
        said = embedded_parts(machine, targets, self._judge.knowledge)
        return self.answers.unless_on_cpu(said) if said else None

    def barred(self, targets: Targets) -> Resolution | None:
        """Answer no where the system alone keeps a card from computing that builds are made for."""
        said = tuple(reason for _, reason in targets.unsupported if reason.effect == "reject")
        return self.answers.unless_on_cpu(said) if said else None

    def _last_resort(self, verdicts: Sequence[Verdict], group: tuple[Target, ...]) -> list[Verdict]:
        """PTX alone: only where the user pinned what leaves nothing else (design 3.2)."""
        asked = self._judge.asked
        if not any(map(asked.pins, asked.versions)) and asked.build is None:
            return []
        return [
            one.obeyed(
                tuple(_warned(reason) for reason in one.reasons),
                tuple(target for target in group if target not in one.served) + one.served,
            )
            for one in verdicts
            if one.native and set(one.against) == {"arch-ptx-only"}
        ]


def _reachable(verdict: Verdict) -> bool:
    """Tell whether a place really has it, or is the index that everybody has."""
    offer = verdict.offer
    return offer is not None and (offer.source is not None or offer.on_pypi)


def _warned(reason: Reason) -> Reason:
    return replace(reason, effect="warn") if reason.code == "arch-ptx-only" else reason
