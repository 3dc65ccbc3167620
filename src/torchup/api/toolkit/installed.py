"""Toolkits that are installed on the machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.toolkit.fitting import fit_of
from torchup.apply.toolkit import LAID_OUT
from torchup.errors import NoAnswerError, UsageError
from torchup.facts.load import titles
from torchup.facts.toolkits import load_toolkits
from torchup.model import OwnToolkit
from torchup.probe.tools import find_toolkits, toolkit_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.api.context import Context
    from torchup.api.toolkit import Wanted
    from torchup.host import Host
    from torchup.model import Toolkit

_HEADER = "cuda_runtime.h"


def offer(context: Context, wanted: Wanted) -> OwnToolkit | None:
    """Offer the one that the user named, else the one that fits best.

    Raises:
        UsageError: ``toolkit.not-one``: in the named folder is no toolkit.
        NoAnswerError: ``toolkit.other-major``: the framework was built for another CUDA.
    """
    host = context.host
    if wanted.channels:
        return None
    if wanted.named:
        found = named(context, wanted.named)
        if fit_of(found.version, wanted.runtime) == "no":
            raise NoAnswerError(
                "toolkit.other-major",
                path=found.path,
                has=found.version,
                framework=titles(wanted.environment.record.stack.packages),
                needs=wanted.runtime,
            )
    else:
        own = str(Path(wanted.environment.record.path))
        usable = [
            one
            for one in find_toolkits(host)
            if one.name == "cuda" and has_compiler(host, one.path) and not one.path.startswith(own)
        ]
        best = _best(usable, wanted.runtime, exact=not wanted.build)
        if best is None:
            return None
        found = best
    plain = host.modified(f"{found.path}/include/{_HEADER}") is not None
    return OwnToolkit(
        source="installed",
        runtime=".".join(found.version.split(".")[:2]),
        root=found.path,
        home=found.path if plain else LAID_OUT,
        packages=load_toolkits().builders.packages,
    )


def named(context: Context, folder: str) -> Toolkit:
    """Look at a folder that the user named as a toolkit.

    Raises:
        UsageError: ``toolkit.not-one``.
    """
    path = context.host.real_path(str(Path(folder).expanduser().absolute()))
    found = toolkit_at(context.host, path)
    if found is None or not has_compiler(context.host, path):
        raise UsageError("toolkit.not-one", path=path)
    return found


def has_compiler(host: Host, path: str) -> bool:
    """Tell whether nvcc is in a toolkit."""
    name = "nvcc.exe" if host.system == "windows" else "nvcc"
    return host.is_executable(f"{path}/bin/{name}")


def _best(found: Iterable[Toolkit], runtime: str, *, exact: bool) -> Toolkit | None:
    """The one of the same version, else the newest of the same major one.

    A framework that was built for a version takes any of its major one; a version that the user
    named is meant.
    """
    fitting = [one for one in found if fit_of(one.version, runtime) != "no"]
    same = [one for one in fitting if fit_of(one.version, runtime) == "yes"]
    return max(same if same or exact else fitting, key=_numbers, default=None)


def _numbers(one: Toolkit) -> list[int]:
    return [int(number) for number in one.version.split(".")]
