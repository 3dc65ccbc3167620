"""A second environment of conda's: its packages are linked anew, since files hold the path."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from torchup.backends.conda_files import check_files, kept, refused
from torchup.backends.conda_lock import Locked
from torchup.backends.conda_prefix import META
from torchup.backends.conda_rattler import client_for_packages, rattler, run
from torchup.backends.contents import conda_packages

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    cache = home.conda_cache.absolute()
    try:
        check_files([one for one in _recorded(source) if not kept(cache, one)], offline=False)
    except OSError as error:
        raise refused(error, source) from error
    records = [
        module.PrefixRecord.from_path(str(file)) for file in sorted((source / META).glob("*.json"))
    ]

    async def install() -> None:
        await module.install(
            records,
            target,
            cache_dir=cache,
            client=client_for_packages(module, alone=True),
            show_progress=False,
        )

    run(install)
    files = {file for one in conda_packages(source, host) for file in one.files}
    return frozenset((*(source / file for file in files), *(source / META).glob("*.json")))


def _recorded(source: Path) -> Iterator[Locked]:
    """Read which files the packages came from, as far as their records say."""
    for file in sorted((source / META).glob("*.json")):
        with suppress(msgspec.MsgspecError):
            yield msgspec.json.decode(file.read_bytes(), type=Locked)
