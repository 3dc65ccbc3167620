"""What the configured places have of a package, and the names near it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup import apply
from torchup.api.stacks.choosing import BACKEND
from torchup.api.stacks.shared import shared_of
from torchup.backends import load_backend
from torchup.errors import UsageError
from torchup.facts.extensions import extension_names
from torchup.facts.load import load_catalogue
from torchup.model import Listing, shown_url
from torchup.model.names import canonical_name
from torchup.probe.system import read_arch
from torchup.resolve.lines import serves_python
from torchup.resolve.offers import platform_matches
from torchup.resolve.spelling import nearby
from torchup.resolve.versions import line_meets
from torchup.sources.cache import ListingCache
from torchup.sources.configured import framework_source
from torchup.sources.listing import list_many
from torchup.sources.projects import list_projects

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.api.context import Context
    from torchup.model import Environment, Source, SourceSet, WheelFile

_NAMES: Final = "names"
"""The folder of the cache with the lists of all projects."""


class Version(Struct, frozen=True, kw_only=True):
    """A version with wheels; ``fits`` is None where nobody said for which Python."""

    version: str
    builds: tuple[str, ...]
    fits: bool | None = None
    yanked: bool = False


class Search(Struct, frozen=True, kw_only=True):
    """What was found.

    ``names_from`` is the index whose names were looked through, empty for those that torchup
    itself knows, None where nobody looked.
    """

    asked: str
    versions: tuple[Version, ...]
    listings: tuple[Listing, ...]
    near: tuple[str, ...] = ()
    names_from: str | None = None

    @property
    def is_there(self) -> bool:
        """Whether any place has the package, be it without wheels."""
        return any(one.state == "ok" for one in self.listings)


def search(context: Context, asked: str, environment: Environment | None) -> Search:
    """Look for a package by its exact name, and by near ones where there is none.

    All names of an index are asked for only then: they are many.

    Args:
        context: the session.
        asked: the package's name.
        environment: whose Python and build the wheels have to fit; None for any.

    Raises:
        UsageError: ``search.not-a-name``.
    """
    name = canonical_name(asked.strip())
    if not name or not set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        raise UsageError("search.not-a-name", name=asked)
    sources = shared_of(context, load_catalogue(), BACKEND).places.sources
    places = _places(sources, name, environment)
    cache = ListingCache(context.home.cache / "listings")
    listings = list_many(
        context.host, [(one, name) for one in places], cache=cache, offline=context.offline
    )
    found = Search(
        asked=name,
        versions=_versions(context, listings, environment),
        listings=listings,
    )
    return found if found.is_there else _with_near(context, found, sources)


def _places(sources: SourceSet, name: str, environment: Environment | None) -> list[Source]:
    """The framework lies on an index of its own for each build."""
    framework = load_catalogue().framework
    found = [sources.primary, *sources.extras, *sources.links]
    if name in (framework.name, *framework.companions) and environment is not None:
        build = environment.record.stack.build
        found.append(framework_source(sources, build))
    return [one for one in found if one.url]


def _versions(
    context: Context, listings: Iterable[Listing], environment: Environment | None
) -> tuple[Version, ...]:
    from packaging.version import Version as Number

    platform = f"{context.host.system}-{read_arch(context.host)[0]}"
    python = environment.record.stack.python if environment else ""
    files: dict[str, list[WheelFile]] = {}
    for listing in listings:
        for file in listing.files:
            if platform_matches(file, platform):
                files.setdefault(file.version, []).append(file)
    return tuple(
        Version(
            version=version,
            builds=tuple(sorted({one.build for one in files[version] if one.build})),
            fits=any(_fits(one, python) for one in files[version]) if python else None,
            yanked=all(one.yanked for one in files[version]),
        )
        for version in sorted(files, key=Number, reverse=True)
    )


def _fits(file: WheelFile, python: str) -> bool:
    return serves_python(file.pythons, python) and line_meets(python, file.requires_python)


def _with_near(context: Context, found: Search, sources: SourceSet) -> Search:
    """Look through the names of the first index that gives them, else through known ones."""
    from msgspec.structs import replace

    folder = context.home.cache / _NAMES
    for source in (sources.primary, *sources.extras):
        listed = list_projects(context.host, source, folder=folder, offline=context.offline)
        if listed.names:
            near = nearby(found.asked, listed.names)
            return replace(found, near=near, names_from=shown_url(source.url))
    return replace(found, near=nearby(found.asked, _known(context)), names_from="")


def _known(context: Context) -> frozenset[str]:
    """The names that this machine's environments and the facts have."""
    framework = load_catalogue().framework
    names = {framework.name, *framework.companions, *extension_names(framework.name)}
    for one in apply.names(context.home):
        backend = load_backend(BACKEND)
        names |= backend.inspect(Path(context.home.environment(one)), context.host).keys()
    return frozenset(names)
