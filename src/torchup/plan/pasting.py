"""A stack as commands to paste, for people who install with other tools; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.errors import UsageError
from torchup.model import Stack, System
from torchup.plan.quoting import command_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.plan.forms import Form

_NAME: Final = re.compile(r"[A-Za-z0-9._-]*")
_CONTAINER_DEVICES: Final = {
    "cuda": ("NVIDIA_VISIBLE_DEVICES=all", "NVIDIA_DRIVER_CAPABILITIES=compute,utility"),
}
"""What NVIDIA's container toolkit wants to see in an image that is not NVIDIA's own."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What is to be installed, and from where.

    ``options`` lead the installer to the framework's place, empty for its default index; ``rest``
    are all other requirements, which come from the default index.
    """

    stack: Stack
    system: System
    options: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    name: str = "NAME"

    @property
    def pins(self) -> tuple[str, ...]:
        """The framework and its companions, exactly."""
        return tuple(f"{name}=={version}" for name, version in self.stack.pins.items())


def pasteable(form: Form, wanted: Wanted) -> str:
    """Write the commands (for ``dockerfile``: the file) that give a stack.

    The framework comes first and from its own place alone, so that no other index can supply it.

    Raises:
        UsageError: ``pasting.no-image``: there is no image of a free-threaded Python.
    """
    if form == "dockerfile":
        return _dockerfile(wanted)
    prepare, install, remove = _COMMANDS[form](wanted)
    lines = [prepare, *(command_line(*install, *part) for part in _parts(wanted))]
    if wanted.stack.absent:
        lines.append(command_line(*remove, *wanted.stack.absent))
    put = "set" if wanted.system == "windows" else "export"
    lines += [
        command_line(put, f"{key}={value}") for key, value in wanted.stack.environment.items()
    ]
    return "\n".join(lines) + "\n"


def _parts(wanted: Wanted) -> Iterable[tuple[str, ...]]:
    """The arguments of each installation: the framework's, then the others'."""
    limits = wanted.stack.constraints
    limited = {_NAME.match(one)[0] for one in limits}  # type: ignore[index]  # a requirement has one
    rest = tuple(one for one in (*wanted.stack.beside, *wanted.rest) if one not in limited)
    if not wanted.options:
        yield (*wanted.pins, *rest, *limits)
        return
    yield (*wanted.pins, *wanted.options)
    if rest or limits:
        yield (*rest, *limits)


_Commands = tuple[str, tuple[str, ...], tuple[str, ...]]


def _pip(wanted: Wanted) -> _Commands:
    line, name = wanted.stack.python, wanted.name
    if wanted.system == "windows":
        make = command_line("py", f"-{line}", "-m", "venv", name)
        python = f"{name}\\Scripts\\python"
    else:
        make = command_line(f"python{line}", "-m", "venv", name)
        python = f"{name}/bin/python"
    pip = (python, "-m", "pip")
    return make, (*pip, "install"), (*pip, "uninstall", "--yes")


def _uv(wanted: Wanted) -> _Commands:
    make = command_line("uv", "venv", "--python", wanted.stack.python, wanted.name)
    where = ("--python", wanted.name)
    return make, ("uv", "pip", "install", *where), ("uv", "pip", "uninstall", *where)


def _conda(wanted: Wanted) -> _Commands:
    make = command_line(
        "conda", "create", "--yes", "--name", wanted.name, f"python={wanted.stack.python}", "pip"
    )
    pip = ("conda", "run", "--name", wanted.name, "python", "-m", "pip")
    return make, (*pip, "install"), (*pip, "uninstall", "--yes")


_COMMANDS: Final = {"pip": _pip, "uv": _uv, "conda": _conda}


def _dockerfile(wanted: Wanted) -> str:
    stack = wanted.stack
    if stack.python.endswith("t"):
        raise UsageError("pasting.no-image", python=stack.python)
    needed = (f"{key}={value}" for key, value in stack.environment.items())
    settings = (*_CONTAINER_DEVICES.get(stack.device, ()), *needed)
    lines = [f"FROM python:{stack.python}-slim"]
    lines += [f"ENV {' '.join(settings)}"] if settings else []
    install = ("pip", "install", "--no-cache-dir")
    lines += [f"RUN {command_line(*install, *part)}" for part in _parts(wanted)]
    if stack.absent:
        lines.append(f"RUN {command_line('pip', 'uninstall', '--yes', *stack.absent)}")
    return "\n".join(lines) + "\n"
