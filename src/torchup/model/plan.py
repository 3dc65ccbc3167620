"""What will be done, before it is done."""

from __future__ import annotations

from msgspec import Struct

from torchup.model.stack import Resolution
from torchup.model.text import Text


class Artifact(Struct, frozen=True, kw_only=True):
    """One file to install: where it comes from and how it is recognised.

    ``size`` is in bytes, None where the source doesn't tell; ``sha256`` is empty where the source
    gives none; ``cached`` means that nothing has to be fetched.
    """

    name: str
    version: str
    url: str
    sha256: str = ""
    size: int | None = None


class Step(Struct, frozen=True, kw_only=True):
    """One action: what it is for, and the command that does it."""

    id: str
    summary: Text
    command: tuple[str, ...] = ()


class Plan(Struct, frozen=True, kw_only=True):
    """The choice, and the steps and files that carry it out."""

    resolution: Resolution
    steps: tuple[Step, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
