"""What a plain command would use: programs in the order in which a shell finds them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

PlaceKind = Literal[
    "own", "adopted", "venv", "conda-base", "conda", "shim", "store", "tool", "system", "other"
]
"""Whose a program is: an environment of torchup's or adopted, another virtual environment, conda's,
a shim that starts another program, Windows' store, a tool installed for the user, the system's."""


class Place(Struct, frozen=True, kw_only=True):
    """A program on the search path.

    ``real`` is where its links lead; ``environment`` the environment's name or folder, empty for
    none; ``by`` whose shim it is.
    """

    path: str
    real: str
    kind: PlaceKind
    environment: str = ""
    by: str = ""


class Program(Struct, frozen=True, kw_only=True):
    """A program by name, and all of that name on the search path, the one that counts first."""

    name: str
    places: tuple[Place, ...]


class Running(Struct, frozen=True, kw_only=True):
    """What the interpreter that counts says of itself; nothing is imported for it.

    ``user_site`` is the folder of the user's own packages where it is on ``search``; ``hidden`` are
    files in the current folder that come before a module of Python's own or of the framework's.
    """

    executable: str = ""
    prefix: str = ""
    base_prefix: str = ""
    python: str = ""
    site: str = ""
    user_site: str = ""
    search: tuple[str, ...] = ()
    framework: str = ""
    version: str = ""
    hidden: tuple[str, ...] = ()


class Which(Struct, frozen=True, kw_only=True):
    """What a plain command would use here.

    ``running`` is None where no Python is found or it doesn't start, ``why`` says so then.
    ``pip_site`` is the folder that the plain ``pip`` installs into, empty where it can't be told.
    """

    folder: str
    programs: tuple[Program, ...]
    running: Running | None = None
    why: str = ""
    pip_site: str = ""
    entered: str = ""
    pythonpath: tuple[str, ...] = ()
