"""What conda leaves behind: lines for environments that are gone, packages that nobody links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.conda_client import find_client
from torchup.apply.conda_list import listed
from torchup.apply.usage import Tree
from torchup.model import text
from torchup.model.finding import Finding, Remedy
from torchup.probe.inventory.condas import find_condas
from torchup.sources.conda_config import package_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context

_MIB = 1024 * 1024


def leavings(context: Context) -> Iterator[Finding]:
    """Find them; nothing where there is no conda."""
    yield from _gone(context)
    for folder in _caches(context):
        yield from _large(context, folder)


def _gone(context: Context) -> Iterator[Finding]:
    """Name what conda's list names and is no environment; Navigator and editors show it still."""
    lines = [one for one in listed(context.host) if not (Path(one) / "conda-meta").is_dir()]
    gone = [one for one in lines if not Path(one).exists()]
    if not gone:
        return
    commands = tuple(("torchup", "delete", one) for one in gone)
    yield Finding(
        code="conda-environment-gone",
        severity="warning",
        title=text("leavings.gone", count=len(gone)),
        because=tuple(gone),
        remedies=(Remedy(title=text("leavings.unlist"), safety="ask", commands=commands),),
    )


def _caches(context: Context) -> tuple[Path, ...]:
    bases = [one.path for one in find_condas(context.host) if one.kind != "pixi"]
    folders = (*(f"{base}/pkgs" for base in bases), *package_folders(context.host, bases))
    found = (context.host.real_path(one) for one in folders if context.host.is_dir(one))
    return tuple(Path(one) for one in dict.fromkeys(found))


def _large(context: Context, folder: Path) -> Iterator[Finding]:
    """Tell of a cache that would free more than is left on its disk."""
    room = context.host.room(str(folder))
    frees = Tree(folder).frees()
    if room is None or frees <= room.free:
        return
    program = find_client(context, folder.parent)
    commands = ((program, "clean", "--all"),) if program else ()
    yield Finding(
        code="conda-packages-large",
        severity="warning",
        title=text("leavings.large", path=folder, frees=frees // _MIB, free=room.free // _MIB),
        because=(str(folder),),
        remedies=(
            Remedy(
                title=text("leavings.clean"),
                safety="ask" if commands else "manual",
                commands=commands,
            ),
        ),
    )
