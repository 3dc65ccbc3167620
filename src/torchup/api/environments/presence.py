"""Whether an environment that is there already is what is asked for now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup import apply
from torchup.facts.load import load_catalogue
from torchup.model import (
    Environment,
    Machine,
    Os,
    Outcome,
    Requirement,
    StepOutcome,
    Text,
    text,
)
from torchup.model.names import name_of
from torchup.resolve.ask import read_requirement
from torchup.resolve.nightly import check_nightly, is_nightly

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.resolve.ask import Asked


class Present(Struct, frozen=True, kw_only=True):
    """An environment of the wanted name; ``why`` says in what it differs."""

    environment: Environment
    why: Text | None = None

    @property
    def fits(self) -> bool:
        """Whether nothing has to be done."""
        return self.why is None

    def outcome(self, why: str = "") -> Outcome:
        """The outcome of a command that found nothing to do, or must not do it.

        Args:
            why: ``why`` in words, for people who see the document on a page or of another host.
        """
        step = StepOutcome(id="create", status="skipped", detail=why)
        return Outcome(command="create", ok=self.fits, steps=(step,), environment=self.environment)


def is_there(context: Context, name: str) -> bool:
    """Tell whether there is a whole environment of that name."""
    return name in apply.names(context.home)


def present(context: Context, name: str, requirement: Requirement) -> Present | None:
    """Look for an environment of that name, and compare it with what is asked for.

    Raises:
        UsageError: the name or the requirement can't be taken.
    """
    apply.check_name(name)
    asked = _read(requirement)
    if not is_there(context, name):
        if name in apply.adopted_names(context.home):
            apply.check_free(context.home, name)
        apply.check_case(context.home, name)
        return None
    found = apply.load_environment(context.host, context.home, name)
    if context.project is not None:
        lines = {line.text for line in context.project.packages}
        asked = _read(_as_moved(requirement, found.record.requirement, lines))
    why = _other_backend(found, requirement) or _difference(found, asked)
    return Present(environment=found, why=why)


def _other_backend(found: Environment, requirement: Requirement) -> Text | None:
    """Say that an environment is not conda's where one of conda's is asked for by name."""
    has, needs = found.record.backend, requirement.backend
    if has == needs or needs == Requirement().backend:
        return None
    return text("present.backend", has=has or "?", needs=needs)


def _as_moved(asked: Requirement, made: Requirement, lines: set[str]) -> Requirement:
    """Return a requirement with a project's lines as they were when the environment was made.

    Args:
        asked: what is asked for now.
        made: what the environment was made for: some lines were moved forward.
        lines: the project's lines.
    """
    moved = {name_of(line): line for line in made.packages}
    kept = (moved.get(name_of(one), one) if one in lines else one for one in asked.packages)
    return replace(asked, packages=tuple(kept))


def _read(requirement: Requirement) -> Asked:
    """Take a requirement apart before the machine is looked at: mistakes are told at once.

    An interpreter that is named by its path says nothing about a version yet.
    """
    by_path = any(mark in str(requirement.python or "") for mark in "/\\")
    bare = replace(requirement, python=None) if by_path else requirement
    machine = Machine(os=Os(system="linux"), arch="x86_64")
    asked = read_requirement(bare, load_catalogue().framework, machine)
    check_nightly(asked)
    return asked


def _difference(found: Environment, asked: Asked) -> Text | None:
    if found.state != "ok":
        return found.problem or text(
            "environment.no-record", name=found.record.name, path=found.record.path
        )
    stack = found.record.stack
    if asked.build not in (None, stack.build):
        return text("present.build", has=stack.build, needs=asked.build)
    if asked.python not in (None, stack.python):
        return text("present.python", has=stack.python, needs=asked.python or "")
    framework = load_catalogue().framework.name
    if asked.nightly and not is_nightly(stack.packages.get(framework, "")):
        return text("present.no-nightly", has=stack.packages.get(framework, ""))
    for name in asked.versions:
        version = stack.packages.get(name)
        if version is None and name not in (framework, *asked.named):
            continue
        if version is None:
            return text("present.missing", name=name)
        if not asked.allows(name, version):
            return text("present.version", name=name, has=version, needs=asked.wording(name))
    return _others(found, asked.others)


def _others(found: Environment, others: tuple[str, ...]) -> Text | None:
    if not others:
        return None
    from packaging.requirements import Requirement as Parsed
    from packaging.utils import canonicalize_name

    python = found.record.stack.python.removesuffix("t")
    here = {"python_version": python, "python_full_version": f"{python}.0"}
    for line in others:
        wanted = Parsed(line)
        if wanted.marker is not None and not wanted.marker.evaluate(here):
            continue
        version = found.packages.get(canonicalize_name(wanted.name))
        if version is None:
            return text("present.missing", name=wanted.name)
        if not wanted.specifier.contains(version, prereleases=True):
            return text("present.version", name=wanted.name, has=version, needs=line)
    return None
