"""Installing with rattler from a lock, and with uv what pip's part of it names."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.backends.conda_lock import pip_part, read_lock, shown
from torchup.backends.conda_prefix import finish, said
from torchup.backends.conda_rattler import clear_drafts, client, rattler, run
from torchup.backends.contents import conda_packages
from torchup.backends.pylock import read_packages
from torchup.backends.uv_install import Installing
from torchup.backends.uv_lock import local_path
from torchup.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from torchup.backends import Fetcher, Progress
    from torchup.backends.conda_lock import CondaLock, Locked
    from torchup.backends.conda_rattler import Rattler
    from torchup.backends.inputs import Build
    from torchup.host import Host
    from torchup.model import Artifact, SourceSet
    from torchup.state.home import Home

_DAY: Final = 24 * 3600
_BLOCK: Final = 1 << 20


class CondaInstalling:
    """One environment and one lock.

    Args:
        host: the machine.
        home: whose cache is used.
        path: the environment.
        pylock: the lock.
        sources: known again where they ask for credentials: locks hold none.
        offline: use only what is kept on this machine.
    """

    def __init__(
        self,
        host: Host,
        home: Home,
        path: Path,
        pylock: Path,
        *,
        sources: SourceSet | None,
        offline: bool,
    ) -> None:
        self._host = host
        self._home = home
        self._path = path
        self._pylock = pylock
        self._sources = sources
        self._offline = offline
        self._cache = home.conda_cache.absolute()

    def conda(self, on_progress: Progress) -> None:
        """Make conda's part of the environment what the lock names, every hash verified.

        Raises:
            OutsideError: a ``conda.*`` code.
        """
        lock = self._lock()
        module = rattler(
            self._host, self._home, self._sources, offline=self._offline, on_progress=on_progress
        )
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            clear_drafts(self._cache, _DAY)
            missing = [one for one in lock.packages if not kept(self._cache, one)]
            check_files(missing, offline=self._offline)
        except OSError as error:
            raise refused(error, self._cache) from error
        before = {one.name: said(one.url) for one in conda_packages(self._path, self._host)}
        records = [self._record(module, one) for one in lock.packages]
        by_name = {one.name: one for one in missing}
        # Each word to it costs time, and of what is kept there is nothing to tell.
        reporter = _teller(module, by_name, on_progress) if missing else None

        async def install() -> None:
            await module.install(
                records,
                self._path,
                cache_dir=self._cache,
                platform=module.Subdir(lock.subdir),
                client=client(module),
                show_progress=False,
                reporter=reporter,
            )

        run(install, offline=self._offline)
        try:
            finish(self._host, self._path, lock, before, self._secrets())
        except OSError as error:
            raise refused(error, self._path) from error

    def pip(
        self,
        artifacts: tuple[Artifact, ...],
        on_progress: Progress,
        *,
        removed: tuple[str, ...] = (),
        again: tuple[str, ...] = (),
        builds: tuple[Build, ...] = (),
        fetch: Fetcher | None = None,
    ) -> None:
        """Install what pip's part of the lock names, beside conda's; ``builds`` last.

        Raises:
            OutsideError: a ``uv.*`` code.
        """
        installing = Installing(
            self._host,
            self._home,
            self._path,
            self._pylock,
            sources=self._sources,
            offline=self._offline,
            hashed_index="",
            builds=builds,
            fetch=fetch,
        )
        installing.without(removed)
        if read_packages(pip_part(self._pylock.read_text(encoding="utf-8")).encode()):
            installing.beside(artifacts, on_progress, again=again)

    def _lock(self) -> CondaLock:
        why = ""
        try:
            found = read_lock(self._pylock.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, msgspec.MsgspecError) as error:
            found, why = None, str(error)
        if found is None:
            raise OutsideError("conda.bad-lock", path=self._pylock, why=why)
        return found

    def _record(self, module: Rattler, one: Locked) -> Rattler:
        record = module.PackageRecord(
            one.name,
            one.version,
            module.BuildString(one.build),
            one.build_number,
            one.subdir,
            noarch=one.noarch or None,
            depends=list(one.depends),
            constrains=list(one.constrains),
            sha256=bytes.fromhex(one.sha256) if one.sha256 else None,
            md5=bytes.fromhex(one.md5) if one.md5 else None,
            size=one.size or None,
            license=one.license or None,
            python_site_packages_path=one.python_site_packages_path or None,
        )
        record.track_features = list(one.track_features)
        if one.timestamp:
            from datetime import datetime, timezone

            record.timestamp = datetime.fromtimestamp(one.timestamp / 1000, timezone.utc)
        place = f"{self._base(one)}/{one.subdir}"
        return module.RepoDataRecord(record, one.fn, f"{place}/{one.fn}", place)

    def _base(self, one: Locked) -> str:
        """The channel's address, with its login where the lock was made with one."""
        sources = self._sources.channels if self._sources else ()
        known = next((source.url for source in sources if source.id == one.channel), "")
        return (known or one.url.rpartition("/")[0].removesuffix(f"/{one.subdir}")).rstrip("/")

    def _secrets(self) -> list[str]:
        """The addresses that hold a login or a token."""
        sources = self._sources.channels if self._sources else ()
        return [one.url for one in sources if shown(one.url) != one.url]


def check_files(missing: Iterable[Locked], *, offline: bool) -> None:
    """Verify packages that lie on this machine: rattler verifies what it fetches.

    Args:
        missing: what is not in the cache.
        offline: nothing may be fetched.

    Raises:
        OutsideError: ``conda.bad-file``; ``conda.offline-missing``: rattler would fetch one.
        OSError: one can't be read.
    """
    lost: list[str] = []
    for one in missing:
        path = local_path(one.url)
        if not path:
            lost.append(one.name)
        elif one.sha256 and _hash_of(path) != one.sha256:
            raise OutsideError("conda.bad-file", subject=one.name, why=f"sha256, {path}")
    if lost and offline:
        raise OutsideError("conda.offline-missing", names=", ".join(lost))


def kept(cache: Path, one: Locked) -> bool:
    """Tell whether a package is in rattler's cache, of the hash that is locked.

    The hash stands in the lock file beside the package's folder.
    """
    folder = cache / f"{one.name}-{one.version}-{one.build}"
    try:
        said = (cache / f"{folder.name}.lock").read_bytes()
    except OSError:
        return False
    return folder.is_dir() and bool(one.sha256) and bytes.fromhex(one.sha256) in said


def _hash_of(path: str) -> str:
    found = hashlib.sha256()
    with open(path, "rb") as stream:  # noqa: PTH123  # an address's path
        while block := stream.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def refused(error: OSError, path: Path) -> OutsideError:
    """Return the error that a failed write or read means."""
    why = error.strerror or type(error).__name__
    return OutsideError("conda.unwritable", path=path, why=why)


def _teller(module: Rattler, packages: dict[str, Locked], on_progress: Progress) -> Rattler:
    """Return what rattler tells how far it is."""

    class Teller(module.InstallerReporter):  # type: ignore[misc]  # it isn't there for mypy
        """Passes downloads on."""

        def __init__(self) -> None:
            self._names: list[str] = []

        def on_populate_cache_start(self, operation: int, package_name: str) -> int:  # noqa: ARG002  # its protocol
            self._names.append(package_name)
            return len(self._names) - 1

        def on_download_start(self, cache_entry: int) -> int:
            return cache_entry

        def on_download_progress(self, download_idx: int, progress: int, total: int | None) -> None:
            name = self._names[download_idx]
            known = packages.get(name)
            on_progress(name, progress, total or (known.size if known else 0))

    return Teller()
