"""Connecting a project's folder with its environment: whatever is found there that starts Python.

Each way is a module with the same function, ``look(context, found, folder, asked=…)``, which
returns a :class:`Connection`, or None where the folder has nothing of its kind. Nothing that is
there is ever written over: it is told instead. To add a way, write such a module and name it in
:data:`WAYS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from msgspec import Struct

from torchup.api.environments.foreign import load
from torchup.errors import EXIT_NO, EXIT_OUTSIDE, OutsideError, TorchupError, UsageError
from torchup.model import Text, text
from torchup.state import undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.model import Environment

WAYS: Final[dict[str, str]] = {
    "folder": "torchup.api.connections.folder",
    "venv": "torchup.api.connections.venv",
    "kernel": "torchup.api.connections.kernel",
    "vscode": "torchup.api.connections.vscode",
    "pycharm": "torchup.api.connections.pycharm",
    "direnv": "torchup.api.connections.direnv",
    "python-version": "torchup.api.connections.python_version",
}
"""Ways, in the order in which they are told."""


class Connection(Struct, frozen=True, kw_only=True):
    """What a way would write, or why it writes nothing; ``told`` says so in a line.

    ``failed`` is the exit status of what kept it from being gone, 0 where nothing did.
    """

    way: str
    told: Text
    edits: tuple[undo.Edit, ...] = ()
    failed: int = 0


class Way(Protocol):
    """The shape of a way's module."""

    def look(
        self, context: Context, found: Environment, folder: str, *, asked: bool
    ) -> Connection | None:
        """Work out what to write; ``asked``: the user named this way."""


def chosen_ways(listed: str | None) -> tuple[str, ...]:
    """Return the ways that a list with commas names; all of them where there is none.

    Raises:
        UsageError: ``connect.unknown``: there is no such way.
    """
    if listed is None:
        return tuple(WAYS)
    names = tuple(filter(None, (one.strip() for one in listed.split(","))))
    for name in names:
        if name not in WAYS:
            raise UsageError("connect.unknown", way=name, choices=", ".join(WAYS))
    return names


def connections(
    context: Context, name: str, folder: str, ways: Sequence[str], *, asked: bool
) -> tuple[Connection, ...]:
    """Work out what would be connected; nothing is written.

    A way that can't be gone is told, and keeps no other one from being gone.

    Args:
        context: the session.
        name: the environment.
        folder: the project's folder.
        ways: which of :data:`WAYS`.
        asked: the user named them.

    Raises:
        NoAnswerError: there is no such environment.
    """
    found = load(context, name, sized=False)
    made: list[Connection] = []
    for way in ways:
        module = cast("Way", import_module(WAYS[way]))
        try:
            one = module.look(context, found, folder, asked=asked)
        except TorchupError as error:
            one = failure(way, error)
        if one is None and asked:
            one = Connection(way=way, told=text("connect.nothing", way=way))
        if one is not None:
            made.append(one)
    return tuple(made)


def failure(way: str, error: TorchupError) -> Connection:
    """Tell of a way that can't be gone."""
    outside = isinstance(error, OutsideError)
    return Connection(
        way=way,
        told=Text(error.code, error.details),
        failed=EXIT_OUTSIDE if outside else EXIT_NO,
    )


def connect(context: Context, name: str, made: Sequence[Connection]) -> None:
    """Write it all, or nothing; ``torchup undo`` takes it back.

    Raises:
        OutsideError: a file can't be written, or changed meanwhile.
    """
    edits = [edit for one in made for edit in one.edits]
    if edits:
        undo.change(
            context.host,
            context.home,
            what=text("connect.what", name=name),
            edits=edits,
            command="use",
            about=name,
        )
