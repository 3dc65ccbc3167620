"""What is asked for beside the framework, solved by itself without building anything."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from torchup.api.stacks.dependants import solved
from torchup.backends import Inputs
from torchup.backends.culprits import culprit_of
from torchup.errors import NoAnswerError, TorchupError
from torchup.facts.load import load_catalogue
from torchup.model.names import name_of
from torchup.resolve.ask import marker_environment, read_requirement
from torchup.resolve.needs import parsed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from torchup.api.context import Context
    from torchup.backends.culprits import Culprit
    from torchup.model import Machine, Requirement, SourceSet


def lines_that_count(requirement: Requirement, machine: Machine, python: str) -> list[str]:
    """Return the lines whose markers hold, without these; addresses ask for themselves.

    Args:
        requirement: what is asked for.
        machine: the machine.
        python: the chosen release line.
    """
    framework = load_catalogue().framework
    environment = marker_environment(machine, python)
    found: list[str] = []
    for line in read_requirement(requirement, framework, machine).others:
        one = parsed(line)
        holds = one.marker is None or one.marker.evaluate(environment)
        if holds and not one.url and name_of(line) not in framework.publishes:
            found.append(bare(line))
    return found


def culprit_among(
    context: Context,
    machine: Machine,
    requirement: Requirement,
    lines: Sequence[str],
    *,
    sources: SourceSet,
    python: str,
    absent: Collection[str] = (),
) -> Culprit | None:
    """Solve; the package that can't be had, None for a solution or where nothing can be told.

    Args:
        context: the session.
        machine: the machine.
        requirement: what is asked for, with its constraints and its day.
        lines: those of its lines that are solved.
        sources: where packages come from.
        python: the chosen release line.
        absent: packages that are passed over, whoever asks for them.
    """
    framework = load_catalogue().framework
    inputs = Inputs(
        python=sys.executable,
        minor=python,
        requirements=tuple(lines),
        sources=sources,
        constraints=read_requirement(requirement, framework, machine).constraints,
        framework_names=framework.publishes,
        absent=tuple(sorted(absent)),
        as_of=requirement.as_of,
    )
    try:
        solved(context, inputs)
    except NoAnswerError as error:
        return culprit_of(error)
    except (OSError, TorchupError):
        return None
    return None


def bare(line: str) -> str:
    """Return a line without its marker."""
    return line.partition(";")[0].strip()


def unversioned(line: str) -> str:
    """Return a line without its version and marker: the package, with its extras."""
    said = parsed(line)
    extras = ",".join(sorted(said.extras))
    return f"{said.name}[{extras}]" if extras else said.name
