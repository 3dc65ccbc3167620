"""The ``.venv`` that editors and type checkers look for: a link to the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from torchup.api.connections import Connection
from torchup.model import text
from torchup.state import undo

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Environment

_LINK: Final = ".venv"
_EXPECT: Final = (".vscode", ".idea", "pyrightconfig.json", "mypy.ini")
"""What lies in a folder whose tools look for one."""
_OWNERS: Final = {
    "uv.lock": "uv",
    "pyproject.toml": "uv",
    "poetry.lock": "Poetry",
    "pdm.lock": "PDM",
    "Pipfile": "Pipenv",
}
"""Files of programs that make ``.venv`` their own and install into it: through a link ``uv run``
would bring the environment to the project's lock, and take PyTorch's build out of it."""


def look(context: Context, found: Environment, folder: str, *, asked: bool) -> Connection | None:
    """Link to the environment where something expects that and nothing else owns the name."""
    names = context.host.listdir(folder)
    path = f"{folder}/{_LINK}"
    if os.path.lexists(path):
        same = context.host.real_path(path) == context.host.real_path(found.record.path)
        told = text("connect.venv-kept", path=path)
        return None if same else Connection(way="venv", told=told)
    if found.record.backend == "conda" or context.host.system == "windows":
        # Links need a right of their own there, and no tool takes conda's for a .venv.
        return Connection(way="venv", told=text("connect.venv-not-here")) if asked else None
    owner = next((_OWNERS[one] for one in names if one in _OWNERS), "")
    if owner and not asked:
        return None
    if not (asked or any(one in _EXPECT for one in names)):
        return None
    code = "connect.venv-owned" if owner else "connect.venv"
    edit = undo.Link(path=path, target=found.record.path)
    return Connection(way="venv", told=text(code, path=path, owner=owner), edits=(edit,))
