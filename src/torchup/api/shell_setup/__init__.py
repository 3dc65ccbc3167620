"""Telling a shell once, as it starts, what it needs to enter environments and to complete words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.errors import NoAnswerError
from torchup.integrate.shells.startup import (
    has_line,
    has_own_line,
    line_for,
    startup_file,
    users_lines,
    with_line,
    without_line,
)
from torchup.model import text
from torchup.state import undo

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.integrate.shells import Kind


class Startup(Struct, frozen=True, kw_only=True):
    """A shell's start-up file; ``content`` is None for none yet.

    ``there`` tells of the line, ``own`` whether torchup wrote one, ``theirs`` are lines of the
    user's that do the same.
    """

    path: str
    line: str
    content: bytes | None
    there: bool
    own: bool
    theirs: tuple[str, ...] = ()


def startup_of(context: Context, kind: Kind) -> Startup:
    """Find the file that a shell reads as it starts.

    Raises:
        NoAnswerError: ``shell-init.no-file``: the shell has none.
    """
    path = startup_file(context.host, kind)
    if path is None:
        raise NoAnswerError("shell-init.no-file", shell=kind)
    content = context.host.read(path)
    said = _decoded(content)
    return Startup(
        path=path,
        line=line_for(kind),
        content=content,
        there=has_line(said),
        own=has_own_line(said),
        theirs=users_lines(said),
    )


def add_line(context: Context, found: Startup) -> None:
    """Put the line at the end of the file; ``torchup undo`` takes it back.

    Raises:
        OutsideError: the file can't be written.
    """
    new = with_line(_decoded(found.content), found.line)
    _write(context, found, new, "shell-init.what-added")


def remove_line(context: Context, found: Startup) -> None:
    """Take the line out of the file, the rest as it is.

    Raises:
        OutsideError: the file can't be written.
    """
    _write(context, found, without_line(_decoded(found.content)), "shell-init.what-removed")


def _write(context: Context, found: Startup, new: str, what: str) -> None:
    edit: undo.Edit
    data = new.encode("utf-8", "surrogateescape")
    edit = undo.Write(path=found.path, data=data, was=found.content)
    undo.change(
        context.host,
        context.home,
        what=text(what, path=found.path),
        edits=[edit],
        command="shell-init",
    )


def _decoded(content: bytes | None) -> str:
    return (content or b"").decode("utf-8", "surrogateescape")
