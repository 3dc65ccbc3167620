"""A stack in conda's words: the build is pinned, so that no other one can come in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.facts.conda import load_conda
from torchup.facts.load import load_catalogue
from torchup.model.builds import conda_pattern, cuda_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.model import Stack


def framework_specs(stack: Stack, strings: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return what gives a stack: its Python, the framework's build, its companions, and pip.

    Args:
        stack: what was chosen.
        strings: a build string of the framework's that a channel has, by its name; what they look
            like is known without.
    """
    framework = load_catalogue().framework
    facts = load_conda(framework.name)
    found = [f"python {stack.python.rstrip('t')}.*"]
    if stack.libraries:
        found += stack.libraries
    elif framework.name in stack.packages:
        built = facts.carrier or framework.name
        pattern = _pattern(stack, (strings or {}).get(framework.name, ""))
        # Without companions the one that is built is what the framework brings along.
        for name in dict.fromkeys((*stack.packages, built)):
            conda = facts.package if name == framework.name else name
            version = stack.packages.get(name, "")
            exact = f"{conda} =={version}" if version else f"{conda} *"
            found.append(f"{exact} {pattern}" if name == built else exact)
    return (*found, "pip")


def pinned(stack: Stack, strings: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return what keeps ``conda install`` and ``conda update`` from taking another build."""
    framework = load_catalogue().framework.name
    facts = load_conda(framework)
    names = {facts.package, facts.carrier, *(one.split(" ")[0] for one in stack.libraries)}
    return tuple(one for one in framework_specs(stack, strings) if one.split()[0] in names)


def _pattern(stack: Stack, string: str) -> str:
    if string:
        return conda_pattern(string)
    cuda = cuda_of(stack.build)
    if cuda is None:
        return f"*{stack.build}*"
    makers = load_conda(load_catalogue().framework.name).retired()
    dotted = any(stack.index_url.rstrip("/").endswith(f"/{one.name}") for one in makers)
    return f"*cuda{cuda if dotted else cuda.replace('.', '')}*"
