"""The C library's number, by ``ldd --version``, ``getconf GNU_LIBC_VERSION`` or musl's loader.

Facts: ``system``, and ``libc_name`` (``glibc`` or ``musl``).
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.pasted import output_lines
from torchup.readers.reading import Reading

KIND: Final = "libc-version"
_GLIBC: Final = re.compile(
    r"^\s{0,8}(?:ldd \([^()]{0,80}\)|glibc|GNU C Library \([^()]{0,80}\)[a-z ]{0,40}version)"
    r" (\d{1,2}\.\d{1,3})(?:\.\d{1,3})?\.?$"
)
_MUSL: Final = re.compile(r"^\s{0,8}musl libc \((\w{1,12})\)")
_VERSION: Final = re.compile(r"^\s{0,8}Version (\d{1,2}\.\d{1,3}(?:\.\d{1,3})?)")
_SIGN: Final = re.compile(
    r"^[ \t>]{0,8}(?:ldd \(|glibc \d|GNU C Library \(|musl libc \()", re.MULTILINE
)


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = text[:200_000]
    return _SIGN.search(head) is not None and read(head).state != "unreadable"


def read(text: str) -> Reading:
    """Read it.

    >>> read("ldd (Debian GLIBC 2.36-9+deb12u10) 2.36").libc
    '2.36'
    """
    musl: str | None = None
    for line in output_lines(text):
        glibc, begun, version = _GLIBC.match(line), _MUSL.match(line), _VERSION.match(line)
        if glibc:
            return _made(glibc[1], "glibc", None)
        if begun:
            musl = begun[1]
        elif musl is not None and version:
            return _made(version[1], "musl", musl)
    return Reading(kind=KIND, state="unreadable" if musl is None else "truncated")


def _made(version: str, name: str, arch: str | None) -> Reading:
    return Reading(kind=KIND, libc=version, arch=arch, facts={"system": "linux", "libc_name": name})
