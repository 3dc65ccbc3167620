"""How plain uv is told of an environment's constraints where somebody works inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.apply.holding import constraints_path
from torchup.sources.address import file_url

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host

UV_CONSTRAINT: Final = "UV_CONSTRAINT"
"""Names files of constraints, with a blank between them."""


def uv_constraint(host: Host, environment: Path) -> str:
    """Return what the variable has to name for an environment; empty where it has no constraints.

    uv takes a blank in a path for its end, so that such a path is written as an address (seen
    with uv 0.13.8).
    """
    file = constraints_path(environment)
    if host.modified(str(file)) is None:
        return ""
    plain = str(file)
    return file_url(plain, host.system) if any(map(str.isspace, plain)) else plain
