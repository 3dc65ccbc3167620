"""Where conda's things are on this machine: installations, environments, caches of packages."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from torchup import apply
from torchup.backends.contents import CONDA
from torchup.errors import NoAnswerError
from torchup.probe.inventory.condas import find_condas
from torchup.sources.conda_config import package_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.model.software import CondaInstall


def bases(context: Context) -> tuple[CondaInstall, ...]:
    """Return the installations of conda, mamba and micromamba."""
    return tuple(one for one in find_condas(context.host) if one.kind != "pixi")


def caches(context: Context) -> tuple[Path, ...]:
    """Return the folders that conda keeps packages in, links followed, each once."""
    known = [one.path for one in bases(context)]
    folders = (*(f"{base}/pkgs" for base in known), *package_folders(context.host, known))
    found = (context.host.real_path(one) for one in folders if context.host.is_dir(one))
    return tuple(Path(one) for one in dict.fromkeys(found))


def prefixes(context: Context) -> tuple[Path, ...]:
    """Return every environment of conda's that is found, bases and torchup's own included."""
    host = context.host
    found = [one.path for one in bases(context) if host.is_dir(f"{one.path}/conda-meta")]
    found += [path for one in bases(context) for path in one.environments]
    found += [str(path) for path in own_prefixes(context)]
    return tuple(Path(one) for one in dict.fromkeys(map(host.real_path, found)))


def own_prefixes(context: Context) -> Iterator[Path]:
    """Name those of conda's environments that torchup made, links followed."""
    for name in apply.names(context.home):
        with suppress(NoAnswerError):  # deleted just now
            one = apply.load_environment(context.host, context.home, name, sized=False)
            if one.record.backend == CONDA:
                yield Path(context.host.real_path(one.record.path))


def called(context: Context, prefix: Path) -> str:
    """Return how a command of torchup's names an environment: its own by name, else by path."""
    home, real = context.home, context.host.real_path
    for name in apply.names(home):
        if real(str(home.environment(name))) == real(str(prefix)):
            return name
    return str(prefix)
