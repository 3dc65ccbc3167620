"""What an environment holds, in what two of them differ, and what they take on the disk."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Leak = Literal["user", "system", "PYTHONPATH"]
Locked = Literal["same", "other", "absent", "unknown"]


class InstalledPackage(Struct, frozen=True, kw_only=True):
    """One package that a Python finds.

    ``by`` is who installed it (``pip``, ``uv``, ``conda``), empty where nobody says. ``source`` is
    the address or the folder that it came from where that was no index, without logins; ``commit``
    is set for a version-control one. ``lock`` compares it with torchup's lock, which has the
    version ``locked``. ``leak`` says how it gets in from outside, from the folder ``where``;
    ``hides`` that it is imported in place of the environment's own.
    """

    name: str
    version: str
    by: str = ""
    editable: bool = False
    source: str = ""
    commit: str = ""
    build: str = ""
    lock: Locked = "unknown"
    locked: str = ""
    leak: Leak | None = None
    where: str = ""
    hides: bool = False


class Difference(Struct, frozen=True, kw_only=True):
    """One thing that two environments have differently; None is what one has not at all."""

    name: str
    first: str | None
    second: str | None


class Comparison(Struct, frozen=True, kw_only=True):
    """In what two environments differ; ``same`` counts the packages that are alike."""

    stack: tuple[Difference, ...] = ()
    packages: tuple[Difference, ...] = ()
    same: int = 0

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return not self.stack and not self.packages


class Taken(Struct, frozen=True, kw_only=True):
    """What a folder takes on the disk, in bytes; a file that is linked several times counts once.

    ``own`` is linked from nowhere else, ``shared`` is. ``frees`` is what deleting this folder alone
    frees; ``frees_cleaned`` what it frees together with the cache.
    """

    name: str
    own: int = 0
    shared: int = 0
    frees: int = 0
    frees_cleaned: int = 0


class Usage(Struct, frozen=True, kw_only=True):
    """What a home takes, in bytes: ``total`` counts every file in it once.

    Environments that lie outside it are among ``environments`` and not in ``total``.
    """

    environments: tuple[Taken, ...]
    cache: Taken
    pythons: int = 0
    rest: int = 0
    total: int = 0
    free: int | None = None
