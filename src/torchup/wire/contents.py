"""Documents about what environments hold and take, and what indexes have."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from torchup.model.contents import Difference, InstalledPackage, Taken


class PackagesV1(Struct, frozen=True, kw_only=True):
    """``torchup.packages/v1``: everything that an environment's Python finds.

    ``gone`` maps what its lock has but is not there to the version.
    """

    schema: Literal["torchup.packages/v1"] = "torchup.packages/v1"
    environment: str
    path: str
    packages: tuple[InstalledPackage, ...]
    gone: dict[str, str] = {}


class ComparisonV1(Struct, frozen=True, kw_only=True):
    """``torchup.comparison/v1``: in what two environments differ."""

    schema: Literal["torchup.comparison/v1"] = "torchup.comparison/v1"
    first: str
    second: str
    equal: bool
    stack: tuple[Difference, ...]
    packages: tuple[Difference, ...]
    same: int


class ExportV1(Struct, frozen=True, kw_only=True):
    """``torchup.export/v1``: an environment written down; ``path`` is the file, if any.

    ``environment`` is empty for a script that looks at nodes for none.
    ``left_out`` names what was installed from folders of this machine.
    """

    schema: Literal["torchup.export/v1"] = "torchup.export/v1"
    environment: str
    format: Literal[
        "requirements",
        "pylock",
        "environment",
        "conda-explicit",
        "dockerfile",
        "containerfile",
        "slurm-probe",
        "slurm-together",
    ]
    text: str
    path: str | None
    left_out: tuple[str, ...] = ()


class UsageV1(Struct, frozen=True, kw_only=True):
    """``torchup.usage/v1``: what a home takes on the disk, in bytes.

    ``shared`` tells whether environments can share their files with the cache.
    """

    schema: Literal["torchup.usage/v1"] = "torchup.usage/v1"
    home: str
    environments: tuple[Taken, ...]
    cache: Taken
    pythons: int
    rest: int
    total: int
    free: int | None
    shared: bool = True


class VersionV1(Struct, frozen=True, kw_only=True):
    """A version that an index has; ``fits`` is null where nobody said for which Python."""

    version: str
    fits: bool | None
    yanked: bool
    builds: tuple[str, ...]


class SearchedV1(Struct, frozen=True, kw_only=True):
    """A place that was asked; ``why`` it gave no answer."""

    url: str
    ok: bool
    why: str | None


class SearchV1(Struct, frozen=True, kw_only=True):
    """``torchup.search/v1``: the versions of a package, and the names near it."""

    schema: Literal["torchup.search/v1"] = "torchup.search/v1"
    asked: str
    environment: str | None
    python: str | None
    versions: tuple[VersionV1, ...]
    near: tuple[str, ...]
    names_from: str | None
    sources: tuple[SearchedV1, ...]
