"""What a bundle holds: files, and the machines that they are for."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

SCHEMA: Final = "torchup.bundle/v1"


class BundleFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file.

    Attributes:
        path: where it lies in the bundle, such as ``wheels/six-1.17.0-py3-none-any.whl``.
        sha256: of its content.
        size: in bytes.
        url: where it came from, empty where it lay on the disk of whoever made the bundle.
    """

    path: str
    sha256: str
    size: int
    url: str = ""


class BundlePython(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An interpreter, as uv lists it.

    Attributes:
        key: uv's name of it, ``cpython-3.12.16-linux-x86_64-gnu``.
        version: such as ``3.12.16``.
        os: uv's name of the system.
        arch: uv's name of the processor.
        libc: uv's name of the C library.
        variant: ``default`` or ``freethreaded``.
        path: the archive in the bundle.
    """

    key: str
    version: str
    os: str
    arch: str
    libc: str
    path: str
    variant: str = "default"


class BundleTool(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """torchup itself for one platform, to be installed where nothing is.

    Attributes:
        platform: such as ``linux-x86_64``.
        python: the release line that its wheels are for.
        wheels: torchup's own and those of what it needs, uv among them; paths in the bundle.
        interpreter: the key of the Python to run it with, empty where none came along.
    """

    platform: str
    python: str
    wheels: tuple[str, ...]
    interpreter: str = ""


class BundleTarget(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One kind of machine: a row of the lock.

    Attributes:
        name: the row.
        platform: such as ``windows-x86_64``.
        python: its release line.
        build: the framework's build, such as ``cu126``.
        packages: the framework's packages and their versions.
        wheels: every wheel that is installed; paths in the bundle.
        interpreter: the key of its Python, empty where none came along.
        conda: the packages of conda's that are installed, its Python among them; paths in the
            bundle.
        engine: the wheel of what installs these, empty where it didn't come along.
    """

    name: str
    platform: str
    python: str
    build: str
    packages: dict[str, str]
    wheels: tuple[str, ...]
    interpreter: str = ""
    conda: tuple[str, ...] = ()
    engine: str = ""


class Bundle(Struct, frozen=True, kw_only=True):
    """``torchup.bundle/v1``: the index of a bundle.

    Attributes:
        torchup: the version that wrote it.
        lock: the sha256 of its ``pylock.toml``.
        environment: what the environment is called where it was made of one.
        targets: the machines it is for.
        tools: torchup for each of their platforms.
        pythons: the interpreters.
        files: every file, by path.
    """

    schema: Literal["torchup.bundle/v1"] = "torchup.bundle/v1"
    torchup: str
    lock: str
    targets: tuple[BundleTarget, ...]
    files: tuple[BundleFile, ...]
    environment: str = ""
    tools: tuple[BundleTool, ...] = ()
    pythons: tuple[BundlePython, ...] = ()


Damage = Literal[
    "hash", "tag", "python", "needs", "unreadable", "no-python", "no-tool", "no-engine"
]
_NO_FAULTS: Final = frozenset({"unreadable", "no-python", "no-tool", "no-engine"})


class Complaint(Struct, frozen=True, kw_only=True):
    """What is wrong with a bundle, or would be on one of its machines.

    Attributes:
        code: ``hash`` of a file; of a target ``tag``: a wheel doesn't fit it,
            ``python``: a wheel asks for another Python, ``needs``: something that a package needs
            isn't there. No fault are ``unreadable``: what a package asks for can't be read, so
            nobody knows whether it is met; ``no-python``, ``no-tool`` and ``no-engine``: the
            machine has to have them.
        target: the row, empty where it is about the bundle.
        subject: the file or package.
        has: what is there, or is asked for.
    """

    code: Damage
    target: str = ""
    subject: str = ""
    has: str = ""

    @property
    def fault(self) -> bool:
        """Whether the bundle can't be used so."""
        return self.code not in _NO_FAULTS
