"""Packages that bring compiled code: the systems, cards and CUDA that their wheels are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import SYSTEM_NAMES, Reason
from torchup.resolve.numbers import at_least

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.model import Resolution, Stack
    from torchup.model.stack import Effect
    from torchup.resolve.needs import Need


def unserved(needs: Sequence[Need], system: str, cards: Mapping[str, str]) -> tuple[Reason, ...]:
    """Warn of packages that have no wheel for a system, or no kernels for a card.

    Args:
        needs: what was asked of the framework.
        system: the machine's system.
        cards: the compute capability of each NVIDIA card that is served, by its name.
    """
    missing = [no_wheel(need, system, "warn") for need in needs if not need.runs_on(system)]
    lacking = [
        Reason(
            code="pinned-card",
            effect="warn",
            subject=need.line,
            needs=need.capability,
            has=f"{card}: {has}",
            about=need.package,
            fact=need.fact,
        )
        for need in needs
        for card, has in cards.items()
        if need.capability and not at_least(has, need.capability)
    ]
    return (*missing, *lacking)


def no_wheel(need: Need, system: str, effect: Effect) -> Reason:
    """Say that a package has no wheel for a system."""
    wsl = system == "windows" and "linux" in need.systems
    return Reason(
        code="pinned-system-wsl" if wsl else "pinned-system",
        effect=effect,
        subject=need.line,
        needs=", ".join(SYSTEM_NAMES[one] for one in need.systems),
        has=SYSTEM_NAMES.get(system, system),
        about=need.package,
        fact=need.fact,
    )


def about_runtime(need: Need, answer: Resolution, before: Resolution) -> Reason:
    """Say what a line has to do with the build: one that the user names is obeyed."""
    effect: Effect = "accept" if links(need, before.stack) else "prefer"
    if not links(need, answer.stack):
        effect = "warn"
    return wrong_runtime(need, effect)


def wrong_runtime(need: Need, effect: Effect) -> Reason:
    """Say which CUDA a package's wheel was compiled for."""
    return Reason(
        code="pinned-runtime",
        effect=effect,
        subject=need.line,
        needs=need.runtime,
        about=need.package,
        fact=need.fact,
    )


def links(need: Need, stack: Stack | None) -> bool:
    """Tell whether a package's wheel loads beside a stack; no CUDA, no say."""
    return stack is None or stack.device != "cuda" or need.links_with(stack.runtime)
