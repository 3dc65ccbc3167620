"""For which Pythons a project's pins have wheels, by what the index lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.model import WheelFile
from torchup.model.names import canonical_name
from torchup.resolve.needs import is_firm, parsed, pinned_version
from torchup.resolve.versions import line_meets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.model import Machine, SourceSet


class Pin(Struct, frozen=True, kw_only=True):
    """One pinned line and what the index has of its package.

    Attributes:
        line: the requirement.
        name: its package.
        version: the pinned version.
        known: the index knows the package.
        files: its wheels for the machine's platform.
    """

    line: str
    name: str
    version: str
    known: bool
    files: tuple[WheelFile, ...]

    @property
    def has_wheels(self) -> bool:
        """Tell whether the pinned version has wheels for the machine, for whatever Python."""
        return any(_same(one.version, self.version) for one in self.files)

    def serves(self, python: str) -> bool:
        """Tell whether the pinned version has a wheel for a Python."""
        return any(_same(one.version, self.version) and admits(one, python) for one in self.files)

    def forbids(self, python: str) -> bool:
        """Tell whether the pinned version says of itself that it isn't for a Python."""
        mine = [one for one in self.files if _same(one.version, self.version)]
        return bool(mine) and not any(line_meets(python, one.requires_python) for one in mine)

    def next_for(self, python: str) -> str:
        """The lowest later version that has a wheel for a Python; empty for none."""
        from packaging.version import InvalidVersion, Version

        found = []
        for one in self.files:
            try:
                version = Version(one.version)
                late = version > Version(self.version)
            except InvalidVersion:
                continue
            if late and not version.is_prerelease and not one.yanked and admits(one, python):
                found.append(version)
        return str(min(found)) if found else ""


def pins_of(
    context: Context, sources: SourceSet, machine: Machine, lines: Sequence[str]
) -> tuple[Pin, ...]:
    """Ask the index for everything of which one version is asked for.

    Args:
        context: the session.
        sources: where packages come from.
        machine: whose platform counts.
        lines: requirements whose markers hold.
    """
    from torchup.sources.cache import ListingCache
    from torchup.sources.listing import list_many

    firm = [one for one in lines if is_firm(one) and not parsed(one).url]
    cache = ListingCache(context.home.cache / "listings")
    wanted = [(sources.primary, canonical_name(parsed(one).name)) for one in firm]
    listings = list_many(context.host, wanted, cache=cache, offline=context.offline)
    return tuple(
        Pin(
            line=line,
            name=listing.project,
            version=pinned_version(line),
            known=listing.state != "absent",
            files=tuple(one for one in listing.files if _runs_on(one, machine.platform)),
        )
        for line, listing in zip(firm, listings, strict=True)
        if listing.state != "unreachable"
    )


def wheels_of(
    context: Context, sources: SourceSet, machine: Machine, name: str
) -> tuple[WheelFile, ...]:
    """Return the wheels of a package for a machine, of whatever version.

    Args:
        context: the session.
        sources: where packages come from.
        machine: whose platform counts.
        name: the package.
    """
    from torchup.sources.cache import ListingCache
    from torchup.sources.listing import list_project

    cache = ListingCache(context.home.cache / "listings")
    offline = context.offline
    found = list_project(context.host, sources.primary, name, cache=cache, offline=offline)
    return tuple(one for one in found.files if _runs_on(one, machine.platform))


def _runs_on(file: WheelFile, platform: str) -> bool:
    return not {"any", platform}.isdisjoint(file.platforms)


def admits(file: WheelFile, python: str) -> bool:
    """Tell whether a wheel goes with a release line.

    Args:
        file: the wheel.
        python: the release line.
    """
    from torchup.resolve.lines import serves_python

    if not line_meets(python, file.requires_python):
        return False
    return "any" in file.pythons or serves_python(file.pythons, python)


def _same(one: str, other: str) -> bool:
    """Tell whether two versions are the same, however they are written (``1.2`` and ``1.2.0``)."""
    if one == other:
        return True
    return _bare(one) == _bare(other)


def _bare(version: str) -> str:
    return version.partition("+")[0].removesuffix(".0").removesuffix(".0")
