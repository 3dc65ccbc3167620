"""From what the page asks for to a command line; every word is checked before it is one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.apply.names import check_name
from torchup.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.web.here import Here
    from torchup.wire.web import Command, OrderV1

_PROGRAM: Final = (sys.executable, "-m", "torchup")
# Python looks for modules where it starts, so it goes to the folder after that: a file there may
# be called like a module, and be what is to be mended.
_GO_THERE: Final = (
    "import os, runpy, sys; sys.path[:] = filter(None, sys.path); os.chdir(sys.argv.pop(1)); "
    "runpy.run_module('torchup', run_name='__main__', alter_sys=True)"
)
_NEVER_ASK: Final = frozenset({"verify", "clone", "kernel-delete"})
"""What takes no ``--yes``; of kernels only those that torchup wrote are taken away."""


def words_of(order: OrderV1) -> tuple[str, ...]:
    """Return an order as the words after ``torchup``.

    Raises:
        UsageError: a name, a requirement or a folder can't be taken; ``web.missing``: the order
            lacks what its command is about.
    """
    return tuple(_SPELT[order.command](order))


def command_of(order: OrderV1, here: Here, language: str) -> list[str]:
    """Return the command that does what is ordered, and tells how far it is as JSON lines.

    Raises:
        UsageError: as :func:`words_of`.
    """
    yes = () if order.command in _NEVER_ASK else ("--yes",)
    offline = ("--offline",) if here.offline else ()
    where = ("--lang", language, "--home", str(here.home.root))
    if order.command == "notebook":  # what follows is Jupyter's own
        return [*_PROGRAM, *where, *words_of(order)]
    told = ("--json", "--progress", "json", *where)
    program: tuple[str, ...] = _PROGRAM
    if order.command == "repair":  # what is wrong in the folder of ``torchup web`` counts too
        program = (sys.executable, "-c", _GO_THERE, here.folder)
    return [*program, *words_of(order), *yes, *offline, *told]


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
    return ["verify", check_name(order.name), *(["--quick"] if order.quick else [])]


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
