"""Programs and toolkits that matter to an environment: compilers, CUDA and ROCm for building."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import Tool, Toolkit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host

_COMPILERS: Final = ("c++", "g++", "clang++")
_CUDA_JSON: Final = r'"cuda"\s*:\s*\{[^}]*"version"\s*:\s*"(\d+\.\d+(?:\.\d+)?)"'
_CUDA_TEXT: Final = r"CUDA Version (\d+\.\d+(?:\.\d+)?)"
_CUDA_HEADER: Final = r"#define\s+CUDA_VERSION\s+(\d{4,6})"
_CUDA_FOLDER: Final = r"cuda-?(\d{1,2}\.\d{1,2})?"
_ROCM_TEXT: Final = r"\d+\.\d+(?:\.\d+)?"
_WINDOWS_CUDA: Final = "NVIDIA GPU Computing Toolkit/CUDA"


def find_tools(host: Host) -> tuple[Tool, ...]:
    """Find a C++ compiler, which compiled kernels need; the one named by ``CXX`` comes first."""
    named = host.env("CXX")
    names = ("cl",) if host.system == "windows" else _COMPILERS
    for name in (named, *names) if named else names:
        path = host.which(name)
        if path is not None:
            return (Tool(name="c++", path=path),)
    return ()


def find_toolkits(host: Host) -> tuple[Toolkit, ...]:
    """Find CUDA and ROCm toolkits by the version files that they carry.

    The one that ``torch.utils.cpp_extension`` would compile with is marked: ``CUDA_HOME``, then
    ``CUDA_PATH``, then the one whose ``nvcc`` is on the search path, then ``/usr/local/cuda``
    (``_find_cuda_home`` there).
    """
    if host.system == "macos":
        return ()
    found: dict[str, Toolkit] = {}
    for place in toolkit_places(host):
        path = host.real_path(place)
        version = None if path in found else _cuda_version(host, path)
        if version is not None:
            found[path] = Toolkit(name="cuda", version=version, path=path)
    chosen = host.real_path(next(_preferred(host), "/usr/local/cuda"))
    if chosen in found:
        found[chosen] = replace(found[chosen], chosen=True)
    return (*found.values(), *_rocms(host))


def toolkit_at(host: Host, path: str) -> Toolkit | None:
    """Look at a folder (links followed) as a CUDA toolkit; None where it is none.

    conda's packages lay the headers into a folder for each kind of machine.
    """
    targets = [f"{path}/targets/{name}" for name in host.listdir(f"{path}/targets")]
    versions = (_cuda_version(host, place) for place in (path, *targets))
    version = next(filter(None, versions), None)
    return None if version is None else Toolkit(name="cuda", version=version, path=path)


def _rocms(host: Host) -> tuple[Toolkit, ...]:
    """Find ROCm: ``/opt/rocm``, which is most often a link, then each version's own folder."""
    found: dict[str, Toolkit] = {}
    named = (host.env("ROCM_PATH"), host.env("ROCM_HOME"), "/opt/rocm")
    folders = [f"/opt/{name}" for name in host.listdir("/opt") if name.startswith("rocm-")]
    for path in (*(one.rstrip("/") for one in named if one), *folders):
        real = host.real_path(path)
        version = re.match(_ROCM_TEXT, _text(host, f"{path}/.info/version"))
        if version and real not in found:
            found[real] = Toolkit(name="rocm", version=version[0], path=path)
    return tuple(found.values())


def toolkit_places(host: Host) -> Iterator[str]:
    """Name the folders that may be a CUDA toolkit."""
    yield from _preferred(host)
    if host.system == "windows":
        programs = (host.env("PROGRAMFILES") or "C:/Program Files").replace("\\", "/")
        for name in host.listdir(f"{programs}/{_WINDOWS_CUDA}"):
            yield f"{programs}/{_WINDOWS_CUDA}/{name}"
        return
    for folder in ("/usr/local", "/opt"):
        for name in host.listdir(folder):
            if re.fullmatch(_CUDA_FOLDER, name):
                yield f"{folder}/{name}"
    yield "/usr/lib/cuda"  # Debian's nvidia-cuda-toolkit


def _preferred(host: Host) -> Iterator[str]:
    """Name what variables and the search path point to, in the order in which they count."""
    for name in ("CUDA_HOME", "CUDA_PATH"):
        folder = (host.env(name) or "").rstrip("/\\")
        if folder:
            yield folder
    nvcc = host.which("nvcc")
    if nvcc:
        yield re.sub(r"[/\\]bin[/\\][^/\\]+$", "", host.real_path(nvcc))


def _cuda_version(host: Host, path: str) -> str | None:
    """Read a toolkit's version: from 11.1 on it has a JSON file, before that a text.

    A distribution's package has neither: there the folder's name tells it, or else the header,
    which is a megabyte long.
    """
    found = re.search(_CUDA_JSON, _text(host, f"{path}/version.json"))
    found = found or re.search(_CUDA_TEXT, _text(host, f"{path}/version.txt"))
    if found is None and host.modified(f"{path}/include/cuda.h") is not None:
        found = re.search(_CUDA_FOLDER + "$", path)
    if found and found[1]:
        return found[1]
    header = re.search(_CUDA_HEADER, _text(host, f"{path}/include/cuda.h"))
    if header:
        number = int(header[1])
        return f"{number // 1000}.{number % 1000 // 10}"
    return None


def _text(host: Host, path: str) -> str:
    return (host.read(path) or b"").decode("utf-8", "replace")
