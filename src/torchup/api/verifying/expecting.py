"""What a verification should find: in an environment, or with any interpreter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from torchup import apply
from torchup.api.environments.known import is_foreign
from torchup.errors import UsageError
from torchup.facts.frameworks import DEFAULT, mean, named_in
from torchup.model.names import is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.api.context import Context
    from torchup.model import Environment, Stack
    from torchup.verify import Expected


def expected_with(context: Context, python: str, device: str) -> tuple[Expected, ...]:
    """What computes with an interpreter: the frameworks that are installed there.

    Raises:
        UsageError: ``verify.no-such-python``.
    """
    from torchup.verify import Expected
    from torchup.verify.presence import there

    if not python or not context.host.is_executable(python):
        raise UsageError("verify.no-such-python", python=python)
    names = there(context.host, python) or (DEFAULT,)
    mean(names[0])
    return tuple(Expected(framework=one, device=device or "auto") for one in names)


def expected_of(stack: Stack, variables: Mapping[str, str] | None = None) -> tuple[Expected, ...]:
    """What a verification should find where a stack was installed, for each of its frameworks.

    The exact versions asked of the source: a wheel without a local part (PyPI's, every macOS one)
    may or may not name its build inside.

    Args:
        stack: what was installed.
        variables: what it needs of the place where it lies, beside what the stack says.
    """
    from torchup.facts.load import load_catalogue
    from torchup.verify import Expected

    names = named_in(stack.packages) or (DEFAULT,)
    versions = stack.packages | stack.pins
    plugins = {one for name in names for one in load_catalogue(name).plugins}
    theirs = {
        name: set(load_catalogue(name).framework.companions) for name in names if len(names) > 1
    }
    return tuple(
        Expected(
            framework=framework,
            version=versions.get(framework, ""),
            companions={
                name: version
                for name, version in versions.items()
                if name not in plugins.union(names) and (not theirs or name in theirs[framework])
            },
            device=stack.devices.get(framework, stack.device),
            environment={**stack.environment, **(variables or {})},
            cards=stack.cards.get(framework, ()),
        )
        for framework in names
    )


def expected_in(context: Context, found: Environment, device: str) -> tuple[Expected, ...]:
    """What should be found in an environment; on another device where one was named."""
    name = found.record.name
    untouched = is_elsewhere(name) or is_foreign(context, name)
    stack = found.record.stack
    # A framework that has only its CPU build beside another one's card stays on the CPU.
    return tuple(
        structs.replace(
            planned,
            untouched=untouched,
            device=planned.device
            if planned.framework in stack.devices
            else device or planned.device,
        )
        for planned in expected_of(
            stack, apply.library_variables(Path(found.record.path), stack, context.host)
        )
    )
