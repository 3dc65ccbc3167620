"""Known traps as constraints: what else has to be held back beside the versions that are there.

A resolver reads what wheels say of themselves. What they don't say (a library built against an
older NumPy, a name that another package took out later) is a row of the catalogue; here the rows
that fit an environment become constraints, each with its reason. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.model import Reason
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from torchup.facts.catalogue import Catalogue, Trap
    from torchup.model import Effect

_SURE = ("measured", "documented")


class Constraint(Struct, frozen=True, kw_only=True):
    """What one trap asks of the rest of an environment.

    Attributes:
        package: the constrained package, normalised.
        versions: the specifier that its version must meet; empty where it must be absent.
        absent: the package must not be there at all.
        trap: the trap's id.
        reason: why, as a short note in English.
        about: what set it off, such as ``torch 2.2.2``.
        symptom: the text that people see otherwise, empty where there is none.
        sure: it was measured, or is documented by the package's maker.
        brings: what set it off asks for the package itself.
        fact: the catalogue's row.
    """

    package: str
    versions: str
    trap: str
    reason: str
    about: str
    fact: int
    absent: bool = False
    symptom: str = ""
    sure: bool = True
    brings: bool = False

    @property
    def requirement(self) -> str:
        """The constraint as a requirement (PEP 508), or the bare name of what must be absent."""
        return f"{self.package}{self.versions}"

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others: the trap, and what that asks for."""
        return self.trap, self.requirement

    def holds_in(self, packages: Mapping[str, str]) -> bool:
        """Tell whether an environment of these packages keeps to it."""
        if self.package not in packages:
            return True
        return not self.absent and meets(packages[self.package], self.versions)


def constraints_for(
    catalogue: Catalogue,
    packages: Mapping[str, str],
    system: str,
    python: str,
    lacks: frozenset[str] = frozenset(),
) -> tuple[Constraint, ...]:
    """Return what the known traps ask for beside these packages.

    Args:
        catalogue: the facts.
        packages: normalised name → version, local part or not.
        system: ``linux``, ``windows`` or ``macos``.
        python: the release line, ``3.12`` or ``3.14t``.
        lacks: the features that the processor certainly lacks.
    """
    found: list[Constraint] = []
    for trap in catalogue.traps:
        if trap.lacking and trap.lacking not in lacks:
            continue
        if trap.when.keys() <= packages.keys() and _applies(trap, packages, system, python):
            found += _constraints(trap, packages)
    return tuple(found)


def _applies(trap: Trap, packages: Mapping[str, str], system: str, python: str) -> bool:
    if trap.systems and system not in trap.systems:
        return False
    if not meets(python.removesuffix("t"), trap.pythons):
        return False
    return all(meets(packages[name], versions) for name, versions in trap.when.items())


def _constraints(trap: Trap, packages: Mapping[str, str]) -> Iterable[Constraint]:
    about = ", ".join(f"{name} {packages[name].partition('+')[0]}" for name in trap.when)
    wanted = [(*_split(requirement), False) for requirement in trap.constrain]
    wanted += [(name, "", True) for name in trap.forbid]
    for package, versions, absent in wanted:
        yield Constraint(
            package=package,
            versions=versions,
            absent=absent,
            trap=trap.id,
            reason=trap.why,
            about=about,
            symptom=trap.symptom,
            sure=trap.certainty in _SURE,
            brings=trap.brings,
            fact=trap.fact,
        )


def _split(requirement: str) -> tuple[str, str]:
    """Take ``numpy<2`` apart; the rows hold a normalised name and a specifier, nothing else."""
    start = next((at for at, sign in enumerate(requirement) if sign in "<>=!~"), len(requirement))
    return requirement[:start], requirement[start:]


def requirements_of(constraints: Iterable[Constraint]) -> tuple[str, ...]:
    """Write constraints as requirements, one per package: ``setuptools<70,<=59.5.0``."""
    found: dict[str, list[str]] = {}
    for one in constraints:
        if not one.absent:
            found.setdefault(one.package, []).append(one.versions)
    return tuple(
        name + ",".join(dict.fromkeys(versions)) for name, versions in sorted(found.items())
    )


def absent_of(constraints: Iterable[Constraint]) -> tuple[str, ...]:
    """Name the packages that must not be there."""
    return tuple(sorted({one.package for one in constraints if one.absent}))


def relevant(constraints: Iterable[Constraint], named: Collection[str]) -> tuple[Constraint, ...]:
    """Keep those about packages that will be there: named by somebody, or brought along."""
    return tuple(one for one in constraints if one.brings or one.absent or one.package in named)


def reason_applied(found: Constraint, catalogue: Catalogue) -> Reason:
    """Say that a constraint was set, and why."""
    if found.absent:
        return _reason("trap-excludes", "prefer", found, catalogue)
    if not found.symptom:
        return _reason("trap-pairs", "prefer", found, catalogue)
    if not found.sure:
        return _reason("trap-unsure", "prefer", found, catalogue)
    return _reason("trap-constrains", "prefer", found, catalogue)


def reason_asked(found: Constraint, asked: str, catalogue: Catalogue) -> Reason:
    """Say that the user asked for what a constraint speaks against, and is obeyed."""
    if found.symptom:
        return _reason("trap-asked", "warn", found, catalogue, asked)
    return _reason("trap-asked-pairs", "warn", found, catalogue, asked)


def reason_unmet(found: Constraint, catalogue: Catalogue) -> Reason:
    """Say that a constraint can't be met together with everything else."""
    if found.symptom:
        return _reason("trap-unmet", "warn", found, catalogue)
    return _reason("trap-unmet-pairs", "warn", found, catalogue)


def is_about_traps(reason: Reason) -> bool:
    """Tell whether a reason speaks of a trap."""
    return reason.code.startswith("trap-")


def _reason(
    code: str, effect: Effect, found: Constraint, catalogue: Catalogue, subject: str = ""
) -> Reason:
    return Reason(
        code=code,
        effect=effect,
        subject=subject or found.requirement,
        needs=found.requirement,
        has=found.symptom,
        about=found.about,
        fact=catalogue.fact(found.fact),
    )
