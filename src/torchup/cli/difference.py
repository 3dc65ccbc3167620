"""One package before and after, as a line of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchup.api.environments.differences import Difference
    from torchup.cli.screen import Screen


def painted(one: Difference, out: Screen) -> str:
    """Write what comes, what goes, or what gets another version, each in its colour."""
    by = f"  ({one.by})" if one.by else ""
    if not one.before:
        return out.paint(f"+ {one.name} {one.after}{by}", "good")
    if not one.after:
        return out.paint(f"- {one.name} {one.before}", "stops")
    return out.paint(f"~ {one.name} {one.before} → {one.after}{by}", "costs")
