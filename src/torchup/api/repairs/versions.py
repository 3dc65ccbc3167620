"""A package in a version that doesn't go with the framework: the one that does, installed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from torchup import apply
from torchup.api.environments import carrying_out, changing
from torchup.api.environments.edits import Edit
from torchup.api.environments.repairing import see_that_it_computes
from torchup.api.repairs.proposal import Hands, Proposal
from torchup.api.solve.configured import ConfiguredPlaces
from torchup.api.stacks.choosing import BACKEND
from torchup.api.verifying import verify
from torchup.backends.installed import interpreter
from torchup.backends.uv_into import install_into
from torchup.errors import NoAnswerError
from torchup.facts.load import load_catalogue
from torchup.model import text

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import StepOutcome
    from torchup.model.finding import Finding


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Add it, as ``torchup add`` does; into an environment of another tool, install it.

    None where it isn't known what fits, and for environments of conda's.
    """
    name, requirement = finding.facts.get("environment"), finding.facts.get("requirement")
    if not name or not requirement:
        return None
    if name not in apply.names(context.home):
        return _elsewhere(context, finding)
    found = apply.load_environment(context.host, context.home, name, sized=False)
    if found.record.backend != BACKEND or not found.record.artifacts:
        return None

    def work(hands: Hands) -> tuple[StepOutcome, ...]:
        edit = Edit(kind="add", packages=(requirement,))
        change = changing.prepare(hands.context, name, edit, hands.machine())
        if change.stack is None:
            raise NoAnswerError("repair.no-stack", name=name, requirement=requirement)
        outcome = carrying_out.carry_out(
            hands.context,
            change,
            change.stack,
            command="repair",
            verified=hands.verified,
            on_check=hands.on_check,
        )
        return hands.told(outcome)

    return Proposal(
        finding=finding,
        title=text("versions.install", requirement=requirement, name=name),
        environment=name,
        work=work,
    )


def _elsewhere(context: Context, finding: Finding) -> Proposal | None:
    """A virtual environment of another tool: changed as pip would, put back on failure."""
    name, requirement = finding.facts["environment"], finding.facts["requirement"]
    path = Path(finding.facts["path"])
    python = str(interpreter(path, context.host))
    whole = (path / "pyvenv.cfg").is_file() and context.host.is_executable(python)
    if not whole or not apply.may_guard(context.home, path):
        return None

    def work(hands: Hands) -> tuple[StepOutcome, ...]:
        log = apply.StepLog()

        def change() -> None:
            with log.step("install"):
                _install(hands.context, python, requirement, finding.facts["build"])
            if hands.verified:
                with log.step("verify"):
                    _verify(hands, name)

        apply.guarded(
            hands.context.host,
            hands.context.home,
            path,
            name=name,
            command="repair",
            work=change,
        )
        return log.outcomes

    return Proposal(
        finding=finding,
        title=text("versions.install", requirement=requirement, name=name),
        safety="ask",
        environment=name,
        work=work,
    )


def _install(context: Context, python: str, requirement: str, build: str) -> None:
    places = ConfiguredPlaces(context, load_catalogue().framework.index_base, BACKEND)
    install_into(
        context.host,
        context.home,
        python,
        requirement,
        context.home.cache / "work" / f"{os.getpid()}-repair",
        sources=places.sources,
        index=f"{places.framework_base}/{build}" if build else "",
        offline=context.offline,
    )


def _verify(hands: Hands, name: str) -> None:
    report = verify(hands.context, name=name, level="quick", on_check=hands.on_check)
    hands.on_report(report)
    see_that_it_computes(report, name)
