"""How plain uv is told of an environment's constraints where somebody works inside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.apply.holding import constraints_path
from torchup.sources.address import file_url

if TYPE_CHECKING:
    from torchup.host import Host

UV_CONSTRAINT: Final = "UV_CONSTRAINT"
"""Names files of constraints, with a blank between them."""


def with_constraints(host: Host, environment: Path) -> str:
    """Return the variable's value inside an environment; empty for none.

    The user's own constraints count beside the environment's, those of another environment that
    happens to be active don't.
    """
    return " ".join(filter(None, (users_own(host), uv_constraint(host, environment))))


def users_own(host: Host) -> str:
    """Return what the variable names apart from the active environment's constraints."""
    said = (host.env(UV_CONSTRAINT) or "").split()
    active = host.env("VIRTUAL_ENV")
    inside = uv_constraint(host, Path(active)) if active else ""
    return " ".join(one for one in said if one != inside)


def uv_constraint(host: Host, environment: Path) -> str:
    """Return how an environment's constraints are named there; empty where it has none.

    uv takes a blank in a path for its end, so that such a path is written as an address (seen
    with uv 0.13.8).
    """
    file = constraints_path(environment)
    if host.modified(str(file)) is None:
        return ""
    plain = str(file)
    return file_url(plain, host.system) if any(map(str.isspace, plain)) else plain
