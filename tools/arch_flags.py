"""Finds the architectures that a build was compiled for in its compiled library.

The framework's ``cuda.get_arch_list()`` splits one constant at spaces: ``sm_75 sm_80 compute_90``.
It is a C string in the library that binds the framework to Python, so it can be read without
loading the library: nothing but words of that kind, up to a NUL byte.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from typing import IO

CHUNK = 512 * 2**10  # Bytes per read; what lies behind the string in the last one is wasted.
LONGEST = 4096  # Bytes; ten times the longest list seen.
PTX_PREFIX, CODE_PREFIX = "compute_", "sm_"
# Machine code comes first; other strings of the library may name a lone PTX version.
_CODE = rb"(?:sm_\d{2,3}[af]?|gfx[\da-f]{3,4})"
_PTX = rb"compute_\d{2,3}[af]?"
_LIST = re.compile(_CODE + rb"(?: (?:" + _CODE + rb"|" + _PTX + rb"))*(?=\0)")
# A section of strings begins at such a multiple; what is before it there can be any constant.
_ALIGNED = 8
_JOINING = b" ,;:=-_"


class ArchFlags(Struct, frozen=True, kw_only=True):
    """What a build holds machine code and PTX for, in the catalogue's spelling.

    Attributes:
        archs: machine code, such as ``sm_75`` or ``gfx90a``, in the library's order.
        ptx: PTX as the architecture it is for, so ``sm_90`` where the library has ``compute_90``.
        offset: where the list begins in the library, in bytes.
    """

    archs: tuple[str, ...]
    ptx: tuple[str, ...]
    offset: int


def find_arch_flags(library: IO[bytes]) -> ArchFlags | None:
    """Read a library from its start until its list of architectures was seen.

    Args:
        library: the library's bytes; no more than :data:`CHUNK` is read beyond the list.

    Returns:
        The list, None where the library has none (it was built without CUDA and ROCm).
    """
    window, behind = b"", 0
    while chunk := library.read(CHUNK):
        window += chunk
        for found in _LIST.finditer(window):
            if _is_start(window, found.start(), behind):
                return _read(found[0].decode("ascii"), behind + found.start())
        # The list may straddle two chunks.
        behind += max(0, len(window) - LONGEST)
        window = window[-LONGEST:]
    return None


def _is_start(window: bytes, at: int, behind: int) -> bool:
    """Tell whether a string begins there: after another's NUL, or with its section."""
    if at == 0:
        return behind == 0
    before = window[at - 1 : at]
    return before == b"\0" or ((behind + at) % _ALIGNED == 0 and before not in _JOINING)


def _read(words: str, offset: int) -> ArchFlags:
    each = words.split(" ")
    return ArchFlags(
        archs=tuple(one for one in each if not one.startswith(PTX_PREFIX)),
        ptx=tuple(
            CODE_PREFIX + one.removeprefix(PTX_PREFIX) for one in each if one.startswith(PTX_PREFIX)
        ),
        offset=offset,
    )
