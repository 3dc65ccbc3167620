"""The text of a project's file, whatever program wrote it."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import Final

_HEAD: Final = 200
_NULLS_OF_TEN: Final = 3
_OTHERS: Final = ("utf-8", "gb18030", "latin-1")
"""What is left is Chinese as Windows saves it, and else anything that has a letter for each byte."""


def text_of(data: bytes) -> str:
    """Decode a file: UTF-8, UTF-16 with or without a mark, GBK; never raises.

    Args:
        data: the file's bytes.
    """
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace").replace("\0", "")
    head = data[:_HEAD]
    if head.count(0) * 10 > len(head) * _NULLS_OF_TEN:
        order = "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
        return data.decode(order, errors="replace").replace("\0", "")
    plain = data.removeprefix(BOM_UTF8)
    for name in _OTHERS:
        try:
            return plain.decode(name).replace("\0", "")
        except UnicodeDecodeError:
            continue
    return plain.decode("utf-8", errors="replace")
