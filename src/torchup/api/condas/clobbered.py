"""Files of one environment that several packages claim: whichever came last is what lies there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup import apply
from torchup.api.condas.client import find_client
from torchup.api.condas.places import called, own_prefixes, prefixes
from torchup.api.environments import damage, repairing
from torchup.api.repairs.proposal import Proposal
from torchup.backends.conda_faults import owners
from torchup.backends.conda_inspect import framework_names
from torchup.backends.contents import CONDA, contents
from torchup.model import StepOutcome, text
from torchup.model.finding import Finding, Remedy
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.api.repairs.proposal import Hands
    from torchup.backends.faults import Fault
    from torchup.model import Environment
    from torchup.model.finding import Safety

CODE: Final = "conda-clobber"
_FAULT: Final[Fault] = "files"
_MOST: Final = 5
_TELLING: Final = (".py", ".pyc", ".so", ".pyd", ".dll", ".dylib")
"""Files whose mixture breaks something; texts and licences of two packages may well be the same."""


def look(context: Context) -> Iterator[Finding]:
    """Find them in conda's records, and packages that pip installed over conda's."""
    own = {*own_prefixes(context)}
    for prefix in prefixes(context):
        yield from _in(context, prefix, own=prefix in own)


def look_inside(context: Context, found: Environment) -> Iterator[Finding]:
    """Find them in one environment of conda's, torchup's own or not."""
    if found.record.backend == CONDA:
        prefix = Path(context.host.real_path(found.record.path))
        yield from _in(context, prefix, own=found.record.name in apply.names(context.home))


def _in(context: Context, prefix: Path, *, own: bool) -> Iterator[Finding]:
    several = {file: names for file, names in owners(prefix).items() if file.endswith(_TELLING)}
    twice = _twice(context, prefix)
    if not several and not twice:
        return
    packages = sorted({name for names in several.values() for name in names} | {*twice})
    because = [f"{file}: {', '.join(names)}" for file, names in sorted(several.items())]
    because += [f"{name}: conda, pip" for name in twice]
    more = [f"… {len(because) - _MOST}"] if len(because) > _MOST else []
    yield Finding(
        code=CODE,
        severity="warning",
        title=text("condas.clobbered", path=prefix, packages=", ".join(packages)),
        because=(str(prefix), *because[:_MOST], *more),
        remedies=ways(context, prefix, packages, own=own),
        facts={"path": str(prefix), "packages": " ".join(packages)},
    )


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Link the packages of one of torchup's own environments anew; others are conda's to mend.

    Raises:
        TorchupError: it can't be looked at.
    """
    prefix = Path(finding.facts["path"])
    if prefix not in own_prefixes(context):
        return None
    name = called(context, prefix)
    found = damage.look(context, name)
    ours = framework_names()  # a repair goes by the names that Python knows
    named = (ours.get(one, one) for one in finding.facts["packages"].split())
    names = dict.fromkeys(map(canonical_name, named), _FAULT)
    again = replace(found, packages={**names, **found.packages})

    def work(hands: Hands) -> tuple[StepOutcome, ...]:
        outcome = repairing.carry_out(
            hands.context, again, hands.machine(), verified=hands.verified, on_check=hands.on_check
        )
        return hands.told(outcome)

    return Proposal(
        finding=finding,
        title=text("condas.repair-own"),
        safety="ask",
        environment=name,
        work=work,
        steps=(StepOutcome(id=CODE, status="skipped", detail=" ".join(sorted(again.packages))),),
    )


def _twice(context: Context, prefix: Path) -> tuple[str, ...]:
    """Name the packages of Python's that both conda and pip say to have installed."""
    found = contents(prefix, context.host)
    conda = {one.name for one in found if one.by == CONDA}
    return tuple(sorted({one.name for one in found if one.by not in (CONDA, "")} & conda))


def ways(context: Context, prefix: Path, packages: list[str], *, own: bool) -> tuple[Remedy, ...]:
    """Return how packages of an environment are linked anew.

    Args:
        context: the session.
        prefix: the environment.
        packages: conda's names.
        own: torchup made it.
    """
    if own:
        command = ("torchup", "repair", called(context, prefix), "--finding", CODE)
        return (Remedy(title=text("condas.repair-own"), safety="ask", commands=(command,)),)
    program = find_client(context, prefix)
    commands = (
        ((program, "install", "-p", str(prefix), "--force-reinstall", *packages),)
        if program
        else ()
    )
    safety: Safety = "ask" if commands else "manual"
    return (Remedy(title=text("condas.reinstall"), safety=safety, commands=commands),)
