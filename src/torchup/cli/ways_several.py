"""The command for a way out that moves one of several frameworks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.stacks.parting import CPU, build_owner
from torchup.facts.frameworks import named_in
from torchup.facts.load import load_catalogue

if TYPE_CHECKING:
    from torchup.model import NearMiss, Requirement


def part_of(near: NearMiss, asked: Requirement) -> tuple[str, list[str]]:
    """Word the way out of one framework among several: its requirement, and options for builds.

    Empty where the command line can't say it.

    ``--build`` is asked of one framework, and ``--cpu`` of all of them; where another one would
    take the build, an extra of the package says it (``jax[cuda12]``), if there is one.

    Args:
        near: the way out.
        asked: what was asked for.
    """
    name, version = next(iter(near.stack.packages.items()))
    build, line = near.stack.build, f"{name}=={version}"
    if asked.cpu:
        return (line, ["--cpu"]) if build == CPU else ("", [])
    kept = ["--build", asked.build] if asked.build else []
    names = named_in(asked.packages)
    if kept and build_owner(names, asked.build or "") == name:
        kept = []
    catalogue = load_catalogue(name)
    extra = near.stack.extras.get(name, "")
    if catalogue.framework.extras.get(extra) == build:
        return f"{name}[{extra}]=={version}", kept
    release = catalogue.release(version)
    alike = [one.name for one in release.builds if one.device != CPU] if release else []
    if set(alike) == {build}:  # it has no other one to choose for a card
        return line, kept
    if not kept and build != CPU and build_owner(names, build) == name:
        return line, ["--build", build]
    return "", []
