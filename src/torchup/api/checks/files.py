"""An environment's files, compared with its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.doctor import examine_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.api.context import Context
    from torchup.model import Environment
    from torchup.model.finding import Finding


def look(context: Context, found: Environment) -> Iterable[Finding]:
    """Compare every file of an environment with its record."""
    return examine_files(context, found.record.name)
