"""A second environment of conda's: its packages are linked anew, since files hold the path."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from torchup.backends.conda_cache import drop_unopenable
from torchup.backends.conda_fetch import Bringing, records_moved
from torchup.backends.conda_files import check_files, entry_of, kept, refused
from torchup.backends.conda_lock import Locked
from torchup.backends.conda_prefix import META
from torchup.backends.conda_rattler import client_for_packages, rattler, run
from torchup.backends.conda_records import record_at, record_of
from torchup.backends.contents import conda_packages
from torchup.early import read_file
from torchup.errors import OutsideError
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.backends import Fetcher
    from torchup.backends.conda_rattler import Rattler
    from torchup.host import Host
    from torchup.state.home import Home

_CARRIED: Final = ("url", "channel", "requested_spec", "requested_specs")
"""What a record says that isn't told by the package's file."""


def relink(
    host: Host,
    home: Home,
    source: Path,
    target: Path,
    *,
    fetch: Fetcher | None = None,
    offline: bool = False,
) -> frozenset[Path]:
    """Install at ``target`` what conda installed at ``source``, from the cache where it is kept.

    Args:
        host: the machine.
        home: whose cache is used.
        source: the original.
        target: the folder of the new one.
        fetch: brings files that are better not left to rattler; None leaves it everything.
        offline: use only what is kept on this machine.

    Returns:
        The files of ``source`` that are not to be copied: those of the packages, and their
        records. All others are somebody's own, or pip's.

    Raises:
        OutsideError: a ``conda.*`` or a ``download.*`` code.
    """
    module = rattler(host, home, offline=offline)
    cache = home.conda_cache.absolute()
    files = sorted((source / META).glob("*.json"))
    recorded = _recorded(files)
    try:
        known = {file: _known(module, file, source.name) for file in files}
        drop_unopenable(cache, [entry_of(one) for one in recorded.values()])
        missing = [one for one in recorded.values() if not kept(cache, one)]
        bringing = Bringing(fetch, cache, missing, lambda one: one.url)
        bringing.before()
        check_files(bringing.left, offline=offline)
    except OSError as error:
        raise refused(error, Path(str(error.filename or source))) from error

    def attempt() -> None:
        records = [
            _record(module, one, recorded.get(file), bringing) for file, one in known.items()
        ]

        async def install() -> None:
            await module.install(
                records,
                target,
                cache_dir=cache,
                client=client_for_packages(module, alone=bringing.idle),
                show_progress=False,
            )

        run(install, offline=offline)

    bringing.install(attempt)
    try:
        _carry_over(source, target, records_moved(recorded.values(), bringing))
    except (OSError, *NO_DOCUMENT) as error:
        why = error if isinstance(error, OSError) else OSError(str(error))
        raise refused(why, target) from error
    owned = {file for one in conda_packages(source, host) for file in one.files}
    return frozenset((*(source / file for file in owned), *files))


def _known(module: Rattler, file: Path, name: str) -> Rattler:
    """A package as its record has it.

    Raises:
        OutsideError: ``conda.bad-record``.
        OSError: it can't be read now.
    """
    record = record_at(module, file)
    if record is None:
        raise OutsideError("conda.bad-record", path=file, name=name)
    return record


def _record(module: Rattler, known: Rattler, one: Locked | None, bringing: Bringing) -> Rattler:
    """A package as it is known; one whose archive was brought, as it lies there."""
    place = bringing.place(one.name) if one else None
    return known if one is None or place is None else record_of(module, one, one.url, place)


def _carry_over(source: Path, target: Path, names: Iterable[str]) -> None:
    """Let the records of what was brought say what the original's say."""
    for name in names:
        old: dict[str, Any] = msgspec.json.decode(read_file(source / META / name))
        new: dict[str, Any] = msgspec.json.decode(read_file(target / META / name))
        new |= {key: old[key] for key in _CARRIED if key in old}
        write_atomic(target / META / name, msgspec.json.format(msgspec.json.encode(new), indent=2))


def _recorded(files: Iterable[Path]) -> dict[Path, Locked]:
    """Read which files the packages came from, as far as their records say."""
    found = {}
    for file in files:
        with suppress(OSError, *NO_DOCUMENT):
            found[file] = msgspec.json.decode(read_file(file), type=Locked)
    return found
