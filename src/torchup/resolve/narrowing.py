"""A choice under the needs of the user's other requirements, in words.

Needs narrow the choice as constraints do, and the answer names the line that did it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import NearMiss, Reason, Resolution, text
from torchup.resolve.compiled import about_runtime, links, no_wheel, wrong_runtime
from torchup.resolve.explain import MOST
from torchup.resolve.needs import normalised_names, versions_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.model import Requirement, Stack
    from torchup.model.stack import Effect
    from torchup.resolve.needs import Need


_ANY_VERSION_DOES: Final = ("pinned-python-through", "accept")
_FITS_ANYWAY: Final = ("pinned-runtime", "accept")
"""Of a package of which some version goes with the Python anyway there is nothing to tell."""


def narrowed(requirement: Requirement, needs: Sequence[Need]) -> Requirement:
    """Return a requirement that the needs constrain."""
    more = tuple(dict.fromkeys(need.constraint for need in needs if need.wants))
    return replace(requirement, constraints=(*requirement.constraints, *more))


def explained(answer: Resolution, needs: Sequence[Need], before: Resolution) -> Resolution:
    """Add what the user's lines had to do with a choice.

    Of needs that are met anyway only those of the named packages themselves are told.

    Args:
        answer: the choice that was made under the needs.
        needs: what was asked of the framework.
        before: the choice without them.
    """
    changed = before.stack is None or answer.stack is None or _differ(answer.stack, before.stack)
    said = tuple(
        _reason(need, "prefer" if changed and not _met_by(before.stack, need) else "accept")
        for need in needs
        if need.wants
    )
    said += tuple(about_runtime(need, answer, before) for need in needs if need.runtime)
    said += tuple(_about_python(need, answer, before) for need in needs if need.pythons)
    said = tuple(one for one in said if one.effect != "accept" or _of_its_line(one))
    said = tuple(one for one in said if (one.code, one.effect) != _ANY_VERSION_DOES)
    said = tuple(one for one in said if (one.code, one.effect) != _FITS_ANYWAY)
    first = tuple(one for one in said if one.effect in ("prefer", "warn"))
    rest = tuple(one for one in said if one.effect == "accept")
    kept = answer.reasons
    if before.requirement.python is None:  # nobody asked for the Python that a line narrowed it to
        kept = tuple(one for one in kept if one.code != "python-asked")
    return replace(answer, requirement=before.requirement, reasons=(*first, *kept, *rest))


def impossible(
    answer: Resolution,
    needs: Sequence[Need],
    before: Resolution,
    without: Mapping[str, Stack] | None = None,
) -> Resolution:
    """Say that the user's lines leave nothing, and what each of them costs.

    Args:
        answer: what was said under the needs.
        needs: what was asked of the framework.
        before: the choice without them.
        without: what fits when one line alone is left out, by that line.
    """
    against = tuple(
        _reason(need, "reject") for need in needs if need.wants and not _met_by(before.stack, need)
    )
    against += tuple(
        wrong_runtime(need, "reject") for need in needs if not links(need, before.stack)
    )
    near: tuple[NearMiss, ...] = ()
    if without:
        near = tuple(
            NearMiss(
                stack=stack,
                reasons=tuple(one for one in against if one.subject == pin),
                remedy=text("remedy.pin", pin=pin, stack=_label(stack, needs[0].framework)),
            )
            for pin, stack in without.items()
        )
    elif before.stack is not None and against:
        pins = ", ".join(dict.fromkeys(reason.subject for reason in against))
        change = text("remedy.pin", pin=pins, stack=_label(before.stack, needs[0].framework))
        near = (NearMiss(stack=before.stack, reasons=against, remedy=change),)
    others = tuple(one for one in answer.reasons if one.code != "never-published")
    if answer.stack is not None:  # on PTX alone: what speaks for it is of no use
        others = tuple(one for one in others if one.code == "arch-ptx-only")
    told = {one.subject for one in others if one.code == "pin-conflict"}
    kept = tuple(one for one in answer.near_misses if not _breaks_a_need(one))
    return replace(
        answer,
        outcome="none",
        stack=None,
        requirement=before.requirement,
        reasons=(*(one for one in against if one.subject not in told), *others),
        near_misses=(*near, *kept)[:MOST],
    )


def without_wheels(
    missing: Sequence[Need], system: str, before: Resolution, stack: Stack | None
) -> Resolution:
    """Say which pins have no wheel for a system.

    Args:
        missing: what they ask for.
        system: the machine's system.
        before: the choice without any of the user's lines.
        stack: what fits when those lines are left out; None for nothing.
    """
    reasons = tuple(no_wheel(need, system, "reject") for need in missing)
    pins = ", ".join(dict.fromkeys(need.line for need in missing))
    near: tuple[NearMiss, ...] = ()
    if stack is not None:
        change = text("remedy.pin", pin=pins, stack=_label(stack, missing[0].framework))
        near = (NearMiss(stack=stack, reasons=reasons, remedy=change),)
    return Resolution(
        outcome="none", requirement=before.requirement, reasons=reasons, near_misses=near
    )


def unsolvable(before: Resolution, why: str, enough: Sequence[str]) -> Resolution:
    """Say that the user's lines contradict each other, whatever the framework.

    Args:
        before: what fits without them.
        why: the backend's words.
        enough: lines each of which would be enough to leave out.
    """
    reason = Reason(code="pins-unsolvable", effect="reject", subject=", ".join(enough), has=why)
    stack = before.stack
    framework = next(iter(stack.packages)) if stack else ""
    near = tuple(
        NearMiss(
            stack=stack,
            reasons=(reason,),
            remedy=text("remedy.pin", pin=line, stack=_label(stack, framework)),
        )
        for line in enough
        if stack is not None
    )
    return Resolution(
        outcome="none",
        requirement=before.requirement,
        reasons=(reason,),
        near_misses=near[:MOST],
    )


def conflict(
    asked: Sequence[str], needs: Sequence[Need], releases: Sequence[str]
) -> tuple[Reason, ...]:
    """Say which of the user's own words on the framework contradict a need.

    Args:
        asked: specifiers on the framework that the user wrote, such as ``==2.14.1``.
        needs: what the lines ask for.
        releases: every release of the framework.
    """
    return tuple(
        Reason(
            code="pin-conflict",
            effect="reject",
            subject=need.line,
            needs=need.constraint,
            has=f"{need.framework}{wanted}",
            about=need.package,
            fact=need.fact,
        )
        for need in needs
        for wanted in asked
        if wanted and not _together(need, wanted, releases)
    )


def _reason(need: Need, effect: Effect) -> Reason:
    """A line that pins one version says enough; otherwise the version that asks is named."""
    said = Reason(
        code="pinned-through",
        effect=effect,
        subject=need.line,
        needs=need.constraint,
        about=need.package,
        fact=need.fact,
    )
    return replace(said, code="pinned-by") if need.firm and _of_its_line(said) else said


def _about_python(need: Need, answer: Resolution, before: Resolution) -> Reason:
    """Say what a line has to do with the Python: an explicit wish for another one is obeyed."""
    now = answer.stack.python if answer.stack else ""
    changed = before.stack is None or not need.takes(before.stack.python)
    effect: Effect = "prefer" if changed else "accept"
    said = Reason(
        code="pinned-python",
        effect=effect,
        subject=need.line,
        needs=need.pythons,
        has=now,
        about=need.package,
        fact=need.fact,
    )
    if now and not need.takes(now):
        return replace(said, code="pinned-python-unmet", effect="warn")
    return said if need.firm else replace(said, code="pinned-python-through")


def _of_its_line(reason: Reason) -> bool:
    """Tell whether the package that asks is the one that the user's line names."""
    return reason.about.partition(" ")[0] in normalised_names((reason.subject,))


def _breaks_a_need(near: NearMiss) -> bool:
    """Tell whether a near miss only passes over the constraint that a need set."""
    return any(reason.code == "requested-version" for reason in near.reasons)


def _together(need: Need, wanted: str, releases: Sequence[str]) -> bool:
    both = versions_of(wanted)
    return any(need.met(one) and both.contains(one, prereleases=True) for one in releases)


def _met_by(stack: Stack | None, need: Need) -> bool:
    return stack is not None and need.met(stack.packages[need.framework])


def _differ(one: Stack, other: Stack) -> bool:
    return (one.packages, one.build, one.python) != (other.packages, other.build, other.python)


def _label(stack: Stack, framework: str) -> str:
    return f"{framework} {stack.packages[framework]}+{stack.build}"
