"""Programs and toolkits that matter to an environment: compilers, CUDA and ROCm for building."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.model import Tool, Toolkit

if TYPE_CHECKING:
    from torchup.host import Host

_COMPILERS: Final = ("c++", "g++", "clang++")
_CUDA_JSON: Final = r'"cuda"\s*:\s*\{[^}]*"version"\s*:\s*"(\d+\.\d+(?:\.\d+)?)"'
_CUDA_TEXT: Final = r"CUDA Version (\d+\.\d+(?:\.\d+)?)"
_ROCM_TEXT: Final = r"\d+\.\d+(?:\.\d+)?"


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
    """Find CUDA and ROCm toolkits by the version files that they carry."""
    if host.system == "macos":
        return ()
    named = [path for path in (host.env("CUDA_HOME"), host.env("CUDA_PATH")) if path]
    places = [f"/usr/local/{n}" for n in host.listdir("/usr/local") if n.startswith("cuda")]
    found: dict[str, Toolkit] = {}
    for place in (*named, *places):
        version = _cuda_version(host, place)
        if version is not None:
            path = host.real_path(place)
            found.setdefault(path, Toolkit(name="cuda", version=version, path=path))
    rocm = re.match(_ROCM_TEXT, _text(host, "/opt/rocm/.info/version"))
    if rocm:
        found["rocm"] = Toolkit(name="rocm", version=rocm[0], path="/opt/rocm")
    return tuple(found.values())


def _cuda_version(host: Host, place: str) -> str | None:
    found = re.search(_CUDA_JSON, _text(host, f"{place}/version.json"))
    found = found or re.search(_CUDA_TEXT, _text(host, f"{place}/version.txt"))
    return found[1] if found else None


def _text(host: Host, path: str) -> str:
    return (host.read(path) or b"").decode("utf-8", "replace")
