"""A machine out of a file that is no machine document: a capture, or pasted output."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from torchup.api.pasted.machine import machine_in

if TYPE_CHECKING:
    from torchup.model import Machine

_CAPTURE: Final = b"torchup.capture/"
_DOCUMENT: Final = re.compile(
    rb"\{\s*(?:[\"}]|$)|\[\s*(?:[\"{\[\]]|-?\d[\d.]{0,20}\s*(?:,|$|\]\s*$)|$)|$"
)
_MARKS: Final = b"\xef\xbb\xbf\xff\xfe \t\r\n"
_HEAD: Final = 4_000


def is_capture(data: bytes) -> bool:
    """Tell whether a file is what ``probe --save`` wrote."""
    return data.lstrip()[:1] == b"{" and _CAPTURE in data


def is_document(data: bytes) -> bool:
    """Tell whether a file begins as JSON does; nothing at all counts, it has an error of its own.

    Args:
        data: the file's bytes, however they are encoded. A log may begin with a bracket too.
    """
    return _DOCUMENT.match(data[:_HEAD].replace(b"\0", b"").lstrip(_MARKS)) is not None


def machine_given(data: bytes, where: str) -> Machine | None:
    """Make the machine that a capture or pasted output tells of; None where it is neither.

    Args:
        data: the file's bytes.
        where: the file's name, for the error.

    Raises:
        UsageError: ``capture.malformed``, ``pasted.two-machines`` or ``pasted.two-drivers``.
        OutsideError: ``probe.unsupported-arch``.
    """
    if is_capture(data):
        from torchup.api.machines.machine import replay
        from torchup.host.capture import read_capture

        return replay(read_capture(data, where))[0]
    return machine_in(text_of(data))


def text_of(data: bytes) -> str:
    """Decode what a program printed: UTF-8, UTF-16 as PowerShell redirects it, or GBK."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gbk", "replace")
