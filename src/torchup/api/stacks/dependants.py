"""What the user's other requirements ask of the framework, by the packages' own metadata."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.api.stacks.choosing import BACKEND
from torchup.api.stacks.metadata import wish_of
from torchup.backends import Dependant, Inputs, load_backend
from torchup.errors import NoAnswerError, TorchupError
from torchup.facts.load import load_catalogue
from torchup.resolve.ask import marker_environment
from torchup.resolve.needs import Need, is_firm, normalised_names, pinned_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.facts.catalogue import Catalogue
    from torchup.model import Machine
    from torchup.resolve.ask import Asked

MOST_LEFT_OUT: Final = 8
"""Lines of which each is left out by turns, to find the one that contradicts the others."""
_NO_SOLUTION: Final = frozenset({"uv.no-solution", "uv.no-solution-offline"})


class Told(Struct, frozen=True, kw_only=True):
    """What packages ask; ``refused`` is whether the backend found no solution for the Python."""

    needs: tuple[Need, ...]
    refused: bool


def needs_of(
    context: Context, machine: Machine, first: Choice, lines: Sequence[str], asked: Asked
) -> Told | None:
    """Return what packages themselves ask of the framework, None where they can't be asked.

    Args:
        context: the session.
        machine: the machine.
        first: the choice by everything but those requirements.
        lines: requirements for anything but the framework and its companions.
        asked: the whole requirement.
    """
    catalogue = load_catalogue()
    framework = catalogue.framework.name
    stack = first.resolution.stack
    minor = stack.python if stack else ""
    refused = False
    try:
        found = _solved(context, machine, first, lines, asked)
    except NoAnswerError:
        found, refused = _pinned(lines), True
    except (OSError, TorchupError):
        return None
    environment = marker_environment(machine, minor)
    needs = []
    for one in (one for one in found if one.name not in catalogue.framework.companions):
        package = (one.name, one.version)
        wants = wish_of(context, first.sources, package, framework, environment)
        if wants:
            need = Need(
                line=one.line,
                package=" ".join(package),
                framework=framework,
                wants=wants,
                firm=is_firm(one.line),
            )
            needs.append(need)
    return Told(needs=tuple(needs), refused=refused)


def contradiction(
    context: Context, machine: Machine, choice: Choice, lines: Sequence[str], asked: Asked
) -> tuple[str, tuple[str, ...]] | None:
    """Return why lines can't be met together with any framework, None where they can.

    Args:
        context: the session.
        machine: the machine.
        choice: what was chosen, with the Python and the sources to ask for.
        lines: requirements for anything but the framework and its companions.
        asked: the whole requirement.

    Returns:
        The backend's words, and the lines each of which would be enough to leave out.
    """
    why = _refusal(context, machine, choice, lines, asked)
    if why is None:
        return None
    several = lines if 1 < len(lines) <= MOST_LEFT_OUT else ()
    enough = [
        line
        for line in several
        if _refusal(context, machine, choice, _without(lines, line), asked) is None
    ]
    return why, tuple(lines if len(lines) == 1 else enough)


def _without(lines: Sequence[str], line: str) -> list[str]:
    return [one for one in lines if one != line]


def _refusal(
    context: Context, machine: Machine, choice: Choice, lines: Sequence[str], asked: Asked
) -> str | None:
    """The backend's words where it finds no solution; what else fails says nothing about that."""
    try:
        _solved(context, machine, choice, lines, asked)
    except NoAnswerError as error:
        return error.details.get("why", "") if error.code in _NO_SOLUTION else None
    except (OSError, TorchupError):
        return None
    return None


def _solved(
    context: Context, machine: Machine, choice: Choice, lines: Sequence[str], asked: Asked
) -> tuple[Dependant, ...]:
    """Ask the backend which packages come along and ask for the framework.

    Raises:
        NoAnswerError: the lines can't be met together.
        OutsideError: a source, the network or the backend failed.
        OSError: the disk failed.
    """
    import sys

    from torchup.api.solve.inputs import target_of

    catalogue = load_catalogue()
    stack = choice.resolution.stack
    # Another system has wheels of its own, and lacks others.
    elsewhere = stack is not None and machine.os.system != context.host.system
    inputs = Inputs(
        python=sys.executable,
        minor=stack.python if stack else "",
        requirements=tuple(lines),
        sources=choice.sources,
        constraints=asked.constraints,
        framework_names=catalogue.framework.publishes,
        as_of=asked.as_of,
        target=target_of(machine, stack) if stack and elsewhere else None,
    )
    return solved(context, inputs)


def solved(context: Context, inputs: Inputs) -> tuple[Dependant, ...]:
    """Ask the backend, which builds nothing for it.

    Raises:
        NoAnswerError: the lines can't be met together.
        OutsideError: a source, the network or the backend failed.
        OSError: the disk failed.
    """
    catalogue = load_catalogue()
    work = context.home.cache / "work"
    work.mkdir(parents=True, exist_ok=True)
    prefix = f"{os.getpid()}-"
    with TemporaryDirectory(prefix=prefix, dir=work, ignore_cleanup_errors=True) as folder:
        return load_backend(BACKEND).dependants(
            context.host,
            context.home,
            inputs,
            Path(folder),
            framework=catalogue.framework.name,
            published=_published(catalogue),
        )


def _pinned(lines: Sequence[str]) -> tuple[Dependant, ...]:
    """The packages of which one version is asked for: each can be asked by itself."""
    return tuple(
        Dependant(name=name, version=pinned_version(line), line=line)
        for name, line in normalised_names(lines).items()
        if is_firm(line)
    )


def _published(catalogue: Catalogue) -> dict[str, list[str]]:
    """Every version of the framework and of its companions."""
    found: dict[str, dict[str, None]] = {}
    for release in catalogue.releases:
        found.setdefault(catalogue.framework.name, {})[release.version] = None
        for one in release.companions:
            found.setdefault(one.name, {})[one.version] = None
    return {name: list(versions) for name, versions in found.items()}
