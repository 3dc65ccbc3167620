"""From wheels' names to a release that nobody has looked into yet; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.facts.catalogue import Build, Release
from torchup.model import WheelFile
from torchup.model.builds import device_of, runtime_of
from torchup.resolve.nightly import is_nightly
from torchup.resolve.numbers import capability, dotted

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.facts.catalogue import Catalogue

_STABLE: Final = re.compile(r"\d+(\.\d+)+")
_PLAIN: Final = re.compile(r"[a-z]+[\d.]*")
"""A build of its own, rather than a variant of one, such as ``cpu.cxx11.abi``."""
_PYPI: Final = "pypi"


class Seen(Struct, frozen=True, kw_only=True):
    """A wheel, and the address of the place that lists it (without a login)."""

    file: WheelFile
    place: str


class Unmeasured:
    """What of one platform's wheels the catalogue doesn't know.

    Args:
        catalogue: the facts.
        platform: such as ``linux-x86_64``.
        cards: architectures of the machine's cards.
        nightly: look at nightly builds, and take a build's architectures from its precursor.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        platform: str,
        cards: tuple[str, ...],
        *,
        nightly: bool = False,
    ) -> None:
        self._nightly = nightly
        self._catalogue = catalogue
        self._platform = platform
        self._cards = cards
        self._oldest = dotted(catalogue.releases[-1].version)
        self._made = 0
        self._known = {
            release.version: {build.name for build in release.builds if build.platform == platform}
            for release in catalogue.releases
        }

    def build_of(self, file: WheelFile, place_build: str | None) -> str | None:
        """The build of a wheel that counts and that the catalogue doesn't know, else None.

        It is named by the local tag, or by the place. What PyPI will serve of a new release
        can't be known before; that of the newest known one is the best guess.
        """
        if file.yanked or self._platform not in file.platforms or not self._counts(file.version):
            return None
        known = self._known.get(file.version)
        name = file.build or place_build
        if name is None and known is None and not self._nightly:
            default = self._precursor(lambda one: _PYPI in one.channels)
            name = default.name if default else None
        if name is None or not _PLAIN.fullmatch(name) or device_of(name) is None:
            return None
        return None if known is not None and name in known else name

    def release(self, version: str, seen: dict[str, list[Seen]]) -> Release | None:
        """Make a release of its wheels by build; None where no build can serve the cards."""
        kept = {name: wheels for name, wheels in seen.items() if not self._dropped(name)}
        made = [self._build(name, wheels) for name, wheels in kept.items()]
        if not made:
            return None
        known = self._catalogue.release(version)
        if known is not None:
            return replace(known, builds=(*known.builds, *made))
        files = [one.file for wheels in seen.values() for one in wheels]
        lines = sorted({line for file in files for line in file.pythons}, key=_line)
        floors = [file.floor for file in files if file.floor]
        floor = min(floors, key=lambda one: dotted(one.rpartition(" ")[2]), default="")
        return Release(
            version=version,
            date="",
            pythons={self._platform: tuple(lines)},
            floors={self._platform: floor} if floor else {},
            builds=tuple(made),
            companions=(),
            fact=made[0].fact,
        )

    def _build(self, name: str, wheels: list[Seen]) -> Build:
        """What a build's name tells, and what its precursor of that name was."""
        device, runtime = device_of(name) or "cpu", runtime_of(name)
        like = self._precursor(lambda one: one.name == name)
        archs = None if device in {"cuda", "rocm"} else ()
        told = like if self._nightly else None
        untagged = any(not one.file.build for one in wheels)
        place = wheels[0].place
        self._made += 1
        return Build(
            name=name,
            platform=self._platform,
            device=device,
            runtime=like.runtime if like else runtime,
            channels=(_PYPI, place) if untagged else (place,),
            archs=told.archs if told else archs,
            ptx=told.ptx if told else (),
            certainty="low",
            fact=self._catalogue.row_count + self._made - 1,
            tagged=not untagged,
            also=like.also if like else (),
        )

    def _counts(self, version: str) -> bool:
        """Tell whether a version is of the kind that is looked for, and not too old."""
        fitting = is_nightly(version) if self._nightly else _STABLE.fullmatch(version) is not None
        return fitting and dotted(version) >= self._oldest

    def _precursor(self, wanted: Callable[[Build], bool]) -> Build | None:
        """The newest known build of this platform that fits."""
        builds = (one for release in self._catalogue.releases for one in release.builds)
        return next((one for one in builds if one.platform == self._platform and wanted(one)), None)

    def _dropped(self, name: str) -> bool:
        """Tell whether all cards are older than anything the precursor was compiled for."""
        device, runtime = device_of(name), runtime_of(name)
        major = dotted(runtime)[:1]
        if self._nightly and self._precursor(lambda one: one.name == name) is not None:
            return False  # its architectures will tell
        like = self._precursor(
            lambda one: (
                bool(one.archs)
                and one.device == device == "cuda"
                and dotted(one.runtime)[:1] == major
            )
        )
        mine = [found[:2] for card in self._cards if (found := capability(card)) is not None]
        if like is None or not mine or len(mine) < len(self._cards):
            return False
        codes = [found[:2] for code in like.archs or () if (found := capability(code)) is not None]
        return bool(codes) and max(mine) < min(codes)


def _line(line: str) -> tuple[int, ...]:
    return dotted(line.rstrip("t+"))
