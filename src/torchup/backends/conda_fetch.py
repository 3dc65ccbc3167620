"""Conda's packages that had better come by another way than rattler's, on their way into its cache.

rattler begins a file anew after each break, and gives each one a limited time. What was fetched
elsewhere is shown to it where it lies: it unpacks that into its cache like any other package. The
environment's records name the channel all the same.
"""

from __future__ import annotations

from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Final

from torchup.backends.bringing import bring_after
from torchup.backends.conda_files import entry_of, kept, refused
from torchup.errors import OutsideError
from torchup.model import Artifact
from torchup.model.source import kept_url
from torchup.state.digests import file_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from torchup.backends import Fetcher
    from torchup.backends.conda_lock import Locked

_FETCHABLE: Final = frozenset({"conda.network", "conda.bad-file"})
_SETTLING: Final = 0.5
"""Seconds in which rattler's threads, which can't be stopped, end what they were at."""


class Bringing:
    """The packages that rattler's cache lacks.

    Args:
        fetch: brings files; None leaves everything to rattler.
        cache: rattler's cache.
        missing: the packages.
        address: where one of them lies, with the login where there is one.
    """

    def __init__(
        self,
        fetch: Fetcher | None,
        cache: Path,
        missing: Sequence[Locked],
        address: Callable[[Locked], str],
    ) -> None:
        self._fetch = fetch
        self._cache = cache
        self._missing = tuple(missing)
        self._files = {one.name: _artifact(one, kept_url(address(one))) for one in missing}
        self._here: dict[str, Path] = {}

    def before(self) -> None:
        """Bring what had better not be left to rattler.

        Raises:
            OutsideError: a ``download.*`` code.
        """
        if self._fetch is not None and self._missing:
            self._take(self._fetch.before(tuple(self._files.values())))

    @property
    def idle(self) -> bool:
        """Whether rattler must bring something by itself: what has no SHA-256 is left to it."""
        return self._fetch is None or any(not one.sha256 for one in self._missing)

    def place(self, name: str) -> Path | None:
        """Return where a package's archive lies that was brought, None for any other."""
        return self._here.get(name)

    @property
    def left(self) -> tuple[Locked, ...]:
        """What rattler has to fetch itself."""
        return tuple(one for one in self._missing if one.name not in self._here)

    def install(self, attempt: Callable[[], None]) -> None:
        """Let rattler install; what it could not fetch is brought, and it is asked once more.

        Raises:
            OutsideError: a ``conda.*`` or a ``download.*`` code.
        """
        try:
            attempt()
        except OutsideError as error:
            if self._fetch is None or error.code not in _FETCHABLE:
                raise
            sleep(_SETTLING)
            self._bring_after(self._fetch, error)
            attempt()
        if self._fetch is not None and self._here:
            self._fetch.kept([self._files[name] for name in self._here])

    def _bring_after(self, fetch: Fetcher, error: OutsideError) -> None:
        lost = [one for one in self._missing if not kept(self._cache, one)]
        more = bring_after(fetch, [self._files[one.name] for one in lost], error)
        if not more:
            raise error
        self._take(more)

    def _take(self, found: Mapping[str, str]) -> None:
        """Take archives that are what they should be: rattler wouldn't look at their hashes."""
        for name, file in self._files.items():
            place = found.get(file.url)
            try:
                if place is not None and file_digest(place) == file.sha256:
                    self._here[name] = Path(place)
            except OSError as error:
                raise refused(error, Path(str(place))) from error


def _artifact(one: Locked, url: str) -> Artifact:
    return Artifact(
        name=one.name, version=one.version, url=url, sha256=one.sha256, size=one.size or None
    )


def records_moved(packages: Iterable[Locked], bringing: Bringing) -> dict[str, str]:
    """Return the addresses of packages that came from a file, by the name of their record."""
    return {f"{entry_of(one)}.json": one.url for one in packages if bringing.place(one.name)}
