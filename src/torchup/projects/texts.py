"""The text of a project's file, whatever program wrote it."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import Final

_HEAD: Final = 200
_NULLS_OF_TEN: Final = 3
_CHINESE: Final = "gb18030"
"""As Windows saves Chinese text."""


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
    found = _as("utf-8", plain) or _as(_CHINESE, plain) or plain.decode("latin-1")
    return found.replace("\0", "")


def _as(encoding: str, data: bytes) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
