"""PyCharm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.connections import Connection
from torchup.errors import NoAnswerError
from torchup.model import text

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Environment


def look(context: Context, found: Environment, folder: str, *, asked: bool) -> Connection | None:
    """Register the interpreter where PyCharm was used here and the project names none.

    Raises:
        NoAnswerError: a file can't be read, or every PyCharm is open.
    """
    host = context.host
    if not (asked or host.is_dir(f"{folder}/.idea")):
        return None
    from torchup.api.ides.pycharm import tell_pycharm
    from torchup.integrate.ides import pycharm, xmlfile

    misc = f"{folder}/.idea/misc.xml"
    try:
        was = pycharm.chosen(host.read(misc) or b"")
    except xmlfile.MalformedError as error:
        raise NoAnswerError("ide.malformed", path=misc, line=error.line) from error
    told = tell_pycharm(context, found.record.name, folder)
    if not told.edits:
        return None
    if was and any(edit.path == misc for edit in told.edits):
        return Connection(way="pycharm", told=text("connect.pycharm-kept", path=misc, value=was))
    return Connection(
        way="pycharm", told=text("connect.pycharm", name=found.record.name), edits=told.edits
    )
