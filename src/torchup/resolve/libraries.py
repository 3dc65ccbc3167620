"""What the builds of a stack need beside them, and their wheels don't bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.facts.frameworks import named_in
from torchup.facts.load import load_catalogue
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from torchup.facts.release import Build
    from torchup.model import Stack


def build_in(stack: Stack, name: str, platform: str) -> Build | None:
    """Return the build of one of a stack's frameworks; None where nobody knows it.

    The first one's stands in the stack. The others' stand there too, but for records of before:
    they follow from what is installed of them and from where they compute, with the major version
    of CUDA that all have in common.

    Args:
        stack: the stack.
        name: one of its frameworks.
        platform: such as ``linux-x86_64``.
    """
    release = load_catalogue(name).release(stack.packages.get(name, ""))
    here = [one for one in release.builds if one.platform == platform] if release else []
    if name == next(iter(named_in(stack.packages)), ""):
        return next((one for one in here if one.name == stack.build), None)
    if name in stack.builds:
        return next((one for one in here if one.name == stack.builds[name]), None)
    major = stack.runtime.partition(".")[0]
    device = stack.devices.get(name, stack.device)
    package, extra = stack.distributions.get(name, ""), stack.extras.get(name, "")
    return next(
        (
            one
            for one in here
            if (one.package, one.extra) == (package, extra)
            and (one.device == device or device in one.also)
            and (device != "cuda" or one.runtime.partition(".")[0] == major)
        ),
        None,
    )


def libraries_of(stack: Stack, platform: str) -> tuple[str, ...]:
    """Return what the builds need beside their wheels, as conda's packages are asked for.

    Of several versions of a library the newest serves all: they have the major version of CUDA in
    common, and within one a newer library takes the place of an older one
    (https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html, and
    https://docs.nvidia.com/deeplearning/cudnn of 8.x: backward compatible within a major version).
    Those of different major versions are all named, side by side.

    Args:
        stack: the stack; a stack of conda's needs nothing.
        platform: such as ``linux-x86_64``.
    """
    if stack.origin != "wheel":
        return ()
    builds = (build_in(stack, name, platform) for name in named_in(stack.packages))
    newest: dict[tuple[str, str], str] = {}
    for line in (line for one in builds if one for line in one.libraries):
        name, _, version = line.partition("=")
        key = name, version.partition(".")[0]
        newest[key] = max(newest.get(key, version), version, key=dotted)
    return tuple(f"{name}={version}" for (name, _), version in newest.items())
