"""What the page of choices shows: the answer, every option, and the commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.api.selector.options import Option, Options, options
from torchup.api.stacks.choosing import Choice
from torchup.api.stacks.pasting import commands
from torchup.api.stacks.planning import preview
from torchup.errors import UsageError
from torchup.model import Machine
from torchup.plan.quoting import command_line
from torchup.resolve.ways import TITLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.model import Device, Stack
    from torchup.plan.forms import Form
    from torchup.web.asking import Wish
    from torchup.web.here import Here

NAME = "NAME"


class Chosen(Struct, frozen=True, kw_only=True):
    """A choice for a machine, and what else could be picked."""

    machine: Machine
    choice: Choice
    options: Options
    commands: Mapping[str, str]


def choose(here: Here, wish: Wish) -> Chosen:
    """Choose what is wished for.

    Raises:
        UsageError: the machine's description or the wish can't be read.
    """
    machine = wish.machine(here)
    with wish.meaning():
        choice = _choice(here, wish, machine)
        return Chosen(
            machine=machine,
            choice=choice,
            options=options(machine, wish.picked),
            commands=_commands(wish, choice, machine),
        )


def commands_of(here: Here, wish: Wish) -> dict[str, str]:
    """Only the commands, by tool.

    Raises:
        UsageError: the machine's description or the wish can't be read.
    """
    machine = wish.machine(here)
    with wish.meaning():
        return _commands(wish, _choice(here, wish, machine), machine)


def _choice(here: Here, wish: Wish, machine: Machine) -> Choice:
    return preview(here.context(), machine, wish.requirement(here), live=wish.here, examine=False)


def _commands(wish: Wish, choice: Choice, machine: Machine) -> dict[str, str]:
    forms: tuple[Form, ...] = ("pip", "uv", "conda")
    stack = choice.resolution.stack
    own = create_line(wish, choice, machine) if stack else ""
    return {"torchup": own, **{form: _pasted(choice, machine, form) for form in forms}}


def _pasted(choice: Choice, machine: Machine, form: Form) -> str:
    try:
        return commands(choice, machine, form).rstrip("\n")
    except UsageError:
        return ""  # that tool can't express it


def create_line(wish: Wish, choice: Choice, machine: Machine) -> str:
    """The command of torchup's own that makes what is shown."""
    asked, picked = choice.resolution.requirement, wish.picked
    given = (("--python", picked.python), ("--build", picked.build), ("--as-of", picked.as_of))
    spelt = [word for option, value in given if value for word in (option, value)]
    packages = asked.packages if picked.release or wish.framework else ()
    windows = machine.os.system == "windows"
    return command_line("torchup", "create", NAME, *packages, *spelt, windows=windows)


def groups(found: Sequence[Option]) -> dict[Device | str, tuple[Option, ...]]:
    """Builds by what they compute on; those of cards that aren't there are one."""
    by_device: dict[Device | str, tuple[Option, ...]] = {}
    for one in found:
        by_device[one.device] = (*by_device.get(one.device, ()), one)
    foreign = "build-other-device"
    return {
        device: some[:1] if all(o.why and o.why.code == foreign for o in some) else some
        for device, some in by_device.items()
    }


def label_of(option: Option) -> str:
    """A build as people call it: ``CUDA 12.6``, ``ROCm 6.4``."""
    from torchup.model.builds import runtime_of

    names = {"cuda": "CUDA", "rocm": "ROCm", "xpu": "XPU", "mps": "MPS", "cpu": "CPU"} | TITLES
    name = names.get(option.device, option.device)
    if option.why is not None and option.why.code == "build-other-device":
        return name
    return f"{name} {runtime_of(option.value)}".strip()


def picked_of(stack: Stack | None) -> dict[str, str]:
    """What was chosen, for each of the three that can be picked."""
    if stack is None:
        return {"release": "", "build": "", "python": ""}
    release = next(iter(stack.packages.values()))
    return {"release": release, "build": stack.build, "python": stack.python}
