"""Locks for several machines: a row for each kind of machine, and which one was taken."""

from __future__ import annotations

from msgspec import Struct

from torchup.model.conda_locked import CondaLock
from torchup.model.stack import Stack
from torchup.model.toolkits import OwnToolkit


class LockRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one kind of machine gets.

    Attributes:
        name: how people call it; also the dependency group (PEP 735) of its packages.
        platform: where it runs, such as ``linux-x86_64``.
        stack: the framework as it was chosen for it.
        words: what was asked of the row (``cu126,linux``), to solve it again; ``here`` for an
            environment as it was.
        asked: the requirements that were solved for.
        constraints: those that count only where something asks for their package.
        companions: whether the framework's companions were wanted.
        as_of: the day (ISO) whose newest was wanted, empty for that of locking.
        toolkit: the environment's own toolkit, where its packages are among the row's.
        conda: the part of it that is conda's; the packages of the lock are pip's then.
    """

    name: str
    platform: str
    stack: Stack
    words: str = ""
    asked: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    companions: bool = True
    as_of: str = ""
    toolkit: OwnToolkit | None = None
    conda: CondaLock | None = None


class Locked(Struct, frozen=True, kw_only=True):
    """The lock that an environment was brought to.

    Attributes:
        file: its absolute path, at that time.
        digest: the sha256 of the file.
        row: the row that was taken.
        at: when (ISO time).
        named: the user named the row; else it was picked for the machine.
        left: the environment was changed since, so it is no longer as the lock says.
    """

    file: str
    digest: str
    row: str
    at: str
    named: bool = False
    left: bool = False
