"""What the user's other requirements ask of the framework, by the packages' own metadata."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from torchup.api.choosing import BACKEND
from torchup.api.metadata import wish_of
from torchup.backends import Dependant, Inputs, load_backend
from torchup.errors import NoAnswerError, TorchupError
from torchup.facts.load import load_catalogue
from torchup.resolve.ask import marker_environment
from torchup.resolve.needs import Need, is_firm, normalised_names, pinned_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.choosing import Choice
    from torchup.api.context import Context
    from torchup.facts.catalogue import Catalogue
    from torchup.model import Machine
    from torchup.resolve.ask import Asked


def needs_of(
    context: Context, machine: Machine, first: Choice, lines: Sequence[str], asked: Asked
) -> tuple[Need, ...] | None:
    """Return what packages themselves ask of the framework, None where they can't be asked.

    Args:
        context: the session.
        machine: the machine.
        first: the choice by everything but those requirements.
        lines: requirements for anything but the framework and its companions.
        asked: the whole requirement.
    """
    import sys

    catalogue = load_catalogue()
    framework = catalogue.framework.name
    stack = first.resolution.stack
    minor = stack.python if stack else ""
    inputs = Inputs(
        python=sys.executable,
        minor=minor,
        requirements=tuple(lines),
        sources=first.sources,
        constraints=asked.constraints,
        framework_names=catalogue.framework.publishes,
        as_of=asked.as_of,
    )
    work = context.home.cache / "work"
    try:
        work.mkdir(parents=True, exist_ok=True)
        prefix = f"{os.getpid()}-"
        with TemporaryDirectory(prefix=prefix, dir=work, ignore_cleanup_errors=True) as folder:
            found = load_backend(BACKEND).dependants(
                context.host,
                context.home,
                inputs,
                Path(folder),
                framework=framework,
                published=_published(catalogue),
            )
    except NoAnswerError:
        found = _pinned(lines)
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
    return tuple(needs)


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
