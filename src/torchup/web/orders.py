"""From what the page asks for to a command line; every word is checked before it is one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, TypeAlias

from torchup.apply.names import check_name
from torchup.errors import UsageError
from torchup.wire.web import MirrorOrderV1, OrderV1

if TYPE_CHECKING:
    from torchup.web.here import Here

Order: TypeAlias = OrderV1 | MirrorOrderV1
MIRRORS: Final = "@mirrors"
"""What a job about mirrors is busy with: no environment can have this name."""
_PROGRAM: Final = (sys.executable, "-m", "torchup")


def busy_with(order: Order) -> tuple[str, ...]:
    """What nobody else may be at meanwhile; the source of a copy counts too, torchup locks it."""
    if isinstance(order, MirrorOrderV1):
        # A race changes nothing, but two would measure how they share this machine's line.
        return (MIRRORS,)
    return (order.name, order.target) if order.target else (order.name,)


def words_of(order: Order) -> tuple[str, ...]:
    """Return an order as the words after ``torchup``.

    Raises:
        UsageError: a name or a requirement can't be taken; ``web.order-incomplete``.
    """
    if isinstance(order, MirrorOrderV1):
        return _about_mirrors(order)
    name = check_name(order.name)
    if order.command == "create":
        return ("create", name, *_wanted(order))
    if order.command == "clone":
        return ("clone", name, check_name(order.target or ""))
    return (
        order.command,
        name,
        *(("--quick",) if order.quick and order.command == "verify" else ()),
        *(("--bench",) if order.bench and order.command == "verify" else ()),
    )


def _about_mirrors(order: MirrorOrderV1) -> tuple[str, ...]:
    if order.action == "undo":
        if order.change is None:
            raise UsageError("web.order-incomplete", field="change")
        return ("undo", order.change)
    kinds = [word for kind in dict.fromkeys(order.kinds) for word in ("--kind", kind)]
    if order.action == "test":
        planned = [word for one in order.planned for word in ("--for", _requirement(one))]
        return ("mirror", "test", *kinds, *planned)
    if order.action == "reset":
        return ("mirror", "reset", *kinds)
    if not order.picks:
        raise UsageError("web.order-incomplete", field="picks")
    for one in order.picks:
        if not one.isprintable():
            raise UsageError("web.unprintable", text=ascii(one)[1:-1])
    programs = [word for one in dict.fromkeys(order.write) for word in ("--write", one)]
    return ("mirror", "use", *order.picks, *programs)


def command_of(order: Order, here: Here, language: str) -> list[str]:
    """Return the command that does what is ordered, and tells how far it is as JSON lines.

    Raises:
        UsageError: a name or a requirement can't be taken.
    """
    asks = isinstance(order, MirrorOrderV1) or order.command not in {"verify", "clone"}
    yes = ("--yes",) if asks and not _is_race(order) else ()
    offline = ("--offline",) if here.offline else ()
    told = ("--json", "--progress", "json", "--lang", language, "--home", str(here.home.root))
    return [*_PROGRAM, *words_of(order), *yes, *offline, *told]


def _is_race(order: Order) -> bool:
    return isinstance(order, MirrorOrderV1) and order.action == "test"


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
