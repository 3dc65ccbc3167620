"""Several frameworks in one environment: one Python, one driver, one major version of CUDA; pure.

NVIDIA's wheels of one major version (``nvidia-cudnn-cu12``) are there once for all who ask for
them, so frameworks go together whose builds are of the same one; which release of each library
serves all of them is the installer's to solve.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from torchup.model import Reason
from torchup.resolve.numbers import dotted
from torchup.resolve.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Machine, Requirement, Resolution, Stack
    from torchup.resolve.cards import GpuTable

CUDA: Final = "cuda"
_YEAR: Final = 365
"""Days after which a Python is well settled (design 3)."""


class Asking(NamedTuple):
    """One of the frameworks, and what is asked of it."""

    name: str
    catalogue: Catalogue
    requirement: Requirement


class Several:
    """Frameworks that are to share an environment.

    Args:
        machine: the machine.
        askings: the frameworks; where one must give way it is rather a later one.
        gpus: finds cards by PCI id or name.
    """

    def __init__(
        self, machine: Machine, askings: tuple[Asking, ...], gpus: GpuTable | None
    ) -> None:
        self._machine = machine
        self._askings = askings
        self._gpus = gpus
        self.alone: Mapping[str, Resolution] = {
            one.name: self._resolve(one, one.catalogue) for one in askings
        }

    def lacking(self) -> tuple[str, ...]:
        """Name the frameworks of which the catalogue has nothing that fits."""
        return tuple(name for name, one in self.alone.items() if one.stack is None)

    def best(self) -> dict[str, Stack] | None:
        """The newest releases, the first framework's before the others', that go together."""
        found = list(self._sets())
        return max(found, key=self._rank, default=None)

    def nearest(self) -> tuple[dict[str, Stack], ...]:
        """The sets that would do if one framework stays as it was asked for and the others move."""
        found: dict[tuple[str, ...], dict[str, Stack]] = {}
        for kept in self._askings:
            freed = tuple(one if one is kept else _freed(one) for one in self._askings)
            stacks = Several(self._machine, freed, self._gpus).best()
            if stacks is not None:
                found.setdefault(tuple(label(one) for one in stacks.values()), stacks)
        return tuple(found.values())

    def not_together(self) -> Reason:
        """Say that there is no such set, and what each would be by itself."""
        return apart([one.stack for one in self.alone.values() if one.stack is not None])

    def _sets(self) -> Iterator[dict[str, Stack]]:
        for major in self._majors():
            narrowed = {one.name: of_major(one.catalogue, major) for one in self._askings}
            for line in self._lines():
                stacks = self._set(narrowed, line)
                if stacks is not None:
                    yield stacks

    def _set(self, narrowed: Mapping[str, Catalogue], line: str) -> dict[str, Stack] | None:
        stacks: dict[str, Stack] = {}
        for one in self._askings:
            asked = one._replace(requirement=replace(one.requirement, python=line))
            stack = self._resolve(asked, narrowed[one.name]).stack
            alone = self.alone[one.name].stack
            if stack is None or alone is None or stack.device != alone.device:
                return None
            stacks[one.name] = stack
        return stacks

    def _majors(self) -> tuple[str, ...]:
        """The major versions of CUDA to try; any where fewer than two frameworks need one."""
        stacks = [one.stack for one in self.alone.values() if one.stack is not None]
        if sum(one.device == CUDA for one in stacks) < 2:  # noqa: PLR2004 - one shares with none
            return ("",)
        every = {
            major_of(build.runtime)
            for one in self._askings
            for release in one.catalogue.releases
            for build in release.builds
            if build.device == CUDA and build.platform == self._machine.platform
        }
        return tuple(sorted(every, key=dotted, reverse=True))

    def _lines(self) -> tuple[str, ...]:
        """The Pythons to try: the one that is asked for, else those that are well settled."""
        asked = next((one.requirement for one in self._askings), None)
        if asked is None or asked.python is not None:
            return (asked.python or "",) if asked else ()
        today = date.fromisoformat(asked.today)
        lines = self._askings[0].catalogue.pythons
        settled = [one.minor for one in lines if _age(one.released, today) >= _YEAR]
        chosen = [one.stack.python for one in self.alone.values() if one.stack is not None]
        return tuple(dict.fromkeys((*settled, *chosen)))

    def _rank(self, stacks: Mapping[str, Stack]) -> tuple[tuple[int, ...], ...]:
        versions = (dotted(stacks[one.name].packages[one.name])[:2] for one in self._askings)
        first = stacks[self._askings[0].name]
        runtimes = tuple(dotted(one.runtime) for one in stacks.values())
        return (*versions, dotted(first.python.rstrip("t")), *runtimes)

    def _resolve(self, one: Asking, catalogue: Catalogue) -> Resolution:
        return Resolver(catalogue, gpus=self._gpus).resolve(self._machine, one.requirement)


def apart(stacks: Sequence[Stack]) -> Reason:
    """Say that stacks have no set in common, and what each is by itself."""
    first, *others = [f"{label(one)} (Python {one.python})" for one in stacks]
    return Reason(
        code="not-together", effect="reject", subject=first, has=", ".join(others), needs=""
    )


def _freed(one: Asking) -> Asking:
    """The same, whatever its version and build."""
    free = replace(one.requirement, packages=(one.name,), build=None)
    return one._replace(requirement=free)


def of_major(catalogue: Catalogue, major: str) -> Catalogue:
    """The same with the CUDA builds of one major version alone; all of them where it is empty."""
    if not major:
        return catalogue
    releases = tuple(
        replace(
            release,
            builds=tuple(
                build
                for build in release.builds
                if build.device != CUDA or major_of(build.runtime) == major
            ),
        )
        for release in catalogue.releases
    )
    return replace(catalogue, releases=releases)


def joined(
    stacks: Mapping[str, Stack], floors: Mapping[str, str]
) -> tuple[Stack, tuple[Reason, ...]]:
    """Make one stack of several, the first one's with the others' packages, and say what it is.

    Args:
        stacks: the frameworks' own, the first one's first.
        floors: CUDA version → the least driver that starts it.
    """
    first, *others = stacks.values()
    elsewhere = {name: one.device for name, one in stacks.items() if one.device != first.device}
    builds = {name: one.build for name, one in list(stacks.items())[1:]}
    whole = replace(first, devices=elsewhere, builds=builds)
    for one in others:
        whole = replace(
            whole,
            packages=whole.packages | one.packages,
            pins=(whole.pins or whole.packages) | (one.pins or one.packages),
            extras=whole.extras | one.extras,
            beside=tuple(dict.fromkeys((*whole.beside, *one.beside))),
            constraints=tuple(dict.fromkeys((*whole.constraints, *one.constraints))),
            absent=tuple(dict.fromkeys((*whole.absent, *one.absent))),
            environment=whole.environment | one.environment,
            distributions=whole.distributions | one.distributions,
        )
    on_cuda = [one for one in stacks.values() if one.device == CUDA]
    if len(on_cuda) < 2:  # noqa: PLR2004 - one shares with none
        return whole, ()
    needed = [floors[one.runtime] for one in on_cuda if one.runtime in floors]
    return whole, (
        Reason(
            code="together",
            effect="accept",
            subject=", ".join(label(one) for one in on_cuda),
            needs=max(needed, key=dotted, default=""),
            has=f"CUDA {major_of(first.runtime)}",
        ),
    )


def label(stack: Stack) -> str:
    """Name a framework's part of a stack: ``jax 0.8.2+cu12``."""
    name, version = next(iter(stack.packages.items()))
    return f"{name} {version}+{stack.build}"


def major_of(runtime: str) -> str:
    """The major version of a CUDA."""
    return runtime.partition(".")[0]


def _age(released: str, today: date) -> int:
    return (today - date.fromisoformat(released)).days
