"""Packages from outside that get into an environment of torchup's, which was closed to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.api.machines.software import framework_names
from torchup.backends.contents import leaks
from torchup.model import text
from torchup.model.finding import Finding, Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.model import Environment

_ALSO: Final = frozenset({"numpy", "triton"})
"""What breaks the framework beside its own packages when another one is found."""


def look(context: Context, found: Environment) -> Iterator[Finding]:
    """Name what gets in through the environment's own settings."""
    if found.state == "foreign":
        return  # those are looked at with the machine
    path = Path(found.record.path)
    names = _ALSO | framework_names().keys()
    seen = [
        one for one in leaks(path, context.host) if one.leak != "PYTHONPATH" and one.name in names
    ]
    if seen:
        name, named = found.record.name, ", ".join(f"{one.name} {one.version}" for one in seen)
        folder = seen[0].where
        yield Finding(
            code="user-site-leak",
            severity="warning",
            title=text("problem.user-site-leak", environment=name, packages=named, folder=folder),
            because=(f"{path}: include-system-site-packages",),
            remedies=(
                Remedy(
                    title=text("repair.close-venv", path=str(path)),
                    safety="ask",
                    commands=(("torchup", "repair", name, "--finding", "user-site-leak"),),
                ),
            ),
            facts={"environment": str(path), "name": name},
        )
