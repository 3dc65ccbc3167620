"""Everything between the card and the notebook, checked, and what is wrong as findings."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from torchup.api.chain.hardware import stops_all
from torchup.api.chain.links import chain
from torchup.api.condas.bare import is_base
from torchup.api.machines.installs import install_against
from torchup.model import text
from torchup.model.finding import Finding, Remedy
from torchup.model.names import is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torchup.api.chain.link import Link
    from torchup.api.context import Context
    from torchup.model import Environment, Machine, Problem, Resolution
    from torchup.model.finding import Safety, Severity
    from torchup.model.software import Answering, Software


NOT_COMPARED: Final = frozenset(
    {
        *("apply.foreign", "apply.place-gone"),
        *("environment.no-record", "repair.no-lock"),
    }
)
"""Why files can't be compared with anything; what is wrong with them then is in the state."""


class Examination(NamedTuple):
    """The links that a computation hangs on, and what is wrong, the gravest first."""

    links: tuple[Link, ...]
    findings: tuple[Finding, ...]


def examine(
    machine: Machine,
    answer: Resolution,
    environments: Sequence[Environment] = (),
    software: Software | None = None,
    sources: Sequence[Answering] = (),
) -> Examination:
    """Judge what was found; nothing is asked here.

    Args:
        machine: the machine.
        answer: what fits it.
        environments: those that count.
        software: what else is installed; None where nobody looked.
        sources: how the places of packages answered.
    """
    found = [
        *(_of_problem(one, machine) for one in machine.problems),
        *_of_answer(answer),
        *(finding for one in environments for finding in of_environment(one)),
        *_of_sources(sources),
    ]
    return Examination(chain(machine, answer, environments, software), _worst_first(found))


def together(
    examined: Sequence[Finding], files: Sequence[Finding], conda: Sequence[Finding]
) -> tuple[Finding, ...]:
    """Join what was found, the gravest first.

    Args:
        examined: what :func:`examine` found.
        files: what :func:`examine_files` found; it says more of an environment than ``examined``
            does, and takes its place.
        conda: what :func:`conda_findings` found.
    """
    closer = {(one.code, one.because[0]) for one in files}
    rest = (one for one in examined if not one.because or (one.code, one.because[0]) not in closer)
    return _worst_first(_once([*rest, *files, *conda]))


def _once(found: Sequence[Finding]) -> list[Finding]:
    """Leave out what another finding says of the same environment, and mends as well.

    What the machine's checks and an environment's both find is said once.
    """
    leaking = {one.facts.get("environment") for one in found if one.code == "user-site-leak"}
    return [
        one
        for at, one in enumerate(found)
        if one not in found[:at]
        if one.code != "framework-from-user-site" or one.facts["environment"] not in leaking
    ]


def _worst_first(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Order findings by their severity; those of one keep their order."""
    order = ("error", "warning", "info")
    return tuple(sorted(found, key=lambda one: order.index(one.severity)))


def examine_files(context: Context, name: str) -> tuple[Finding, ...]:
    """Compare one environment with its record, file by file.

    Raises:
        NoAnswerError: there is no such environment.
    """
    from torchup.api.environments.damage import look
    from torchup.errors import TorchupError

    if is_elsewhere(name):
        return ()  # as for an adopted one
    try:
        found = look(context, name)
    except TorchupError as error:
        if error.code in NOT_COMPARED:
            return ()
        raise
    because = [f"{package}: {why}" for package, why in sorted(found.packages.items())]
    because.extend(f"{one}: intruder" for one in found.intruders)
    if found.toolkit_broken:
        because.extend(f"{name}: {home}" for name, home in _toolkit_of(found.environment))
    return (_broken(found.environment, because=tuple(because)),) if because else ()


def _toolkit_of(found: Environment) -> Iterable[tuple[str, str]]:
    from torchup.apply.toolkit import toolkit_variables

    return toolkit_variables(Path(found.record.path), found.record.toolkit).items()


def conda_findings(context: Context) -> tuple[Finding, ...]:
    """What is wrong with conda's settings, and what it left behind; nothing where it isn't."""
    from torchup.api.condas.leavings import leavings
    from torchup.api.condas.settings import CondaSettings

    return (*(one.finding for one in CondaSettings(context).findings), *leavings(context))


def of_environment(found: Environment) -> Iterator[Finding]:
    """Tell whether an environment is broken, or was never verified."""
    if found.state == "broken":
        yield _broken(found)
    elif found.verified is None and not is_base(found.record.stack):
        name = found.record.name
        yield Finding(
            code="environment-not-verified",
            severity="info",
            title=text("doctor.not-verified", name=name),
            because=(found.record.path,),
            remedies=(_remedy("doctor.verify", "safe", ("torchup", "verify", name)),),
        )


def _broken(found: Environment, because: tuple[str, ...] = ()) -> Finding:
    name, path = found.record.name, found.record.path
    title = text("doctor.broken", name=name)
    backend = found.record.backend
    foreign = backend == "venv" or (backend == "conda" and not found.record.artifacts)
    remedies: tuple[Remedy, ...]
    if foreign:
        remedies = (_remedy("doctor.anew", "safe", ("torchup", "create", "demo")),)
    else:
        remedies = (
            _remedy("doctor.repair", "safe", ("torchup", "repair", name)),
            _remedy("doctor.verify", "safe", ("torchup", "verify", name)),
        )
    return Finding(
        code="environment-broken",
        severity="error",
        title=found.problem if found.problem and not because else title,
        because=(f"{name}: {path}", *because),
        remedies=remedies,
        facts={"environment": name},
    )


def _of_problem(problem: Problem, machine: Machine) -> Finding:
    of_card = problem.code.startswith(("nvidia-", "amd-"))
    severity: Severity = "error" if of_card and stops_all(problem, machine) else "warning"
    hint = text(f"problem.{problem.code}.hint", **problem.args)
    install = install_against(problem, machine.os)
    commands = () if install is None else tuple(tuple(shlex.split(one)) for one in install.commands)
    return Finding(
        code=problem.code,
        severity=severity,
        title=text(f"problem.{problem.code}", **problem.args),
        remedies=(Remedy(title=hint, safety="manual", commands=commands),),
        facts=dict(problem.args),
    )


def _of_answer(answer: Resolution) -> Iterator[Finding]:
    if answer.stack is not None:
        return
    ways = [
        Remedy(title=near.remedy, safety="manual", commands=(("torchup", "why"),))
        for near in answer.near_misses
    ]
    yield Finding(
        code="no-stack", severity="error", title=text("doctor.no-stack"), remedies=tuple(ways)
    )


def _of_sources(sources: Sequence[Answering]) -> Iterator[Finding]:
    for one in sources:
        if one.why is not None:
            yield Finding(
                code="source-unreachable",
                severity="warning",
                title=text("doctor.unreachable", url=one.url),
                because=(one.id,),
                remedies=(_remedy("doctor.reach", "manual", ("torchup", "mirror", "test")),),
            )


def _remedy(code: str, safety: Safety, command: tuple[str, ...]) -> Remedy:
    return Remedy(title=text(code), safety=safety, commands=(command,))
