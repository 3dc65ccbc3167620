"""Installing with rattler from a lock, and with uv what pip's part of it names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.backends.conda_cache import damaged, drop, drop_unopenable
from torchup.backends.conda_fetch import Bringing, records_moved
from torchup.backends.conda_files import check_files, entry_of, kept, refused, teller
from torchup.backends.conda_inspect import framework_names
from torchup.backends.conda_lock import pip_part, read_lock
from torchup.backends.conda_pip import python_packages
from torchup.backends.conda_prefix import META, Before, finish, said
from torchup.backends.conda_rattler import clear_drafts, client_for_packages, rattler, run
from torchup.backends.conda_records import drop_damaged_records, record_of
from torchup.backends.conda_state import read_state
from torchup.backends.contents import CONDA, conda_packages, contents
from torchup.backends.pylock import locked_versions
from torchup.backends.uv_install import Installing
from torchup.early import read_text
from torchup.errors import OutsideError
from torchup.model.names import canonical_name
from torchup.model.no_document import NO_DOCUMENT
from torchup.model.source import kept_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torchup.backends import Fetcher, Progress
    from torchup.backends.conda_lock import CondaLock, Locked
    from torchup.backends.conda_rattler import Rattler
    from torchup.backends.inputs import Build
    from torchup.host import Host
    from torchup.model import Artifact, SourceSet
    from torchup.state.home import Home

_DAY: Final = 24 * 3600


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

    def conda(
        self,
        on_progress: Progress,
        *,
        again: tuple[str, ...] = (),
        fetch: Fetcher | None = None,
    ) -> None:
        """Make conda's part of the environment what the lock names, every hash verified.

        Args:
            on_progress: told how far a download is.
            again: packages that are linked anew though they seem to be there, by conda's names.
            fetch: brings files that are better not left to rattler; None leaves it everything.

        Raises:
            OutsideError: a ``conda.*`` or a ``download.*`` code.
        """
        lock = self._lock()
        module = rattler(
            self._host, self._home, self._sources, offline=self._offline, on_progress=on_progress
        )
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            clear_drafts(self._cache, _DAY)
            name = self._path.name
            drop_damaged_records(module, self._path / META, lock.packages, name)
            before = self._before()
            coming = [one for one in lock.packages if _comes(one, before.packages, again)]
            drop_unopenable(self._cache, [entry_of(one) for one in coming])
            self._drop_damaged(one for one in coming if one.name in again)
            missing = [one for one in coming if not kept(self._cache, one)]
            bringing = Bringing(fetch, self._cache, missing, self._address)
            bringing.before()
            check_files(bringing.left, offline=self._offline)
        except OSError as error:
            raise refused(error, Path(str(error.filename or self._cache))) from error
        bringing.install(lambda: self._link(module, lock, bringing, on_progress, again))
        moved = records_moved(lock.packages, bringing)
        try:
            finish(self._host, self._path, lock, before, self._secrets(), moved)
        except OSError as error:
            raise refused(error, self._path) from error

    def _link(
        self,
        module: Rattler,
        lock: CondaLock,
        bringing: Bringing,
        on_progress: Progress,
        again: tuple[str, ...],
    ) -> None:
        """Let rattler make the environment what the lock names."""
        records = [
            record_of(module, one, self._address(one), bringing.place(one.name))
            for one in lock.packages
        ]
        left = bringing.left
        # Each word to it costs time, and of what is kept there is nothing to tell.
        reporter = teller(module, left, on_progress) if left else None

        async def install() -> None:
            await module.install(
                records,
                self._path,
                cache_dir=self._cache,
                platform=module.Subdir(lock.subdir),
                reinstall_packages=set(again) or None,
                client=client_for_packages(module, alone=bringing.idle),
                show_progress=False,
                reporter=reporter,
            )

        run(install, offline=self._offline)

    def _before(self) -> Before:
        packages = {one.name: said(one.url) for one in conda_packages(self._path, self._host)}
        asked = tuple(one.name for one in read_state(self._path).records if one.wish)
        return Before(packages=packages, asked=asked)

    def _drop_damaged(self, packages: Iterable[Locked]) -> None:
        """Take out of the cache what is damaged there: a broken file may be a link to it.

        Raises:
            OSError: it can't be removed.
        """
        names = [entry_of(one) for one in packages]
        for one in damaged(self._cache, names=names, thorough=True):
            drop(self._cache, one.name)

    def without(self, removed: tuple[str, ...]) -> tuple[str, ...]:
        """Let pip's part go of what is to be removed, and of what conda's part brings from now on.

        Files of two installers at one place would be nobody's.

        Returns:
            What conda's part has to link anew for that: pip's uninstaller took its files.

        Raises:
            OutsideError: a ``uv.*`` code.
        """
        brought = python_packages(self._lock().packages, framework_names())
        there = {one.name for one in contents(self._path, self._host) if one.by != CONDA}
        self._installing(()).without(sorted(there.intersection((*removed, *brought))))
        return tuple(sorted(there.intersection(brought)))

    def pip(
        self,
        artifacts: tuple[Artifact, ...],
        on_progress: Progress,
        *,
        again: tuple[str, ...] = (),
        builds: tuple[Build, ...] = (),
        fetch: Fetcher | None = None,
    ) -> None:
        """Install what pip's part of the lock names, beside conda's; ``builds`` last.

        Raises:
            OutsideError: a ``uv.*`` code.
        """
        named = locked_versions(pip_part(read_text(self._pylock)).encode())
        if named:
            anew = [one for one in again if one in named]
            files = tuple(one for one in artifacts if canonical_name(one.name) in named)
            self._installing(builds, fetch).beside(files, on_progress, again=anew)

    def conda_names(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of some packages that conda's part of the lock holds, by its names.

        Raises:
            OutsideError: ``conda.bad-lock``.
        """
        ours = framework_names()
        wanted = set(names)
        return tuple(
            one.name
            for one in self._lock().packages
            if (ours.get(one.name) or canonical_name(one.name)) in wanted
        )

    def _installing(self, builds: tuple[Build, ...], fetch: Fetcher | None = None) -> Installing:
        return Installing(
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

    def _lock(self) -> CondaLock:
        why = ""
        try:
            found = read_lock(read_text(self._pylock))
        except (OSError, *NO_DOCUMENT) as error:
            found, why = None, str(error)
        if found is None:
            raise OutsideError("conda.bad-lock", path=self._pylock, why=why)
        return found

    def _address(self, one: Locked) -> str:
        return f"{self._base(one)}/{one.subdir}/{one.fn}"

    def _base(self, one: Locked) -> str:
        """The channel's address, with its login where the lock was made with one."""
        sources = self._sources.channels if self._sources else ()
        known = next((source.url for source in sources if source.id == one.channel), "")
        return (known or one.url.rpartition("/")[0].removesuffix(f"/{one.subdir}")).rstrip("/")

    def _secrets(self) -> list[str]:
        """The addresses that hold a login or a token."""
        sources = self._sources.channels if self._sources else ()
        return [one.url for one in sources if kept_url(one.url) != one.url]


def _comes(one: Locked, before: Mapping[str, str], again: tuple[str, ...]) -> bool:
    """Tell whether a package has to be linked: it isn't there, or is to come anew."""
    return one.name in again or before.get(one.name) != said(one.url)
