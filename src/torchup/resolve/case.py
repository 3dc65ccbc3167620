"""One machine and one requirement on their way to an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.model import NearMiss, Reason, Resolution, text
from torchup.resolve.explain import near_misses, newer_with_driver, why_not_newer, why_nothing
from torchup.resolve.numbers import dotted
from torchup.resolve.prefer import best, best_valid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.model import Device, Requirement
    from torchup.resolve.judge import Judge, Verdict
    from torchup.resolve.shape import StackShape
    from torchup.resolve.targets import Target, Targets

ACCELERATED: tuple[Device, ...] = ("cuda", "rocm", "xpu")
"""The devices that a build can be named for on a machine that lacks them."""


class Case:
    """Turns verdicts into the answer: which candidates to judge, in which order to prefer them.

    Args:
        judge: the machine, the requirement and the facts.
        requirement: what was asked for, as it goes into the answer.
        shape: turns verdicts into stacks.
    """

    def __init__(self, judge: Judge, requirement: Requirement, shape: StackShape) -> None:
        self._judge = judge
        self._requirement = requirement
        self._stack = shape

    def on_accelerator(self, targets: Targets) -> Resolution:
        """Serve every card if any build can, else the best one that can be served."""
        wanted = targets.wanted
        if targets.asked_device not in (None, wanted[0].device):
            return self.none((self._other_device(targets),))
        verdicts = self._judge.judge(wanted[0].device, wanted, wanted)
        pick = best_valid(verdicts)
        extra = _said(targets)
        if pick is not None:
            near = newer_with_driver(pick, verdicts, self._stack.of)
            near += self._for_one_card(targets, pick)
            return self._chosen(pick, verdicts, targets, extra, near=near)
        first: list[Verdict] = []
        spare: list[tuple[Verdict, list[Verdict]]] = []
        for group in targets.groups:
            alone = (
                verdicts if group == wanted else self._judge.judge(group[0].device, group, wanted)
            )
            first = first or alone
            pick = best_valid(alone)
            if pick is not None:
                near = self._for_cards_left(targets, pick, alone, first)
                return self._chosen(pick, alone, targets, extra, near=near)
            spare += [(one, alone) for one in self._last_resort(alone, group)]
        resort = best([one for one, _ in spare])
        if resort is None:
            return self._nothing(first, extra)
        alone = next(others for one, others in spare if one is resort)
        return self._chosen(resort, alone, targets, extra)

    def on_cpu(
        self, said: tuple[Reason, ...], *, alone: bool = False, leaves_out: tuple[int, ...] = ()
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
            return self._nothing(verdicts, said)
        return self._chosen(pick, verdicts, None, said, leaves_out=leaves_out)

    def without_device(self, targets: Targets, *, gpus_known: bool) -> Resolution:
        """Take the build that the user named, on a machine that has no device for it."""
        verdicts = [one for kind in ACCELERATED for one in self._judge.judge(kind, (), ())]
        verdicts.sort(key=lambda one: one.order)
        pick = best_valid(verdicts)
        said = tuple(reason for _, reason in targets.unsupported)
        if pick is None:
            return self._nothing(verdicts + self._judge.judge("cpu", (), ()), said)
        warned = Reason(code="build-without-device", effect="warn", subject=pick.build.name)
        if gpus_known:
            pick = pick.on("cpu")
        else:
            platform = self._judge.machine.platform
            warned = Reason(code="gpus-unknown", effect="warn", subject=platform)
        return self._chosen(
            pick, verdicts, None, (*said, warned), leaves_out=targets.aside if gpus_known else ()
        )

    def embedded(self, targets: Targets) -> tuple[Reason, ...]:
        """Embedded parts (Jetson) need their maker's own wheels."""
        return tuple(
            replace(reason, code="gpu-embedded", effect="reject")
            for _, reason in targets.unsupported
            if (arch := self._judge.catalogue.arch(reason.has)) is not None and arch.embedded
        )

    def none(self, reasons: tuple[Reason, ...]) -> Resolution:
        """Answer that there is no stack, for reasons that no candidate could change."""
        return Resolution(outcome="none", requirement=self._requirement, reasons=reasons)

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

    def _chosen(
        self,
        pick: Verdict,
        verdicts: Sequence[Verdict],
        targets: Targets | None,
        said: tuple[Reason, ...],
        *,
        near: tuple[NearMiss, ...] = (),
        leaves_out: tuple[int, ...] = (),
    ) -> Resolution:
        served = {one.position for one in pick.served}
        if targets is not None:
            cards = {one.position for one in targets.wanted} | set(targets.aside)
            leaves_out = tuple(sorted(cards - served))
        reasons = [*said, *pick.reasons, *why_not_newer(pick, verdicts), *self._python(pick)]
        if not pick.certain:
            reasons.append(self._uncertain(pick))
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

    def _other_device(self, targets: Targets) -> Reason:
        return Reason(
            code="build-other-device",
            effect="reject",
            subject=str(self._judge.asked.build),
            needs=str(targets.asked_device),
            has=targets.wanted[0].name,
        )

    def _uncertain(self, pick: Verdict) -> Reason:
        return Reason(
            code="facts-uncertain",
            effect="warn",
            subject=pick.label,
            has=f"@word.{pick.build.certainty}",
            fact=self._judge.catalogue.fact(pick.build.fact),
        )

    def _nothing(self, verdicts: Sequence[Verdict], said: tuple[Reason, ...]) -> Resolution:
        asked, catalogue = self._judge.asked, self._judge.catalogue
        near = near_misses(verdicts, asked, catalogue.framework.name, self._stack.of)
        on_cpu = () if asked.cpu else self._judge.judge("cpu", (), ())
        plain = best_valid(on_cpu) if asked.build is None else None
        if plain is not None and any(one.device != "cpu" for one in verdicts):
            change = text("remedy.cpu", stack=plain.label)
            near = (*near[:2], NearMiss(stack=self._stack.of(plain), reasons=(), remedy=change))
        return Resolution(
            outcome="none",
            requirement=self._requirement,
            reasons=(*said, *why_nothing(verdicts, asked, catalogue.framework.name)),
            near_misses=near,
            considered=len(verdicts),
        )

    def _python(self, pick: Verdict) -> tuple[Reason, ...]:
        choice = pick.python
        if choice is None:
            return ()
        code = "python-chosen" if self._judge.asked.python is None else "python-asked"
        here = choice.line in self._judge.installed
        has = "@word.installed" if here else "@word.obtainable"
        return (Reason(code=code, effect="prefer", subject=f"Python {choice.line}", has=has),)

    def _for_one_card(self, targets: Targets, pick: Verdict) -> tuple[NearMiss, ...]:
        """Where an old card holds a newer minor release back: the release for the best one."""
        if len(targets.groups) == 1:
            return ()
        target = targets.wanted[0]
        alone = self._judge.judge(target.device, targets.groups[0], targets.wanted)
        newer = best_valid(alone)
        if newer is None or dotted(newer.release.version)[:2] <= dotted(pick.release.version)[:2]:
            return ()
        return self._use(newer, target)

    def _for_cards_left(
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

    def _use(self, verdict: Verdict, target: Target) -> tuple[NearMiss, ...]:
        change = text("remedy.use-gpu", stack=verdict.label, name=target.name, gpu=target.number)
        return (NearMiss(stack=self._stack.of(verdict), reasons=(), remedy=change),)


def _said(targets: Targets) -> tuple[Reason, ...]:
    """What is to be said about the cards that no candidate was judged for."""
    unknown = tuple(replace(reason, effect="warn") for _, reason in targets.unknown)
    return unknown + tuple(reason for _, reason in targets.unsupported)


def _reachable(verdict: Verdict) -> bool:
    """Tell whether a place really has it, or is the index that everybody has."""
    offer = verdict.offer
    return offer is not None and (offer.source is not None or offer.on_pypi)


def _warned(reason: Reason) -> Reason:
    return replace(reason, effect="warn") if reason.code == "arch-ptx-only" else reason
