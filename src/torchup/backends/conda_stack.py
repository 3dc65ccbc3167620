"""A stack in conda's words: the build is pinned, so that no other one can come in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.facts.conda import load_conda
from torchup.facts.frameworks import named_in
from torchup.facts.load import load_catalogue
from torchup.model.builds import conda_pattern, cuda_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.model import Stack


def framework_specs(stack: Stack, strings: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return what gives a stack: its Python, each framework's build, its companions, and pip.

    Args:
        stack: what was chosen.
        strings: build strings of frameworks that a channel has, by their names; what they look
            like is known without.
    """
    found = [f"python {stack.python.rstrip('t')}.*", *stack.libraries]
    for name in () if stack.libraries else named_in(stack.packages):
        found += _specs_of(name, stack, (strings or {}).get(name, ""))
    return (*found, "pip")


def pinned(stack: Stack, strings: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return what keeps ``conda install`` and ``conda update`` from taking another build."""
    every = [load_conda(name) for name in named_in(stack.packages)]
    names = {name for one in every for name in (one.package, one.carrier)}
    names |= {one.split(" ")[0] for one in stack.libraries}
    return tuple(one for one in framework_specs(stack, strings) if one.split()[0] in names)


def build_of(stack: Stack, name: str) -> str:
    """Return the build of one of a stack's frameworks."""
    return stack.builds.get(name, stack.build)


def _specs_of(name: str, stack: Stack, string: str) -> list[str]:
    facts = load_conda(name)
    framework = load_catalogue(name).framework
    built = facts.carrier or name
    pattern = _pattern(stack, name, string)
    own = [one for one in stack.packages if one in (name, *framework.companions)]
    found = []
    # Without companions the one that is built is what the framework brings along.
    for one in dict.fromkeys((*own, built)):
        conda = facts.package if one == name else one
        version = stack.packages.get(one, "")
        exact = f"{conda} =={version}" if version else f"{conda} *"
        found.append(f"{exact} {pattern}" if one == built else exact)
    return found


def _pattern(stack: Stack, name: str, string: str) -> str:
    if string:
        return conda_pattern(string)
    build = build_of(stack, name)
    cuda = cuda_of(build)
    if cuda is None:
        return f"*{build}*"
    makers = load_conda(name).retired()
    dotted = any(stack.index_url.rstrip("/").endswith(f"/{one.name}") for one in makers)
    return f"*cuda{cuda if dotted else cuda.replace('.', '')}*"
