"""A stack as commands to paste, for people who install with other tools; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.errors import UsageError
from torchup.model import Stack, System
from torchup.model.names import name_of
from torchup.plan.merging import merged
from torchup.plan.quoting import command_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.plan.forms import Form

CONTAINER_DEVICES: Final = {
    "cuda": ("NVIDIA_VISIBLE_DEVICES=all", "NVIDIA_DRIVER_CAPABILITIES=compute,utility"),
}
"""What NVIDIA's container toolkit wants to see in an image that is not NVIDIA's own."""

CONTAINER_RUN: Final = {
    "cuda": "--gpus all",
    "rocm": "--device /dev/kfd --device /dev/dri --group-add video",
    "xpu": "--device /dev/dri",
    "openvino": "--device /dev/dri",
}
"""What lends a container the cards (docs.docker.com/engine/containers/gpu, and the pages of AMD and
Intel on their own images); without it there is none inside."""

_FREE_THREADED: Final = ("--override-channels", "--channel", "conda-forge")
"""Where conda has Pythons without the GIL, as ``python-freethreading``
(https://py-free-threading.github.io/installing-cpython/)."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What is to be installed, and from where.

    ``options`` lead the installer to the framework's place, empty for its default index; ``rest``
    are all other requirements, which come from the default index; ``constraints`` count only
    where something asks for their package. ``wsl``: it is Windows that has the cards' drivers.
    ``published`` are the packages that the framework's place has; empty where it has all pins.
    ``libraries`` are what the build needs beside it, as conda's packages are asked for. Where conda
    itself has the framework, ``specs`` are what gives it, from ``channels``. ``others_of`` are the
    names of other builds of what is there, which would overwrite it.
    """

    stack: Stack
    system: System
    options: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    name: str = "NAME"
    wsl: bool = False
    published: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    specs: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    others_of: tuple[str, ...] = ()

    @property
    def pins(self) -> tuple[str, ...]:
        """The framework and its companions, exactly."""
        return tuple(one for one in self.stack.lines if self._there(one))

    @property
    def others(self) -> tuple[str, ...]:
        """What else is pinned and comes from the default index: another framework."""
        return tuple(one for one in self.stack.lines if not self._there(one))

    def _there(self, line: str) -> bool:
        return not (self.options and self.published) or name_of(line) in self.published


def pasteable(form: Form, wanted: Wanted) -> str:
    """Write the commands (for ``dockerfile``: the file) that give a stack.

    The framework comes first and from its own place alone, so that no other index can supply it.

    Raises:
        UsageError: ``pasting.no-image``: there is no image of a free-threaded Python.
    """
    if wanted.specs:
        return _of_conda(wanted)
    if form == "dockerfile":
        return _dockerfile(wanted)
    prepare, install, remove = _COMMANDS[form](wanted)
    lines = [prepare, *(_line(wanted, *install, *part) for part in _parts(wanted))]
    if wanted.stack.absent:
        lines.append(_line(wanted, *remove, *wanted.stack.absent))
    put = "set" if wanted.system == "windows" else "export"
    lines += [
        _line(wanted, put, f"{key}={value}") for key, value in wanted.stack.environment.items()
    ]
    return "\n".join([*lines, *_unexpressed(wanted, conda=form == "conda")]) + "\n"


def _of_conda(wanted: Wanted) -> str:
    """The framework's build as conda has it; what conda may not have comes by pip afterwards."""
    channels = [word for one in wanted.channels for word in ("--channel", one)]
    create = ("conda", "create", "--yes", "--name", wanted.name, "--override-channels")
    lines = [_line(wanted, *create, *channels, *wanted.specs)]
    others = (one for one in wanted.rest if name_of(one) not in wanted.stack.packages)
    rest = (*wanted.stack.beside, *others)
    pins = wanted.stack.lines if wanted.stack.libraries else ()
    by_pip = (*pins, *merged((*rest, *wanted.stack.constraints, *_constrained(wanted))))
    if by_pip:
        lines.append(_line(wanted, *_conda(wanted)[1], *by_pip))
    return "\n".join([*lines, *_unexpressed(wanted, conda=True)]) + "\n"


def _unexpressed(wanted: Wanted, *, conda: bool = False) -> list[str]:
    """Constraints that no command can carry, as comments; and libraries that pip can't bring."""
    named = {name_of(one) for one in (*wanted.stack.beside, *wanted.rest)}
    left = [f"# {one}" for one in wanted.constraints if name_of(one) not in named]
    libraries = wanted.libraries or wanted.stack.libraries
    if not libraries or (conda and wanted.system == "windows"):
        return left
    needs = f"# CUDA: {' '.join(wanted.libraries)}"
    return [*left, '# export LD_LIBRARY_PATH="$CONDA_PREFIX/lib"' if conda else needs]


def _constrained(wanted: Wanted) -> tuple[str, ...]:
    """The constraints on what is installed by name."""
    named = {name_of(one) for one in (*wanted.stack.beside, *wanted.rest)}
    return tuple(one for one in wanted.constraints if name_of(one) in named)


def _parts(wanted: Wanted) -> Iterable[tuple[str, ...]]:
    """The arguments of each installation: the framework's, then the others'."""
    asked = _constrained(wanted)
    pinned = {name_of(one) for one in wanted.stack.lines} | wanted.stack.packages.keys()
    beside = wanted.others_of  # another build's package would overwrite the build's own
    # A line about what is pinned says nothing more, unless it asks for an extra of its own.
    rest = (
        one
        for one in wanted.rest
        if name_of(one) not in beside and not (name_of(one) in pinned and _is_pinned(one, wanted))
    )
    others = merged((*wanted.stack.beside, *rest, *wanted.stack.constraints, *asked))
    others = (*wanted.others, *others)
    if not wanted.options:
        yield (*wanted.pins, *others)
        return
    yield (*wanted.pins, *wanted.options)
    if others:
        yield others


def _is_pinned(line: str, wanted: Wanted) -> bool:
    """Tell whether what a line asks for of a pinned package is what the pin brings."""
    extras = {one.strip() for one in line.partition("[")[2].partition("]")[0].split(",")}
    name = name_of(line)
    return extras <= {"", *wanted.stack.extras.get(name, "").split(",")}


_Commands = tuple[str, tuple[str, ...], tuple[str, ...]]


def _pip(wanted: Wanted) -> _Commands:
    line, name = wanted.stack.python, wanted.name
    if wanted.system == "windows":
        make = _line(wanted, "py", f"-{line}", "-m", "venv", name)
        python = f"{name}\\Scripts\\python"
    else:
        make = _line(wanted, f"python{line}", "-m", "venv", name)
        python = f"{name}/bin/python"
    pip = (python, "-m", "pip")
    return make, (*pip, "install"), (*pip, "uninstall", "--yes")


def _uv(wanted: Wanted) -> _Commands:
    make = _line(wanted, "uv", "venv", "--python", wanted.stack.python, wanted.name)
    where = ("--python", wanted.name)
    return make, ("uv", "pip", "install", *where), ("uv", "pip", "uninstall", *where)


def _conda(wanted: Wanted) -> _Commands:
    line = wanted.stack.python
    named = (*_FREE_THREADED, f"python-freethreading={line[:-1]}") if line[-1:] == "t" else ()
    create = ("conda", "create", "--yes", "--name", wanted.name)
    # https://www.tensorflow.org/install/pip of 2.10: conda-forge has both, and the loader has to
    # be told of them everywhere but on Windows.
    libraries = ("--channel", "conda-forge", *wanted.libraries) if wanted.libraries else ()
    make = _line(wanted, *create, *(named or (f"python={line}",)), "pip", *libraries)
    pip = ("conda", "run", "--no-capture-output", "--name", wanted.name, "python", "-m", "pip")
    return make, (*pip, "install"), (*pip, "uninstall", "--yes")


_COMMANDS: Final = {"pip": _pip, "uv": _uv, "conda": _conda}


def _line(wanted: Wanted, *words: str) -> str:
    return command_line(*words, windows=wanted.system == "windows")


def _dockerfile(wanted: Wanted) -> str:
    stack = wanted.stack
    if stack.python.endswith("t"):
        raise UsageError("pasting.no-image", python=stack.python)
    needed = (f"{key}={value}" for key, value in stack.environment.items())
    settings = (*CONTAINER_DEVICES.get(stack.device, ()), *needed)
    lines = [f"FROM python:{stack.python}-slim"]
    lines += [f"ENV {' '.join(settings)}"] if settings else []
    install = ("pip", "install", "--no-cache-dir")
    lines += [f"RUN {_line(wanted, *install, *part)}" for part in _parts(wanted)]
    if stack.absent:
        lines.append(f"RUN {_line(wanted, 'pip', 'uninstall', '--yes', *stack.absent)}")
    if stack.device in CONTAINER_RUN and (stack.device == "cuda" or not wanted.wsl):
        lines.append(f"# docker run --rm -it {CONTAINER_RUN[stack.device]} IMAGE")
    return "\n".join([*lines, *_unexpressed(wanted)]) + "\n"
