"""Which framework an interpreter's environment holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.facts.frameworks import DEFAULT, named_in

if TYPE_CHECKING:
    from torchup.api.context import Context


def framework_at(context: Context, python: str) -> str:
    """Name the first framework beside an interpreter; the usual one where there is none.

    Args:
        context: the session.
        python: the interpreter's path, links not followed: they lead out of its environment.
    """
    from torchup.api.environments.adopting import folder_of
    from torchup.api.machines.software import known_names
    from torchup.probe.inventory.environments import look_at

    found = look_at(context.host, str(folder_of(context, python)), known_names())
    return next(iter(named_in(found.packages if found else ())), DEFAULT)
