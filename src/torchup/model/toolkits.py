"""Toolkits and compilers as they are found, and what a build would take."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Fit = Literal["yes", "minor", "no", "unknown", "cpu"]
"""Whether a toolkit fits a framework: ``cpu``: that was built without CUDA, and looks for none."""
TakenBy = Literal["environment", "CUDA_HOME", "CUDA_PATH", "nvcc", "default", "none"]
Verdict = Literal["fits", "too-new", "too-old", "missing", "unknown"]


class OwnToolkit(Struct, frozen=True, kw_only=True):
    """The toolkit that builds in an environment use.

    ``runtime`` reads like ``13.0``; ``source`` says where it is from. Folders are absolute, or
    relative to the environment: ``root`` holds the files, ``home`` is what ``CUDA_HOME`` names,
    another folder where the files don't lie as programs expect them. ``packages`` are requirements
    that go with it. ``channels`` are conda's that the user named for it, without a login.
    """

    source: str
    runtime: str
    root: str
    home: str
    packages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


class FoundToolkit(Struct, frozen=True, kw_only=True):
    """A toolkit or a library; ``environment`` names the one it lies in, empty for the machine."""

    name: str
    version: str
    path: str
    environment: str = ""


class Build(Struct, frozen=True, kw_only=True):
    """What a build in an environment would take, and why.

    ``by`` is what names it: the environment's own toolkit, a variable, the nvcc that is found
    first, or the place where they usually are. ``version`` is empty where in that folder is no
    toolkit; ``runtime`` is what the framework was built for, empty for none. ``framework`` is the
    framework's title.
    """

    environment: str
    framework: str
    by: TakenBy
    fit: Fit
    path: str = ""
    version: str = ""
    runtime: str = ""


class Compiler(Struct, frozen=True, kw_only=True):
    """A C++ compiler, and what a toolkit says of it.

    ``newest`` is the newest that the toolkit takes, such as ``GCC 13``; ``others`` are the paths
    of compilers on this machine that it takes; ``command`` installs one, empty where that is not
    known.
    """

    verdict: Verdict
    name: str = ""
    version: str = ""
    path: str = ""
    newest: str = ""
    others: tuple[str, ...] = ()
    command: str = ""


class Toolkits(Struct, frozen=True, kw_only=True):
    """What there is, and what a build in one environment would take; None where none is meant.

    ``compiler`` is None where no toolkit would be taken.
    """

    toolkits: tuple[FoundToolkit, ...]
    libraries: tuple[FoundToolkit, ...]
    build: Build | None = None
    compiler: Compiler | None = None
