"""Finding a binary resource by its name in a Windows program, in bytes.

After Microsoft's "PE Format" (https://learn.microsoft.com/windows/win32/debug/pe-format): the
resource section is a tree of three levels: type, name, language.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_RAW_DATA: Final = 10
"""The type of resources that are just bytes (``RT_RCDATA``)."""
_PE_AT: Final = 0x3C
_PE: Final = b"PE\0\0"
_WIDE: Final = 0x20B
"""What the optional header of a 64-bit program begins with (``PE32+``)."""
_FIRST_DIRECTORY: Final = {False: 96, True: 112}
"""Bytes into the optional header, by whether it is wide."""
_RESOURCES: Final = 2
"""Which of the data directories is that of the resources."""
_HIGH: Final = 0x80000000
_COFF: Final = struct.Struct("<4s2H3L2H")
_SECTION: Final = struct.Struct("<8s4L")
_SECTION_SIZE: Final = 40
_DIRECTORY: Final = struct.Struct("<12x2H")
_PAIR: Final = struct.Struct("<2L")


class Resource(NamedTuple):
    """Where a resource's bytes lie in the file, how many they are, and where that number lies."""

    start: int
    length: int
    length_at: int


def find_resource(data: bytes, name: str) -> Resource | None:
    """Find a resource; None where the file has none of that name.

    Raises:
        struct.error: the file is cut off.
        ValueError: it is no such program, or a place in it lies outside its sections.
    """
    (header,) = struct.unpack_from("<L", data, _PE_AT)
    mark, _, sections, _, _, _, optional_size, _ = _COFF.unpack_from(data, header)
    if mark != _PE:
        raise ValueError(mark)
    optional = header + _COFF.size
    wide = struct.unpack_from("<H", data, optional)[0] == _WIDE
    address, _ = _PAIR.unpack_from(data, optional + _FIRST_DIRECTORY[wide] + 8 * _RESOURCES)
    if not address:
        return None
    places = _Sections(data, optional + optional_size, sections)
    root = places.offset(address)
    for kind, below in _entries(data, root, root):
        if kind != _RAW_DATA:
            continue
        for named, languages in _entries(data, root, below):
            if named != name:
                continue
            for _language, leaf in _entries(data, root, languages):
                place, length = _PAIR.unpack_from(data, leaf)
                return Resource(places.offset(place), length, leaf + 4)
    return None


class _Sections:
    """From addresses in memory to offsets in the file."""

    def __init__(self, data: bytes, at: int, count: int) -> None:
        self._all = [_SECTION.unpack_from(data, at + _SECTION_SIZE * n) for n in range(count)]

    def offset(self, address: int) -> int:
        for _, _, start, size, offset in self._all:
            if start <= address < start + size:
                return int(offset + address - start)
        raise ValueError(address)


def _entries(data: bytes, root: int, at: int) -> Iterator[tuple[int | str, int]]:
    """The entries of one directory: what each is called, and where it leads in the file."""
    named, numbered = _DIRECTORY.unpack_from(data, at)
    for number in range(named + numbered):
        called, below = _PAIR.unpack_from(data, at + _DIRECTORY.size + _PAIR.size * number)
        yield (
            (_text(data, root + called - _HIGH) if called & _HIGH else called),
            root + (below & ~_HIGH),
        )


def _text(data: bytes, at: int) -> str:
    (length,) = struct.unpack_from("<H", data, at)
    return data[at + 2 : at + 2 + 2 * length].decode("utf-16-le")
