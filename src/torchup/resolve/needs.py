"""What a requirement asks of the framework, and what several of them allow together.

A package such as ``xformers==0.0.28`` works with one release of the framework alone. What it asks
for is a *need*; needs come from the table of well-known packages or from the packages' own
metadata.
"""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.model import FactRef
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.requirements import Requirement as Parsed
    from packaging.specifiers import SpecifierSet

MOST_TRIED: Final = 64
"""Combinations of needs that are chosen for before giving up."""
MOST_LOOKED_AT: Final = 4096
"""Combinations that are looked at for a release that meets them."""


class Need(Struct, frozen=True, kw_only=True):
    """What one of the user's lines asks of the framework.

    Attributes:
        line: what the user wrote, such as ``xformers==0.0.28``.
        package: the package that asks, with its version; another one than the line's where that
            one asks for it.
        framework: the framework's name.
        wants: the specifier, such as ``==2.4.1``; empty where nothing is asked.
        firm: the line leaves no other version that might ask for something else.
        fact: the row behind it, None where the package's own metadata says it.
        pythons: the Pythons that the package goes with: ``3.6-3.9``, ``>=3.12``, empty for any.
        systems: the systems that the package has wheels for; empty where that is not known.
        capability: the lowest compute capability that its kernels run on; empty for any.
        runtime: the major version of CUDA that its wheel is linked with; empty where unknown.
    """

    line: str
    package: str
    framework: str
    wants: str
    firm: bool
    fact: FactRef | None = None
    pythons: str = ""
    systems: tuple[str, ...] = ()
    capability: str = ""
    runtime: str = ""

    @property
    def constraint(self) -> str:
        """The need as a requirement on the framework."""
        return f"{self.framework}{self.wants}"

    def met(self, version: str) -> bool:
        """Tell whether a release of the framework meets it."""
        return not self.wants or versions_of(self.wants).contains(version, prereleases=True)

    def runs_on(self, system: str) -> bool:
        """Tell whether the package has wheels for a system, as far as is known."""
        return not self.systems or system in self.systems

    def links_with(self, runtime: str | None) -> bool:
        """Tell whether the package's wheel loads beside a build for a CUDA such as ``12.6``.

        Libraries of one major version of CUDA stand in for each other; of a build for no CUDA at
        all nothing is said.
        Source: https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html
        """
        return not (self.runtime and runtime) or runtime.partition(".")[0] == self.runtime

    def takes(self, python: str) -> bool:
        """Tell whether the package goes with a Python release line such as ``3.12``."""
        first, dash, last = self.pythons.partition("-")
        wanted = f">={first},<={last}" if dash else first
        return meets(python.removesuffix("t"), wanted)


def normalised_names(lines: Sequence[str]) -> dict[str, str]:
    """Return the packages that lines name, normalised, each with its line.

    Several lines about one package hold together: they become one.
    """
    from packaging.utils import canonicalize_name

    found: dict[str, str] = {}
    for line in lines:
        name = canonicalize_name(parsed(line).name)
        found[name] = _together(found[name], line) if name in found else line
    return found


def _together(one: str, other: str) -> str:
    """Two lines about a package as one; the first, where they can't be joined."""
    left, right = parsed(one), parsed(other)
    if left.url or right.url or left.marker != right.marker:
        return one
    left.specifier &= right.specifier
    left.extras |= right.extras
    return str(left)


def pinned_version(line: str) -> str:
    """Return the version that a line pins, empty where it leaves a choice."""
    pinned = (one for one in parsed(line).specifier if one.operator in ("==", "==="))
    return next((one.version for one in pinned if not one.version.endswith(".*")), "")


def is_firm(line: str) -> bool:
    """Tell whether a line pins one version."""
    return bool(pinned_version(line))


def on_python_alone(wishes: Sequence[Sequence[Need]]) -> list[tuple[Need, ...]]:
    """Return what is known of the Pythons that packages go with, and nothing of the framework.

    Args:
        wishes: what each line may ask for.
    """
    found = []
    for wish in wishes:
        by_python = {one.pythons: replace(one, wants="") for one in reversed(wish)}
        if any(by_python):
            found.append(tuple(reversed(by_python.values())))
    return found


def combinations(
    wishes: Sequence[Sequence[Need]], releases: Sequence[str]
) -> Iterator[tuple[Need, ...]]:
    """Yield a need for each line, the newest versions first, where a release meets all of them.

    Args:
        wishes: what each line may ask for.
        releases: every release of the framework.
    """
    for needs in islice(product(*wishes), MOST_LOOKED_AT):
        if any(all(need.met(release) for need in needs) for release in releases):
            yield needs


def parsed(line: str) -> Parsed:
    """Read a line; ``packaging`` is loaded only when there is one."""
    from packaging.requirements import Requirement as Parsed

    return Parsed(line)


def versions_of(wants: str) -> SpecifierSet:
    """Read a specifier; ``packaging`` is loaded only when there is one."""
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(wants)
