"""Every toolkit and cuDNN of a machine and of the environments on it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup import apply
from torchup.api.toolkit.builds import build_in
from torchup.api.toolkit.compilers import check_compiler
from torchup.apply.toolkit import toolkit_home
from torchup.model.toolkits import Build, Compiler, FoundToolkit, Toolkits
from torchup.probe.inventory.libraries import find_libraries
from torchup.probe.tools import find_toolkits, toolkit_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.model import Environment, Machine

_LIBRARY: Final = re.compile(r"nvidia-(cudnn|nccl)(?:-cu\d+)?")


def list_toolkits(context: Context, machine: Machine, name: str | None) -> Toolkits:
    """List them.

    Args:
        context: the session.
        machine: this machine.
        name: the environment that a build is thought in; None for none.

    Raises:
        NoAnswerError: there is no such environment.
    """
    host = context.host
    meant = None
    if name is not None:
        meant = apply.load_environment(host, context.home, name, sized=False)
    there = list(_environments(context))
    toolkits = list(_own(context, there))
    known = {host.real_path(one.path) for one in toolkits}
    toolkits[:0] = [
        FoundToolkit(name=one.name, version=one.version, path=one.path)
        for one in find_toolkits(host)
        if host.real_path(one.path) not in known
    ]
    libraries = [
        FoundToolkit(name=one.name, version=one.version, path=one.path)
        for one in find_libraries(host)
    ]
    build = build_in(host, meant) if meant else None
    return Toolkits(
        toolkits=tuple(toolkits),
        libraries=(*libraries, *_libraries(there)),
        build=build,
        compiler=_compiler(context, machine, build),
    )


def _compiler(context: Context, machine: Machine, build: Build | None) -> Compiler | None:
    if build is None or not build.version:
        return None
    return check_compiler(context.host, Path(build.path), machine.os.distro)


def _environments(context: Context) -> Iterator[Environment]:
    for name in (*apply.names(context.home), *apply.adopted_names(context.home)):
        yield apply.load_environment(context.host, context.home, name, sized=False)


def _own(context: Context, environments: list[Environment]) -> Iterator[FoundToolkit]:
    """The toolkits that lie inside environments."""
    for one in environments:
        toolkit, path = one.record.toolkit, Path(one.record.path)
        if toolkit is None or toolkit.source == "installed":
            continue
        home = str(toolkit_home(path, toolkit))
        seen = toolkit_at(context.host, home)
        version = seen.version if seen else toolkit.runtime
        yield FoundToolkit(name="cuda", version=version, path=home, environment=one.record.name)


def _libraries(environments: list[Environment]) -> Iterator[FoundToolkit]:
    """The libraries that wheels brought into environments."""
    for one in environments:
        for name, version in one.packages.items():
            library = _LIBRARY.fullmatch(name)
            if library:
                yield FoundToolkit(
                    name=library[1],
                    version=version,
                    path=one.record.path,
                    environment=one.record.name,
                )
