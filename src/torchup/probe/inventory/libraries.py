"""cuDNN and NCCL where compilers and the loader find them: not what a wheel brings along."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.model.software import Library
from torchup.probe.tools import toolkit_places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host

_PARTS: Final = ("MAJOR", "MINOR", "PATCHLEVEL")
# cudnn_version.h is cuDNN's from 8 on; cudnn.h said it before.
_HEADERS: Final = (
    ("cudnn", "CUDNN", ("cudnn_version.h", "cudnn.h")),
    ("nccl", "NCCL", ("nccl.h",)),
)
_SYSTEM: Final = (
    "/usr/include",
    "/usr/include/x86_64-linux-gnu",
    "/usr/include/aarch64-linux-gnu",
    "/usr/local/include",
)
_LOADERS: Final = (
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/usr/local/lib",
)
_RUNTIMES: Final = {"cudnn": range(7, 12), "nccl": range(2, 4)}
"""The first part of the versions, which stands in the name that programs load."""
_SUFFIX: Final = r"\.so\.(\d+(?:\.\d+)*)$"


def find_libraries(host: Host) -> tuple[Library, ...]:
    """Find the libraries by the headers that name their version, then by their own names.

    One entry per folder; a library whose version a header named is not listed again.
    """
    found: dict[tuple[str, str], Library] = {}
    for folder in _folders(host):
        for name, prefix, headers in _HEADERS:
            library = _library(host, folder, name, prefix, headers)
            if library is not None:
                found.setdefault((name, library.path), library)
    known = {(one.name, one.version) for one in found.values()}
    for library in _runtimes(host):
        if (library.name, library.version) not in known:
            found.setdefault((library.name, library.path), library)
    return tuple(found.values())


def _runtimes(host: Host) -> Iterator[Library]:
    """Find libraries without headers, as a distribution's runtime packages leave them."""
    for folder in _library_folders(host):
        for name, numbers in _RUNTIMES.items():
            for number in numbers:
                path = f"{folder}/lib{name}.so.{number}"
                if host.modified(path) is None:
                    continue
                real = host.real_path(path)
                version = re.search(_SUFFIX, real)
                yield Library(name=name, version=version[1] if version else str(number), path=real)


def _library_folders(host: Host) -> Iterator[str]:
    """Name the folders that the loader looks into (ld.so(8)), and those of toolkits."""
    if host.system != "linux":
        return
    yield from filter(None, (host.env("LD_LIBRARY_PATH") or "").split(":"))
    yield from _LOADERS
    for name in host.listdir("/etc/ld.so.conf.d"):
        text = (host.read(f"/etc/ld.so.conf.d/{name}") or b"").decode("utf-8", "replace")
        yield from (line.strip() for line in text.splitlines() if line.strip().startswith("/"))
    for place in toolkit_places(host):
        yield f"{place}/lib64"


def _folders(host: Host) -> Iterator[str]:
    for place in toolkit_places(host):
        yield f"{place}/include"
    if host.system == "linux":
        yield from _SYSTEM
    prefix = host.env("CONDA_PREFIX")
    if prefix:
        yield f"{prefix}/Library/include" if host.system == "windows" else f"{prefix}/include"


def _library(
    host: Host, folder: str, name: str, prefix: str, headers: tuple[str, ...]
) -> Library | None:
    for header in headers:
        text = (host.read(f"{folder}/{header}") or b"").decode("utf-8", "replace")
        version = header_version(text, prefix)
        if version is not None:
            return Library(name=name, version=version, path=host.real_path(f"{folder}/{header}"))
    return None


def header_version(text: str, prefix: str) -> str | None:
    """Read ``#define PREFIX_MAJOR 8`` and its like; NCCL says ``NCCL_PATCH``."""
    numbers = []
    for part in _PARTS:
        found = re.search(rf"(?m)^\s*#\s*define\s+{prefix}_{part[:5]}\w*\s+(\d{{1,6}})\b", text)
        if found is None:
            break
        numbers.append(found[1])
    return ".".join(numbers) if len(numbers) > 1 else None
