"""How uv is told for which interpreter and platform to solve."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from torchup.backends.inputs import Inputs, Target

_NAMES: Final = {
    "windows-x86_64": "x86_64-pc-windows-msvc",
    "windows-arm64": "aarch64-pc-windows-msvc",
    "macos-arm64": "aarch64-apple-darwin",
    "macos-x86_64": "x86_64-apple-darwin",
    "linux-x86_64": "x86_64-unknown-linux-gnu",
    "linux-aarch64": "aarch64-unknown-linux-gnu",
}
_GLIBCS: Final = (17, 28, *range(31, 41))
"""The minor versions of glibc 2 that uv knows as ``manylinux_2_…``."""


def interpreter_options(inputs: Inputs) -> list[str]:
    """Name the interpreter, or the platform and release line of a machine that isn't this one."""
    target = inputs.target
    if target is None:
        return ["--python", inputs.python]
    line = inputs.minor.rstrip("t")
    options = ["--python-version", line, "--python-platform", platform_name(target)]
    return ["--python", inputs.python or sys.executable, *options]


def platform_name(target: Target) -> str:
    """Name a platform as uv does; an unknown C library is the one that most wheels ask for."""
    name = _NAMES[target.platform]
    family, _, version = (target.libc or "").partition(" ")
    if family == "musl":
        return name.replace("-gnu", "-musl")
    numbers = dotted(version)
    if not target.platform.startswith("linux") or family != "glibc" or len(numbers) < len("2."):
        return name
    fitting = [minor for minor in _GLIBCS if minor <= numbers[1]]
    cpu = name.partition("-")[0]
    return f"{cpu}-manylinux_2_{max(fitting)}" if fitting else name
