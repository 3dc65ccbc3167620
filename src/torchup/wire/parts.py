"""From the parts of a machine document to the model: what is missing or null is unknown.

An entry that lacks what it is about (a disk without its free space, a problem without a code)
says nothing, and is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec import Struct
from msgspec.structs import asdict, replace

from torchup.model import Disk, Driver, Evidence, Interpreter, Problem, Tool, Toolkit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.model import CpuArch, Gpu, Os
    from torchup.wire.machine import DriverV1, MachineV1

_Kind = TypeVar("_Kind", bound=Struct)

_WINDOWS_DOTS: Final = 3
_ARM: Final = frozenset({"aarch64", "arm64"})
_LIBC: Final = r"(?i)^(?:ldd )?\(?(?:gnu libc|glibc)?\)?[ -]*(\d+\.\d.*)$"
_MUSL: Final = frozenset({"alpine"})
"""Distributions whose C library is musl."""


def fields_of(found: MachineV1) -> dict[str, Any]:
    """Return the fields of the machine that a document describes."""
    gpus = None if found.gpus is None else tuple(map(_gpu, found.gpus))
    return asdict(found) | {
        "os": _os(found.os),
        "arch": _arch(found),
        "gpus": gpus,
        "drivers": _drivers(found.drivers, gpus),
        "toolkits": _known(Toolkit, found.toolkits, "name", "version", "path"),
        "pythons": _pythons(found),
        "tools": _known(Tool, found.tools, "name", "path"),
        "disks": _known(Disk, found.disks, "path", "free_mib"),
        "problems": _known(Problem, found.problems, "code") or (),
        "evidence": _known(Evidence, found.evidence, "source", "key", "value") or (),
    }


def _known(
    kind: type[_Kind], found: Iterable[Struct] | None, *needed: str
) -> tuple[_Kind, ...] | None:
    """Make the model's structs of those that have what is needed."""
    if found is None:
        return None
    names = kind.__struct_fields__
    told = ({n: v for n, v in asdict(one).items() if v is not None and n in names} for one in found)
    return tuple(kind(**one) for one in told if one.keys() >= set(needed))


def _pythons(found: MachineV1) -> tuple[Interpreter, ...] | None:
    named = None
    if found.pythons is not None:
        named = [replace(one, path=one.path or "") for one in found.pythons]
    return _known(Interpreter, named, "version")


def _drivers(
    found: Iterable[DriverV1] | None, gpus: tuple[Gpu, ...] | None
) -> tuple[Driver, ...] | None:
    """A driver without a maker is that of the only maker of cards, else NVIDIA's."""
    if found is None:
        return None
    makers = {gpu.vendor for gpu in gpus or () if gpu.vendor}
    only = makers.pop() if len(makers) == 1 else "nvidia"
    return tuple(
        Driver(
            vendor=one.vendor or only,
            version=_number(one.vendor or only, one.version or ""),
            max_runtime=one.max_runtime,
            source=one.source,
        )
        for one in found
    )


def _number(vendor: str, version: str) -> str:
    """Read NVIDIA's number out of the one that Windows shows in its device manager."""
    plain = version[:1].isdigit() and version.count(".") != _WINDOWS_DOTS
    if vendor != "nvidia" or plain or not version:
        return version
    from torchup.model.drivers import driver_number

    return driver_number(version)


def _gpu(found: Gpu) -> Gpu:
    """Write an architecture as the facts do: people also write ``8.6`` and ``SM_86``."""
    arch = found.arch
    if arch is None or arch.startswith(("sm_", "gfx")):
        return found
    plain = arch.strip().lower()
    number = plain.removeprefix("sm").removeprefix("_").replace(".", "")
    if number.isascii() and number.isdecimal() and len(number) > 1 and plain != number:
        return replace(found, arch=f"sm_{number}")
    return replace(found, arch=plain) if plain.startswith("gfx") else found


def _os(found: Os) -> Os:
    """Write the C library as the facts do: ``glibc 2.35``; a bare number is glibc's."""
    if found.system != "linux":
        return found
    if found.libc is None:
        return replace(found, libc="musl") if found.distro in _MUSL else found
    if found.libc.startswith(("glibc ", "musl")):
        return found
    number = re.match(_LIBC, found.libc.strip())
    return replace(found, libc=f"glibc {number[1]}") if number else found


def _arch(found: MachineV1) -> CpuArch:
    """The processor's name as its system has it: Linux says aarch64, the others say arm64."""
    if found.arch not in _ARM:
        return found.arch
    return "aarch64" if found.os.system == "linux" else "arm64"
