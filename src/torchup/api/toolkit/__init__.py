"""Toolkits of environments: what compiles extensions there, and where it comes from.

Each source is a module with the same function, ``offer(context, wanted)``, which returns a toolkit
or None where it has none that fits. To add one, write such a module and name it in
:data:`SOURCES`; they are asked in that order.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from msgspec import Struct

from torchup.api.toolkit.conda import put
from torchup.api.toolkit.fitting import runtime_of
from torchup.apply.toolkit import lay_out as make_links
from torchup.apply.toolkit import toolkit_programs
from torchup.errors import OutsideError
from torchup.model import Environment, Machine, OwnToolkit

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.api.toolkit.conda import Kit
    from torchup.model import Stack

WHEELS: Final = "pypi"
"""The source whose toolkits are packages of the environment, and so of its lock."""
SOURCES: Final[dict[str, str]] = {
    WHEELS: "torchup.api.toolkit.wheels",
    # Before conda's: one that is here already fits as well, and conda's are gigabytes to fetch.
    "installed": "torchup.api.toolkit.installed",
    "conda": "torchup.api.toolkit.conda",
}


class Wanted(Struct, frozen=True, kw_only=True):
    """What is asked for: a toolkit of a runtime for an environment on this machine.

    ``build`` tells whether the environment's framework was built for that runtime; ``named`` is the
    folder of a toolkit that the user wants, empty for any; ``channels`` are conda's that it is to
    be taken from, empty for any source.
    """

    environment: Environment
    machine: Machine
    runtime: str
    build: bool
    named: str = ""
    channels: tuple[str, ...] = ()


class ToolkitSource(Protocol):
    """The shape of a source's module."""

    def offer(self, context: Context, wanted: Wanted) -> OwnToolkit | None:
        """Return the toolkit that this source has; None for none that fits."""


def source_of(name: str) -> ToolkitSource:
    """Load the module of a source."""
    return cast("ToolkitSource", import_module(SOURCES[name]))


def belonging(
    context: Context,
    machine: Machine,
    environment: Environment,
    toolkit: OwnToolkit | None,
    stack: Stack,
) -> OwnToolkit | None:
    """Return the toolkit that belongs to an environment once it has a stack.

    Where the stack is of another runtime than before the toolkit's source is asked again, and PyPI
    where that has none. One that the user installed stays: what it fits is for ``toolkit list`` to
    say.
    """
    if toolkit is None or toolkit.source == "installed":
        return toolkit
    runtime = runtime_of(stack)
    if not runtime or runtime == toolkit.runtime:
        return toolkit
    wanted = Wanted(
        environment=environment,
        machine=machine,
        runtime=runtime,
        build=True,
        channels=toolkit.channels,
    )
    asked = dict.fromkeys((toolkit.source, WHEELS))
    return next(filter(None, (source_of(one).offer(context, wanted) for one in asked)), None)


def compiler_of(context: Context, environment: Path, toolkit: OwnToolkit) -> str:
    """Return the path of a toolkit's nvcc; empty where it isn't there."""
    name = "nvcc.exe" if context.host.system == "windows" else "nvcc"
    path = str(toolkit_programs(environment, toolkit) / name)
    return path if context.host.is_executable(path) else ""


def lay_out(
    context: Context, environment: Path, toolkit: OwnToolkit | None, kit: Kit | None = None
) -> None:
    """Lay a toolkit's files out in an environment, or take away what was laid out.

    Args:
        context: the session.
        environment: its folder.
        toolkit: the one that is to be there; None for none.
        kit: what conda's packages were solved to; None to keep to what is locked there.

    Raises:
        OutsideError: ``toolkit.incomplete``: no compiler came with its packages; a ``conda.*``
            code.
        OSError: it can't be written.
    """
    put(context, environment, toolkit, kit)
    make_links(environment, toolkit)
    if toolkit is not None and not compiler_of(context, environment, toolkit):
        raise OutsideError("toolkit.incomplete", path=environment / toolkit.root)
