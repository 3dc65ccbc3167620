"""What is known about a framework's releases, as frozen values.

A key that is missing from a mapping, and ``None`` where a value may be ``None``, mean *unknown*;
an empty tuple means *none*. The values come from the TOML files under ``data/``, each row of
which names its source; ``fact`` numbers lead back to that row through :meth:`Catalogue.fact`.

Long: one table of tables, a type each, and the ways to ask it.
"""

# Annotations are evaluated as they stand, not kept as strings: each string would be compiled again
# when the decoder of these types is made, which takes longer than decoding with it.

from bisect import bisect_right
from functools import cached_property

from msgspec import Raw, Struct
from msgspec.json import decode, encode
from msgspec.structs import replace

from torchup.facts.processor import Feature, Floor
from torchup.facts.release import Build, Certainty, Companion, Release
from torchup.facts.special import Elsewhere, Forward, Metal, Override, Support
from torchup.facts.trap import Trap
from torchup.model import FactRef

__all__ = [
    "Arch",
    "Branch",
    "Build",
    "Catalogue",
    "Certainty",
    "Companion",
    "Elsewhere",
    "FactTable",
    "Feature",
    "Floor",
    "Forward",
    "Framework",
    "Metal",
    "Override",
    "PythonLine",
    "Release",
    "Runtime",
    "Support",
    "Trap",
]

_DIGITS = 9
"""Of a driver's leading number; what is longer is garbage."""


class Runtime(Struct, frozen=True, array_like=True):
    """The drivers that one CUDA version needs.

    Attributes:
        name: the version, such as ``12.6``.
        native: system → the first driver that knows this CUDA; no key where unknown.
        floor: system → the first driver that runs it by minor-version compatibility; the same
            as ``native`` where there is none (before CUDA 11).
        fact: the row behind it.
    """

    name: str
    native: dict[str, str]
    floor: dict[str, str]
    fact: int


class Arch(Struct, frozen=True, array_like=True):
    """One NVIDIA architecture.

    Attributes:
        name: such as ``sm_86``.
        family: such as ``Ampere``.
        first_branch: the first driver branch that knows it.
        last_branch: the last one, None while it is supported.
        embedded: a Tegra part, which runs only code made for exactly it.
        fact: the row behind it.
    """

    name: str
    family: str
    first_branch: int
    last_branch: int | None
    embedded: bool
    fact: int


class Branch(Struct, frozen=True, array_like=True):
    """One NVIDIA driver branch, and the highest CUDA that it knows natively."""

    number: int
    max_runtime: str
    fact: int


class PythonLine(Struct, frozen=True, array_like=True):
    """One minor version of Python: its first release and the end of its support (ISO dates).

    ``windows`` is the first Windows that it runs on, as Windows numbers itself (``6.3`` is
    Windows 8.1); empty for any. ``glibc`` is the lowest one that the builds run on which can be
    downloaded; empty where there are none.
    """

    minor: str
    released: str
    end: str
    fact: int
    windows: str = ""
    glibc: str = ""


class Beside(Struct, frozen=True, array_like=True):
    """A package that users expect beside the framework and that its wheels don't ask for.

    Attributes:
        requirement: what to ask for, such as ``numpy<2``.
        before: it is for releases older than this one; empty for all.
        systems: it is for these systems; empty for all.
        fact: the row behind it.
    """

    requirement: str
    before: str
    systems: tuple[str, ...]
    fact: int


class Framework(Struct, frozen=True, array_like=True):
    """The framework itself.

    Attributes:
        name: the package's name.
        companions: packages that are released together with it, in order.
        publishes: names that its own index publishes and nobody else should supply.
        index_base: the address under which its per-build indexes lie.
        beside: what belongs beside it; of rows for one package the first that fits counts.
        nightly: where its nightly builds' indexes lie under ``index_base``, empty for none.
        misnamed: names that people mean it by, and that are no package of it.
        longest_path: characters of the longest path in its Windows wheels; 0 for unknown.
        extras: an extra of its package → the build that it stands for (``cuda12`` → ``cu12``).
        title: how people write its name.
        packages: further names under which builds of it are published (``onnxruntime-gpu``);
            who asks for one of them means the framework.
        trial: a line of Python after its import that fails where it computes wrongly.
        compiles: what of it needs a C++ compiler at run time; empty for nothing.
        stands_for: a package → the build that who asks for it means (``onnxruntime-directml`` →
            ``directml``); a package that isn't one of ``packages`` is a plugin of that build.
    """

    name: str
    companions: tuple[str, ...]
    publishes: tuple[str, ...]
    index_base: str
    beside: tuple[Beside, ...] = ()
    nightly: str = ""
    misnamed: tuple[str, ...] = ()
    longest_path: int = 0
    extras: dict[str, str] = {}
    title: str = ""
    packages: tuple[str, ...] = ()
    trial: str = ""
    compiles: str = ""
    stands_for: dict[str, str] = {}


class FactTable(Struct, frozen=True):
    """The rows that ``fact`` numbers lead back to; strings that repeat are kept once."""

    files: tuple[str, ...]
    sources: tuple[str, ...]
    days: tuple[str, ...]
    rows: tuple[tuple[int, str, int, int], ...]

    def find(self, ref: int) -> FactRef:
        """Return one row.

        Raises:
            IndexError: no such row.
        """
        if ref < 0:
            raise IndexError(ref)
        file, key, source, day = self.rows[ref]
        return FactRef(
            file=self.files[file], key=key, url=self.sources[source], checked=self.days[day]
        )


class Catalogue(Struct, frozen=True, kw_only=True, dict=True, eq=False):
    """Everything that is known, releases newest first; each is only equal to itself.

    ``checked`` is the last day on which any of it was checked; ``digest`` names the TOML files
    that it was made from; ``complete_from`` is NVIDIA's branch from which on ``branches`` has every
    one that Linux had.
    """

    framework: Framework
    releases: tuple[Release, ...]
    runtimes: tuple[Runtime, ...]
    archs: tuple[Arch, ...]
    branches: tuple[Branch, ...]
    pythons: tuple[PythonLine, ...]
    checked: str
    digest: str
    facts: Raw
    traps: tuple[Trap, ...] = ()
    supports: tuple[Support, ...] = ()
    overrides: tuple[Override, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    forward: tuple[Forward, ...] = ()
    forward_cards: tuple[str, ...] = ()
    metal: tuple[Metal, ...] = ()
    features: tuple[Feature, ...] = ()
    floors: tuple[Floor, ...] = ()
    complete_from: int | None = None

    def fact(self, ref: int) -> FactRef:
        """Return the row that a ``fact`` number stands for.

        Raises:
            IndexError: no such row.
        """
        return self._table.find(ref)

    @property
    def row_count(self) -> int:
        """How many rows there are; the first ``fact`` number that stands for none."""
        return len(self._table.rows)

    def extended(
        self,
        *,
        releases: tuple[Release, ...],
        runtimes: tuple[Runtime, ...],
        rows: tuple[FactRef, ...],
    ) -> "Catalogue":
        """Return a catalogue with other releases and runtimes, and with rows after its own."""
        table = self._table
        start = len(table.files), len(table.sources), len(table.days)
        places = [
            (start[0] + at, row.key, start[1] + at, start[2] + at) for at, row in enumerate(rows)
        ]
        joined = FactTable(
            files=(*table.files, *(row.file for row in rows)),
            sources=(*table.sources, *(row.url for row in rows)),
            days=(*table.days, *(row.checked for row in rows)),
            rows=(*table.rows, *places),
        )
        return replace(self, releases=releases, runtimes=runtimes, facts=Raw(encode(joined)))

    @cached_property
    def plugins(self) -> frozenset[str]:
        """The packages that make builds beside the framework's own; none of them is a module."""
        every = (one for release in self.releases for one in release.builds)
        return frozenset(pin.partition("==")[0] for one in every for pin in one.plugins)

    @cached_property
    def _table(self) -> FactTable:
        """The rows, decoded at the first question: most commands never ask."""
        return decode(self.facts, type=FactTable)

    def release(self, version: str) -> Release | None:
        """Return the release of that exact version."""
        return next((r for r in self.releases if r.version == version), None)

    def latest(self) -> Release:
        """Return the newest release."""
        return self.releases[0]

    def build(self, version: str, name: str, platform: str) -> Build | None:
        """Return one build of a release on a platform."""
        release = self.release(version)
        if release is None:
            return None
        return next((b for b in release.builds if (b.name, b.platform) == (name, platform)), None)

    def runtime(self, name: str) -> Runtime | None:
        """Return the drivers that a CUDA version needs."""
        return next((r for r in self.runtimes if r.name == name), None)

    def arch(self, name: str) -> Arch | None:
        """Return an NVIDIA architecture."""
        return next((a for a in self.archs if a.name == name), None)

    def branch(self, driver: str) -> Branch | None:
        """Return the branch that an NVIDIA driver belongs to.

        None where it is older than all known ones, or no number.

        Windows drivers count on inside a branch (581 and 582 are R580, 591 is R590), so it is
        the highest branch that isn't above the driver's leading number.
        """
        leading = driver.partition(".")[0]
        if not (leading.isascii() and leading.isdecimal() and len(leading) <= _DIGITS):
            return None
        numbers, branches = self._branches
        at = bisect_right(numbers, int(leading))
        return branches[at - 1] if at else None

    @cached_property
    def _branches(self) -> tuple[list[int], list[Branch]]:
        found = sorted(self.branches, key=lambda one: one.number)
        return [one.number for one in found], found

    def python(self, minor: str) -> PythonLine | None:
        """Return a minor version of Python; ``3.13t`` is 3.13."""
        plain = minor.removesuffix("t")
        return next((p for p in self.pythons if p.minor == plain), None)
