"""IDEs: where each keeps what it knows, and which interpreter it would use for a folder."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model.text import Text

IdeKind = Literal["vscode", "pycharm"]


class Profile(Struct, frozen=True, kw_only=True):
    """A user's settings of one IDE in one version; ``process`` has them open, 0 for none."""

    kind: IdeKind
    name: str
    folder: str
    process: int = 0


class Used(Struct, frozen=True, kw_only=True):
    """The interpreter that an IDE would use for a folder, and what says so.

    ``interpreter`` is empty where the IDE would look for one itself. ``prefix``, ``python`` and
    ``version`` (of ``framework``) are empty where they can't be told; ``environment`` names the one
    of torchup's. ``exists`` tells whether the interpreter is there, ``by_hand`` that it was picked
    in the IDE itself, which counts before every file.
    """

    ide: str
    kind: IdeKind
    interpreter: str
    why: Text
    exists: bool = True
    by_hand: bool = False
    environment: str = ""
    framework: str = ""
    version: str = ""
    notes: tuple[Text, ...] = ()


class Connected(Struct, frozen=True, kw_only=True):
    """A program, and the environments of torchup's that it starts."""

    what: str
    environments: tuple[str, ...]
