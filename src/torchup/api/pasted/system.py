"""What pasted output tells of what is around the cards: system, processor, Pythons, PyTorch.

Many a text names a part of it. Readers say it with the same keys of ``Reading.facts``: ``system``,
``distro``, ``release``, ``kernel``, ``cpu``, ``cores``, ``features`` and ``ram_mib``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

from torchup.api.pasted.catalogue import only_of_windows
from torchup.errors import OutsideError
from torchup.facts.soldered import beside_arm
from torchup.model import Cpu, CpuArch, Gpu, Interpreter, Os, System
from torchup.probe.system import ARM, X86
from torchup.readers.texts import virtual_package
from torchup.vendors.wsl import wsl_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.readers import Reading

_PLATFORMS: Final[dict[str, tuple[System, CpuArch]]] = {
    "win-64": ("windows", "x86_64"),
    "win-arm64": ("windows", "arm64"),
    "osx-64": ("macos", "x86_64"),
    "osx-arm64": ("macos", "arm64"),
    "linux-64": ("linux", "x86_64"),
    "linux-aarch64": ("linux", "aarch64"),
}
"""Conda's names of platforms."""
_SYSTEMS: Final[dict[str, System]] = {
    "wmic-videocontroller": "windows",
    "dxdiag": "windows",
    "pnp-devices": "windows",
    "system_profiler-displays": "macos",
}
_PROMPT: Final = "shell-prompt"
_WINDOWS: Final = re.compile(r"windows", re.IGNORECASE)
_MAC: Final = re.compile(r"mac ?os|darwin", re.IGNORECASE)
_NAMED: Final = re.compile(r"^([A-Za-z]+)[^\d(]{0,40}(\d+(?:\.\d+)*)?")
_DIGITS: Final = re.compile(r"\d+(?:\.\d+)*")
_BUILD: Final = re.compile(r"\b10\.0\.\d{5}\b")
"""The number that every Windows since 10 has, of which people know only the last part."""
_KERNEL: Final = re.compile(r"^Linux-(\S{1,120}?)(?:-(?:x86_64|aarch64)(?:-with-\S{1,60})?)?$")
"""Python's own name of the system that it runs on, with the kernel's in it."""
_APPLE: Final = re.compile(r"^Apple M\d")


def system_of(found: Sequence[Reading]) -> System:
    """Name the system; Linux where nothing tells. A kernel of WSL is Linux, whatever is beside."""
    if any(wsl_version(one) for one in _kernels(found)):
        return "linux"
    named = next((name for one in found if (name := _named_system(one))), None)
    if named is not None:
        return named
    cards = [gpu for one in found for gpu in one.gpus or ()]
    if any(gpu.driver_model for gpu in cards) or _windows_driver(found):
        return "windows"
    if any(gpu.vendor == "apple" for gpu in cards):
        return "macos"
    # A prompt of Windows may stand above what runs inside its WSL.
    prompts = [one.facts["system"] for one in found if one.kind == _PROMPT]
    return cast("System", prompts[0]) if prompts and not _wsl(found) else "linux"


def _windows_driver(found: Sequence[Reading]) -> bool:
    """Tell whether the driver's number is one that only Windows' drivers have."""
    if _wsl(found):
        return False
    numbers = [one.driver for one in found if one.kind.startswith("nvidia-smi")]
    numbers += [gpu.driver for one in found for gpu in one.gpus or () if gpu.vendor == "nvidia"]
    return any(only_of_windows(one) for one in numbers if one)


def _named_system(one: Reading) -> System | None:
    """The system by what a program says of it; a prompt is no program."""
    if one.kind in _SYSTEMS:
        return _SYSTEMS[one.kind]
    if one.facts.get("system") and one.kind != _PROMPT:
        return cast("System", one.facts["system"])
    if one.facts.get("platform") in _PLATFORMS:
        return _PLATFORMS[one.facts["platform"]][0]
    return _system_called(one.os) if one.os else None


def _system_called(name: str) -> System:
    if _WINDOWS.search(name):
        return "windows"
    return "macos" if _MAC.search(name) else "linux"


def os_of(system: System, found: Sequence[Reading]) -> Os:
    """Describe the system as far as the texts do."""
    # Windows may be named beside its WSL.
    names = (one.os for one in found if one.os and _system_called(one.os) == system)
    said = next(names, "")
    release = _first(found, "release") or _first(found, "os_version")
    number = _BUILD.search(said) or _DIGITS.search(release or said)
    kernel = next(_kernels(found), None)
    if system == "windows":
        # Here the release is the number that the system was built with: ``10.0.22631``.
        return Os(system=system, version=number[0] if number else None, kernel=kernel)
    if system == "macos":
        version = number[0] if number else _virtual(found, "__osx")
        return Os(system=system, version=version, kernel=kernel)
    named = _NAMED.match(said)
    distro = _first(found, "distro") or (named[1].lower() if named else None)
    libc = next((one for one in found if one.libc), None)
    return Os(
        system="linux",
        distro=distro,
        version=_first(found, "release") or (named[2] if named else None),
        kernel=kernel,
        libc=f"{libc.facts.get('libc_name') or 'glibc'} {libc.libc}" if libc else None,
        wsl=_wsl(found),
    )


def arch_of(system: System, found: Sequence[Reading], gpus: Sequence[Gpu] | None) -> CpuArch:
    """Name the processor's kind; by the cards where no text does, else what most machines have.

    Raises:
        OutsideError: ``probe.unsupported-arch``: PyTorch has no wheels for it.
    """
    told = [one.arch for one in found if one.arch]
    platforms = (one.facts.get("platform") for one in found)
    told += [_PLATFORMS[one][1] for one in platforms if one in _PLATFORMS]
    if told and told[0].lower() not in ARM | X86:
        raise OutsideError("probe.unsupported-arch", arch=told[0])
    arm = bool(told) and told[0] in ARM
    if system == "macos":
        arm = _apple_silicon(found, told, gpus)
    elif not told:
        jetson = any(one.kind == "jetson-release" for one in found)
        arm = jetson or beside_arm(gpu.name or "" for gpu in gpus or ())
    if not arm:
        return "x86_64"
    return "aarch64" if system == "linux" else "arm64"


def _apple_silicon(
    found: Sequence[Reading], told: Sequence[str], gpus: Sequence[Gpu] | None
) -> bool:
    """Tell whether a Mac has Apple's own chip, as most have where nothing tells.

    A program for Intel's processors runs on Apple's chips too and names the other: one word for
    the chip outweighs it.
    """
    makers = {gpu.vendor for gpu in gpus or ()}
    if any(one in ARM for one in told) or _apple_chip(found) or "apple" in makers:
        return True
    old = str(_first(found, "release") or "").startswith("10.")
    return not (told or makers or old)


def cpu_of(found: Sequence[Reading]) -> Cpu | None:
    """Describe the processor; None where no text does."""
    model, cores, features = (_first(found, key) for key in ("cpu", "cores", "features"))
    if model is None and cores is None and features is None:
        return None
    flags = None if features is None else tuple(str(one) for one in features)
    return Cpu(model=model, cores=cores, features=flags)


def memory_of(found: Sequence[Reading]) -> int | None:
    """Return the main memory in MiB."""
    size = _first(found, "ram_mib")
    return size if isinstance(size, int) and size > 0 else None


def apple_gpu(found: Sequence[Reading]) -> Gpu:
    """Describe the GPU that every one of Apple's chips has, and that is called as the chip."""
    return Gpu(index=0, vendor="apple", name=_apple_chip(found) or "Apple GPU", source="pasted")


def pythons_of(found: Sequence[Reading]) -> tuple[Interpreter, ...] | None:
    """List the Pythons; their paths are known only where a text has them."""
    told: list[tuple[str, str]] = []
    for one in found:
        if one.facts.get("pythons"):
            told += [(str(each["version"]), each["path"] or "") for each in one.facts["pythons"]]
        elif one.python and one.python.count(".") >= 1:
            told.append((one.python, ""))
    return (
        tuple(
            Interpreter(path=path, version=version, origin="pasted")
            for version, path in dict.fromkeys(told)
        )
        or None
    )


def torch_of(found: Sequence[Reading]) -> str | None:
    """Name the PyTorch that is installed there, ``2.3.1+cu121``."""
    listed = ((one.packages or {}).get("torch") for one in found)
    versions = (package["version"] for package in listed if package)
    told = (one.facts.get("torch") for one in found)
    return next((str(one) for one in (*told, *versions) if one), None)


def _first(found: Sequence[Reading], key: str) -> Any:  # noqa: ANN401 - facts hold anything
    return next((one.facts[key] for one in found if one.facts.get(key)), None)


def _kernels(found: Sequence[Reading]) -> Iterator[str]:
    for one in found:
        platform = _KERNEL.match(str(one.facts.get("python_platform") or ""))
        if one.facts.get("kernel"):
            yield str(one.facts["kernel"])
        elif platform:
            yield platform[1]


def _wsl(found: Sequence[Reading]) -> int | None:
    """Tell WSL's version by the kernel, else by what ``nvidia-smi`` gives away."""
    versions = [wsl_version(one) for one in _kernels(found)]
    if any(versions):
        return max(versions)
    return 2 if any(one.facts.get("wsl_suspected") for one in found) else None


def _virtual(found: Sequence[Reading], name: str) -> str | None:
    """Read one of conda's virtual packages: ``__osx=14.4=0``."""
    packages = (str(each) for one in found for each in one.facts.get("virtual_packages") or ())
    return virtual_package(packages, name)


def _apple_chip(found: Sequence[Reading]) -> str | None:
    chips = (str(one.facts.get("cpu") or "") for one in found)
    return next((one for one in chips if _APPLE.match(one)), None)
