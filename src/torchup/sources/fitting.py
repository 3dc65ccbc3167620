"""Finding the very wheel of a compiled package at the place where its makers put it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from msgspec import Struct

from torchup.errors import OutsideError
from torchup.model import Source, Text, WheelFile, text
from torchup.resolve.fitting import Fit, Ground, clash, new_abi
from torchup.resolve.lines import serves_python
from torchup.sources.address import without_login
from torchup.sources.listing import list_project
from torchup.sources.wheelname import parse_wheel_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.facts.wheels import Compiled
    from torchup.host import Host
    from torchup.model import Listing
    from torchup.sources.cache import ListingCache

_GONE: Final = frozenset({404, 410})
_BAD: Final = 400
_PLATFORMS: Final = {"windows-x86_64": "win_amd64", "windows-arm64": "win_arm64"}
_OLD_ABI: Final = "3.7"
"""The last Python whose ABI tag ends in ``m``."""


class Found(Struct, frozen=True, kw_only=True):
    """A wheel, or the place that has none, or ``why`` the place can't be asked."""

    where: str
    file: WheelFile | None = None
    why: Text | None = None


class Places:
    """One machine's way to the places of compiled packages.

    Args:
        host: the door to the network.
        cache: what was seen before.
        offline: ask nobody; what was seen before counts.
    """

    def __init__(self, host: Host, cache: ListingCache, *, offline: bool) -> None:
        self._host = host
        self._cache = cache
        self._offline = offline

    def find(self, known: Compiled, ground: Ground, fits: Sequence[Fit], accepted: str) -> Found:
        """Find the newest wheel that goes with a stack at the package's own place.

        Args:
            known: the package.
            ground: the stack.
            fits: its rows that go with the stack.
            accepted: the versions that the user accepts.
        """
        if known.table.pages:
            return self._on_pages(known, ground, accepted)
        return self._among_files(known, ground, fits)

    def there(
        self, sources: Iterable[Source], known: Compiled, ground: Ground, accepted: str
    ) -> WheelFile | None:
        """Find a wheel in places that the user is set up to use; the first that has one counts.

        Args:
            sources: the places.
            known: the package.
            ground: the stack.
            accepted: the versions that the user accepts.
        """
        for source in sources:
            file = self._newest(self._list(source, known.table.name), known, ground, accepted)
            if file is not None:
                return file
        return None

    def _on_pages(self, known: Compiled, ground: Ground, accepted: str) -> Found:
        lost: Found | None = None
        pages = [_filled(one, known, ground, "", "") for one in known.table.pages]
        for page in pages:
            source = Source(id="wheels", kind="links", role="links", url=page)
            listing = self._list(source, known.table.name)
            if listing.state == "unreachable":
                lost = lost or Found(where=without_login(page), why=listing.why)
            file = self._newest(listing, known, ground, accepted)
            if file is not None:
                return Found(where=without_login(page), file=file)
        return lost or Found(where=without_login(pages[0]))

    def _newest(
        self, listing: Listing, known: Compiled, ground: Ground, accepted: str
    ) -> WheelFile | None:
        from packaging.specifiers import SpecifierSet
        from packaging.version import Version

        wanted, abi = SpecifierSet(accepted), new_abi(known, ground)
        fitting = {
            "+".join(filter(None, (one.version, one.build))): one
            for one in listing.files
            if not one.yanked
            and not {"any", ground.platform}.isdisjoint(one.platforms)
            and serves_python(one.pythons, ground.python)
            and not clash(one.build, ground, new_abi=abi)
        }
        versions = list(wanted.filter(fitting))
        return fitting[max(versions, key=Version)] if versions else None

    def _among_files(self, known: Compiled, ground: Ground, fits: Sequence[Fit]) -> Found:
        where = ""
        for fit in fits:
            for build in fit.builds:
                for pattern in known.table.files:
                    url = _filled(pattern, known, ground, fit.version, build)
                    where = where or without_login(url).rpartition("/")[0]
                    there = self._exists(url)
                    if isinstance(there, Text):
                        return Found(where=where, why=there)
                    if there:
                        return Found(where=where, file=_file(url, ground))
        return Found(where=where)

    def _exists(self, url: str) -> bool | Text:
        if self._offline:
            return text("sources.offline", url=without_login(url))
        try:
            answer = self._host.fetch(url, method="HEAD")
        except OutsideError as error:
            return Text(error.code, error.details)
        if answer.status >= _BAD and answer.status not in _GONE:
            why = f"HTTP {answer.status}"
            return text("sources.refused", url=without_login(url), why=why)
        return answer.status < _BAD

    def _list(self, source: Source, project: str) -> Listing:
        return list_project(self._host, source, project, cache=self._cache, offline=self._offline)


def file_address(known: Compiled, ground: Ground, fit: Fit) -> str:
    """The address that a wheel has by its makers' pattern, empty where they have none."""
    if not (known.table.files and fit.builds and fit.version):
        return ""
    return _filled(known.table.files[0], known, ground, fit.version, fit.builds[0])


def _filled(pattern: str, known: Compiled, ground: Ground, version: str, build: str) -> str:
    """Fill in a pattern; what comes from file names is written as addresses have it."""
    python = ground.python.replace(".", "")
    abi = f"cp{python}m" if ground.python == _OLD_ABI else f"cp{python}"
    values = {
        "version": version,
        "release": f"{ground.minor}.0",
        "minor": ground.minor,
        "build": ground.build,
        "cuda": build,
        "ABI": "TRUE" if new_abi(known, ground) else "FALSE",
        "tags": f"cp{python}-{abi}",
        "platform": _PLATFORMS.get(ground.platform, ground.platform.replace("-", "_")),
    }
    filled = pattern
    for name, value in values.items():
        filled = filled.replace(f"{{{name}}}", value)
    scheme, separator, rest = filled.partition("://")
    return scheme + separator + quote(rest, safe="/:@%?=&~")


def _file(url: str, ground: Ground) -> WheelFile | None:
    from urllib.parse import unquote

    filename = unquote(url.rpartition("/")[2])
    name = parse_wheel_name(filename)
    if name is None:
        return None
    return WheelFile(
        filename=filename,
        url=url,
        version=name.version,
        build=name.build,
        pythons=name.pythons or (ground.python,),
        platforms=name.platforms,
    )
