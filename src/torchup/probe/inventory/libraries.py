"""cuDNN and NCCL where compilers find them: what a wheel brings along is not meant."""

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


def find_libraries(host: Host) -> tuple[Library, ...]:
    """Find the libraries by the headers that name their version, one entry per folder."""
    found: dict[tuple[str, str], Library] = {}
    for folder in _folders(host):
        for name, prefix, headers in _HEADERS:
            library = _library(host, folder, name, prefix, headers)
            if library is not None:
                found.setdefault((name, library.path), library)
    return tuple(found.values())


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
