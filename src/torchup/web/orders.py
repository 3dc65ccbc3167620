"""From what the page asks for to a command line; every word is checked before it is one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from torchup.apply.names import check_name
from torchup.errors import UsageError

if TYPE_CHECKING:
    from torchup.web.here import Here
    from torchup.wire.web import OrderV1

_PROGRAM: Final = (sys.executable, "-m", "torchup")


def words_of(order: OrderV1) -> tuple[str, ...]:
    """Return an order as the words after ``torchup``.

    Raises:
        UsageError: a name or a requirement can't be taken.
    """
    name = check_name(order.name)
    if order.command == "create":
        return ("create", name, *_wanted(order))
    if order.command == "clone":
        return ("clone", name, check_name(order.target or ""))
    return (
        order.command,
        name,
        *(("--quick",) if order.quick and order.command == "verify" else ()),
    )


def command_of(order: OrderV1, here: Here, language: str) -> list[str]:
    """Return the command that does what is ordered, and tells how far it is as JSON lines.

    Raises:
        UsageError: a name or a requirement can't be taken.
    """
    yes = () if order.command in {"verify", "clone"} else ("--yes",)
    offline = ("--offline",) if here.offline else ()
    told = ("--json", "--progress", "json", "--lang", language, "--home", str(here.home.root))
    return [*_PROGRAM, *words_of(order), *yes, *offline, *told]


def _wanted(order: OrderV1) -> list[str]:
    wanted = [_requirement(one) for one in order.requirements]
    for name, value in (
        ("--python", order.python), ("--build", order.build), ("--as-of", order.as_of)
    ):  # fmt: skip
        wanted += [name, value] if value else []
    wanted += ["--cpu"] if order.cpu else []
    wanted += [] if order.companions else ["--no-companions"]
    return [*wanted, *(["--quick"] if order.quick else [])]


def _requirement(text: str) -> str:
    """Take a requirement that names a package; options and paths are the command line's.

    Raises:
        UsageError: ``ask.not-a-requirement``; ``web.unprintable``: it has a character that stands
            for no sign, as the end of a line does.
    """
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
