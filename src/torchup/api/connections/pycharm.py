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

    path = f"{folder}/.idea/misc.xml"
    was: dict[str, str] = {}
    try:
        was[path] = pycharm.chosen(host.read(path) or b"")
        path = f"{folder}/.idea/modules.xml"
        for path in pycharm.modules(host, folder):
            data = host.read(path)
            was[path] = pycharm.module_chosen(data) if data else ""
    except xmlfile.MalformedError as error:
        raise NoAnswerError("ide.malformed", path=path, line=error.line) from error
    told = tell_pycharm(context, found.record.name, folder)
    if not told.edits:
        return None
    for edit in told.edits:
        value = was.get(edit.path)
        if value:
            kept = text("connect.pycharm-kept", path=edit.path, value=value)
            return Connection(way="pycharm", told=kept)
    return Connection(
        way="pycharm", told=text("connect.pycharm", name=found.record.name), edits=told.edits
    )
