"""Deciding which files of a lock are fetched here, and fetching them.

The backend fetches by itself where the network is healthy: nothing is faster. It can't go on with
a file that broke off, though, nor take the rest from another place. So what is large comes through
:mod:`torchup.sources.fetching` where it would take long, where some of it is here already, and
where the backend has failed. That holds for wheels, which uv fetches, and for conda's packages,
which rattler does.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from torchup.api.fetching.elsewhere import addresses, channel_of, own_address
from torchup.api.fetching.folder import downloads_folder, is_here, place_of, remove
from torchup.api.fetching.health import is_healthy
from torchup.api.stacks.sizes import Sizing
from torchup.backends.conda_cache import stem_of
from torchup.model import text
from torchup.model.names import canonical_name
from torchup.sources.address import file_name, server_of
from torchup.sources.fetching import Fetching, WantedFile
from torchup.state.digests import file_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.host.real import RealHost
    from torchup.model import Artifact, SourceSet
    from torchup.state.home import Home

LARGE: Final = 16 * 2**20
"""Bytes from which on a file is worth going on with."""
WORTH: Final = 64 * 2**20
"""Bytes of large files from which on the network is looked at."""


class LockFetcher:
    """The files of one lock.

    Args:
        context: the session.
        sources: the places, for what stands by and for logins.
        on_progress: told a name, the bytes that are here, and the bytes in all.
        healthy: judges the network by the largest file's address and the bytes of all.
    """

    def __init__(
        self,
        context: Context,
        sources: SourceSet | None,
        on_progress: Callable[[str, int, int], None],
        *,
        healthy: Callable[[RealHost, str, int], bool] = is_healthy,
    ) -> None:
        self._context = context
        self._sources = sources
        self._progress = on_progress
        self._healthy = healthy
        self._here: dict[str, Path] = {}
        self._folder = downloads_folder(context)

    def before(self, artifacts: Sequence[Artifact]) -> dict[str, str]:
        """Fetch what the backend had better not; return the path of each by its address.

        Args:
            artifacts: the lock's files.

        Raises:
            OutsideError: a ``download.*`` code.
        """
        files = self._of_the_web(artifacts)
        places = ((one.url, place_of(self._context, one)) for one in files)
        there = {url: place for url, place in places if place is not None and place.is_file()}
        self._here |= there
        return {url: str(path) for url, path in there.items()} | self._worth_it(
            [one for one in files if one.url not in there]
        )

    def after_failure(self, artifacts: Sequence[Artifact]) -> dict[str, str]:
        """Fetch what the backend could not; every file that it lacks, whatever its size.

        Args:
            artifacts: the lock's files.

        Raises:
            OutsideError: a ``download.*`` code.
        """
        self._drop_damaged()
        files = [one for one in self._of_the_web(artifacts) if one.url not in self._here]
        return self._fetch(files) if files else {}

    def kept(self, artifacts: Sequence[Artifact]) -> None:
        """Remove what was fetched of files that the backend has taken over whole.

        Args:
            artifacts: the files.
        """
        for one in artifacts:
            if place_of(self._context, one) is not None:
                remove(self._folder, one.sha256)
                self._here.pop(one.url, None)

    def _drop_damaged(self) -> None:
        """Forget what was here and is gone, or no longer what it was when it was verified."""
        for url, path in tuple(self._here.items()):
            try:
                sound = file_digest(path) == path.parent.name
            except OSError:
                sound = False
            if not sound:
                del self._here[url]
                with suppress(OSError):
                    path.unlink()

    def _worth_it(self, files: Sequence[Artifact]) -> dict[str, str]:
        """Fetch what has begun; and the others that are large, where the network is bad."""
        large = self._large(files)
        begun = [one for one in large if self._is_begun(one)]
        rest = [one for one in large if one not in begun]
        wanted = begun if self._left_to_backend(rest) else large
        return self._fetch(wanted) if wanted else {}

    def _of_the_web(self, artifacts: Sequence[Artifact]) -> list[Artifact]:
        """Files that can be verified and the backend lacks; without a network, those here."""
        return [
            one
            for one in artifacts
            if one.url.startswith(("http://", "https://"))
            and one.sha256
            and self._is_lacking(one)
            and (not self._context.offline or is_here(self._context, one))
        ]

    def _large(self, artifacts: Sequence[Artifact]) -> list[Artifact]:
        found = list(artifacts)
        if any(one.size is None for one in found):
            found = list(Sizing(self._context, tuple(found)).wait())
        return [one for one in found if (one.size or 0) >= LARGE or self._is_begun(one)]

    def _left_to_backend(self, files: Sequence[Artifact]) -> bool:
        size = sum(one.size or 0 for one in files)
        if size < WORTH:
            return True
        largest = max(files, key=lambda one: one.size or 0)
        own = own_address(largest.url, self._sources)
        return self._healthy(self._context.host, own, size)

    def _is_begun(self, one: Artifact) -> bool:
        return (self._folder / f"{_wanted(one, (one.url,)).key}.part").exists()

    def _is_lacking(self, one: Artifact) -> bool:
        """Tell whether a file is worth fetching; of conda's only those that lack are named."""
        if self._sources is not None and channel_of(one.url, self._sources):
            return bool(stem_of(file_name(one.url)))
        return file_name(one.url).endswith(".whl") and not is_kept(self._context.home, one)

    def _fetch(self, files: Sequence[Artifact]) -> dict[str, str]:
        where = addresses(self._context, files, self._sources)
        wanted = {one.url: _wanted(one, where[one.url]) for one in files}
        servers = {server_of(url) for urls in where.values() for url in urls}
        self._context.report.note(
            text("create.fetching"), text("download.ours", count=len(files), places=len(servers))
        )
        fetching = Fetching(self._context.host, self._folder, self._progress)
        found = fetching.fetch(tuple(wanted.values()))
        new = {url: found[one.key] for url, one in wanted.items()}
        self._here |= new
        return {url: str(path) for url, path in new.items()}


def is_kept(home: Home, one: Artifact) -> bool:
    """Tell whether uv's cache has a wheel; where its layout is another one, it seems not."""
    name, version = canonical_name(one.name), one.version
    patterns = (
        f"wheels-v*/*/{name}/{version}-*.http",
        f"wheels-v*/*/*/{name}/{version}-*.http",
    )
    stem = file_name(one.url).removesuffix(".whl").partition("-")[2]
    found = (path for pattern in patterns for path in home.uv_cache.glob(pattern))
    return any(path.name.removesuffix(".http") == stem for path in found)


def _wanted(one: Artifact, urls: tuple[str, ...]) -> WantedFile:
    return WantedFile(
        name=file_name(one.url), urls=urls, sha256=one.sha256, size=one.size, package=one.name
    )
