"""What a backend is asked to resolve."""

from __future__ import annotations

from msgspec import Struct

from torchup.model import SourceSet
from torchup.model.stack import AllowedHashes


class Target(Struct, frozen=True, kw_only=True):
    """Another machine than this one: ``linux-x86_64``, and ``glibc 2.35`` where that is known.

    ``macos`` is the version of macOS whose wheels count, None for the oldest that uv thinks of.
    """

    platform: str
    libc: str | None = None
    macos: str | None = None


class Build(Struct, frozen=True, kw_only=True):
    """A package that is compiled against the framework, in the environment itself.

    Attributes:
        name: the package, normalised.
        version: the version to build.
        requires: what it declares to need; asking it would mean to build it.
        variables: what its build is told; what is built under others is built anew.
        speed: variables that change how fast it is built, and nothing else.
    """

    name: str
    version: str
    requires: tuple[str, ...] = ()
    variables: dict[str, str] = {}
    speed: dict[str, str] = {}


class Changing(Struct, frozen=True, kw_only=True):
    """An environment of conda's that is there and is to be changed.

    Attributes:
        prefix: its folder.
        ours: what torchup asked for in it up to now, and what is named now, by Python's names or
            conda's; what conda's records say was asked for beside that is somebody else's wish,
            and stays.
        by_pip: packages that pip's part of the lock holds: they stay pip's.
        held: the framework keeps the very build that it has.
        kept: what is there is preferred to what is newer.
        unlocked: torchup has no lock of it, as of a copy of somebody else's: whatever nothing else
            there needs counts as asked for.
    """

    prefix: str
    ours: tuple[str, ...] = ()
    by_pip: tuple[str, ...] = ()
    held: bool = True
    kept: bool = True
    unlocked: bool = False


class Conda(Struct, frozen=True, kw_only=True):
    """What only conda is asked; the channels are among the sources.

    Attributes:
        platform: such as ``linux-x86_64``.
        specs: the framework, its companions and the Python, as match specifications.
        names: conda's name of a framework package → its own.
        builds: conda's name of a framework package → the build that it has to be of, such as
            ``cu126``.
        pinned: specifications that are to hold in the environment from now on.
        virtual: what the machine is, as conda's virtual packages: ``__cuda=12.6=0``.
        environment: what markers of requirements are compared with.
        changing: the environment that is there, None for a new one.
        by_pip: packages that pip brings, though a channel may have some of that name.
    """

    platform: str
    specs: tuple[str, ...]
    names: dict[str, str]
    builds: dict[str, str]
    pinned: tuple[str, ...] = ()
    virtual: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    changing: Changing | None = None
    by_pip: tuple[str, ...] = ()


class Inputs(Struct, frozen=True, kw_only=True):
    """The question put to a backend's solver.

    Attributes:
        python: absolute path of the interpreter that the environment will use; empty for a
            ``target``.
        minor: its release line, ``3.12`` or ``3.14t``.
        requirements: exact pins of the framework's packages (``name==version+build``) and the
            user's other requirements as they were given.
        framework_names: packages that may come only from ``framework_index``. Names that are not
            among the requirements are taken from there when something needs them.
        framework_index: the one index of the chosen build, None where the primary one serves it.
        framework_flat: that index is one page of links to files, not a PEP 503 tree.
        sources: every other place that files may come from.
        constraints: requirements that count only where something asks for their package.
        wheels_only: further packages that are never built from their sources.
        builds: packages that are compiled, the only ones of those that are known to be.
        absent: packages that are left out although others ask for them.
        hashes: the files that may come, for packages of which the user listed them.
        as_of: the day (ISO) after which nothing may have been uploaded, empty for now.
        offline: use only what is kept on this machine.
        target: the machine that is solved for, None for this one.
        keep: the lock of what is there; its versions are taken where nothing speaks against it.
        fresh: packages of which the newest is taken all the same.
        conda: what conda's backend is asked; requirements are then what is asked for beside it.
    """

    python: str
    minor: str
    requirements: tuple[str, ...]
    sources: SourceSet
    framework_names: tuple[str, ...] = ()
    framework_index: str | None = None
    framework_flat: bool = False
    constraints: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    wheels_only: tuple[str, ...] = ()
    builds: tuple[Build, ...] = ()
    hashes: tuple[AllowedHashes, ...] = ()
    as_of: str = ""
    offline: bool = False
    target: Target | None = None
    keep: str = ""
    fresh: tuple[str, ...] = ()
    conda: Conda | None = None


class Dependant(Struct, frozen=True, kw_only=True):
    """A package that would come along and asks for the framework.

    Attributes:
        name: the package, normalised.
        version: the version that would come.
        line: the user's requirement that brings it along.
    """

    name: str
    version: str
    line: str
