"""A second environment of conda's: its packages are linked anew, since files hold the path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.backends.conda_prefix import META
from torchup.backends.conda_rattler import client, rattler, run
from torchup.backends.contents import conda_packages

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host
    from torchup.state.home import Home


def relink(host: Host, home: Home, source: Path, target: Path) -> frozenset[Path]:
    """Install at ``target`` what conda installed at ``source``, from the cache where it is kept.

    Returns:
        The files of ``source`` that are not to be copied: those of the packages, and their
        records. All others are somebody's own, or pip's.

    Raises:
        OutsideError: a ``conda.*`` code.
    """
    module = rattler(host, home)
    records = [
        module.PrefixRecord.from_path(str(file)) for file in sorted((source / META).glob("*.json"))
    ]

    async def install() -> None:
        await module.install(
            records,
            target,
            cache_dir=home.conda_cache.absolute(),
            client=client(module),
            show_progress=False,
        )

    run(install)
    files = {file for one in conda_packages(source, host) for file in one.files}
    return frozenset((*(source / file for file in files), *(source / META).glob("*.json")))
