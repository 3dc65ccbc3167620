"""From what the page asks for to a command line; every word is checked before it is one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from torchup.apply.names import check_name
from torchup.errors import UsageError
from torchup.wire.web import MirrorOrderV1, OrderV1

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.web.here import Here
    from torchup.wire.web import Command

Order: TypeAlias = OrderV1 | MirrorOrderV1
MIRRORS: Final = "@mirrors"
"""What a job about mirrors is busy with: no environment can have this name."""
_PROGRAM: Final = (sys.executable, "-m", "torchup")
# Python looks for modules where it starts, so it goes to the folder after that: a file there may
# be called like a module, and be what is to be mended.
_GO_THERE: Final = (
    "import os, runpy, sys; sys.path[:] = filter(None, sys.path); os.chdir(sys.argv.pop(1)); "
    "runpy.run_module('torchup', run_name='__main__', alter_sys=True)"
)
_LASTING: Final = frozenset({"notebook"})
_NEVER_ASK: Final = frozenset({"verify", "clone", "kernel-delete"})
"""What takes no ``--yes``; of kernels only those that torchup wrote are taken away."""


def about(order: Order) -> tuple[str, str]:
    """The environment that an order is about, and the command as changes name it."""
    if isinstance(order, MirrorOrderV1):
        return "", f"mirror {order.action}"
    return order.name, order.command.replace("-", " ")


def is_lasting(order: Order) -> bool:
    """Whether it runs until somebody stops it: it keeps nothing else from running."""
    return isinstance(order, OrderV1) and order.command in _LASTING


def names_of(order: Order) -> tuple[str, ...]:
    """What nobody else may be at meanwhile; the source of a copy counts too, torchup locks it.

    What names no environment may be about any, and waits its turn.
    """
    if isinstance(order, MirrorOrderV1):
        # A race changes nothing, but two would measure how they share this machine's line.
        return (MIRRORS,)
    if is_lasting(order):
        return ()
    return (order.name, order.target) if order.target else (order.name,)


def words_of(order: Order) -> tuple[str, ...]:
    """Return an order as the words after ``torchup``.

    Raises:
        UsageError: a name, a requirement or a folder can't be taken; ``web.missing``: the order
            lacks what its command is about.
    """
    if isinstance(order, MirrorOrderV1):
        return tuple(_about_mirrors(order))
    return tuple(_SPELT[order.command](order))


def _about_mirrors(order: MirrorOrderV1) -> list[str]:
    if order.action == "undo":
        return ["undo", _there("change", order.change)]
    kinds = [word for kind in dict.fromkeys(order.kinds) for word in ("--kind", kind)]
    if order.action == "test":
        planned = [word for one in order.planned for word in ("--for", _requirement(one))]
        return ["mirror", "test", *kinds, *planned]
    if order.action == "reset":
        return ["mirror", "reset", *kinds]
    if not order.picks:
        raise UsageError("web.missing", name="picks")
    for one in order.picks:
        if not one.isprintable():
            raise UsageError("web.unprintable", text=ascii(one)[1:-1])
    programs = [word for one in dict.fromkeys(order.write) for word in ("--write", one)]
    return ["mirror", "use", *order.picks, *programs]


def command_of(order: Order, here: Here, language: str) -> list[str]:
    """Return the command that does what is ordered, and tells how far it is as JSON lines.

    Raises:
        UsageError: as :func:`words_of`.
    """
    yes = () if _never_asks(order) else ("--yes",)
    offline = ("--offline",) if here.offline else ()
    where = ("--lang", language, "--home", str(here.home.root))
    command = "" if isinstance(order, MirrorOrderV1) else order.command
    if command == "notebook":  # what follows is Jupyter's own
        return [*_PROGRAM, *where, *words_of(order)]
    told = ("--json", "--progress", "json", *where)
    program: tuple[str, ...] = _PROGRAM
    if command == "repair":  # what is wrong in the folder of ``torchup web`` counts too
        program = (sys.executable, "-c", _GO_THERE, here.folder)
    return [*program, *words_of(order), *yes, *offline, *told]


def _never_asks(order: Order) -> bool:
    if isinstance(order, MirrorOrderV1):
        return order.action == "test"
    return order.command in _NEVER_ASK


def _create(order: OrderV1) -> list[str]:
    wanted = ["create", check_name(order.name), *requirements_of(order)]
    for name, value in (
        ("--python", order.python), ("--build", order.build), ("--as-of", order.as_of)
    ):  # fmt: skip
        wanted += [name, value] if value else []
    wanted += ["--cpu"] if order.cpu else []
    wanted += [] if order.companions else ["--no-companions"]
    return [*wanted, *(["--quick"] if order.quick else [])]


def _verify(order: OrderV1) -> list[str]:
    options = (("--quick", order.quick), ("--bench", order.bench))
    return ["verify", check_name(order.name), *(option for option, given in options if given)]


def _clone(order: OrderV1) -> list[str]:
    return ["clone", check_name(order.name), check_name(order.target or "")]


def _delete(order: OrderV1) -> list[str]:
    return ["delete", check_name(order.name)]


def _repair(order: OrderV1) -> list[str]:
    name = [check_name(order.name)] if order.name else []
    found = [word for code in order.findings for word in ("--finding", code)]
    return ["repair", *name, *found]


def _undo(order: OrderV1) -> list[str]:
    return ["undo", _there("change", order.change)]


def _packages(order: OrderV1) -> list[str]:
    every = ["--all"] if order.every and order.command == "upgrade" else []
    named = requirements_of(order)
    if not named and not every:
        raise UsageError("web.missing", name="requirements")
    return [order.command, "-n", check_name(order.name), *named, *every]


def _kernel_add(order: OrderV1) -> list[str]:
    return ["kernel", "add", check_name(order.name)]


def _kernel_delete(order: OrderV1) -> list[str]:
    return ["kernel", "delete", _there("kernel", order.kernel)]


def _notebook(order: OrderV1) -> list[str]:
    folder = os.path.expanduser(folder_of(order))  # noqa: PTH111 - nobody's home is no error here
    name = check_name(order.name)
    return ["run", name, "--", "jupyter", "lab", f"--ServerApp.root_dir={folder}"]


def _ide(order: OrderV1) -> list[str]:
    name, ide = check_name(order.name), _there("ide", order.ide)
    return ["ide", ide, name, "--project", folder_of(order)]


_SPELT: Final[dict[Command, Callable[[OrderV1], list[str]]]] = {
    "create": _create,
    "verify": _verify,
    "clone": _clone,
    "delete": _delete,
    "repair": _repair,
    "undo": _undo,
    "add": _packages,
    "remove": _packages,
    "upgrade": _packages,
    "kernel-add": _kernel_add,
    "kernel-delete": _kernel_delete,
    "ide": _ide,
    "notebook": _notebook,
}


def folder_of(order: OrderV1) -> str:
    """Take a project's folder: a whole path, since jobs have no folder that a user is in.

    Raises:
        UsageError: ``web.missing``, ``web.folder-relative``, or ``web.unprintable``.
    """
    folder = _there("folder", order.folder).strip()
    if not folder.isprintable():
        raise UsageError("web.unprintable", text=ascii(folder)[1:-1])
    if not (Path(folder).is_absolute() or folder == "~" or folder.startswith(("~/", "~\\"))):
        raise UsageError("web.folder-relative", path=folder)
    return folder


def requirements_of(order: OrderV1) -> tuple[str, ...]:
    """Take requirements that name packages; options and paths are the command line's.

    Raises:
        UsageError: ``ask.not-a-requirement``; ``web.unprintable``: one has a character that stands
            for no sign, as the end of a line does.
    """
    return tuple(_requirement(one) for one in order.requirements)


def _requirement(text: str) -> str:
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed

    if not text.isprintable():
        raise UsageError("web.unprintable", text=ascii(text)[1:-1])
    try:
        Parsed(text)
    except InvalidRequirement as error:
        why = str(error).splitlines()[0]
        raise UsageError("ask.not-a-requirement", text=text, why=why) from error
    return text


def _there(name: str, value: str | None) -> str:
    """Return a field that the command needs.

    Raises:
        UsageError: ``web.missing``.
    """
    if not value:
        raise UsageError("web.missing", name=name)
    return value
