"""``pip debug``: pip's Python, and by the tags that it takes, the system and its C library.

Facts: ``system``, ``pythons`` (as of ``python --version``), ``tag`` (the first that fits).
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.pasted import output_lines
from torchup.readers.reading import Reading

KIND: Final = "pip-debug"
_SIGN: Final = re.compile(
    r"^[ \t>]{0,8}(?:pip version: pip \d|sys\.version: \d|Compatible tags: \d)", re.MULTILINE
)
_PAIR: Final = re.compile(r"^\s{0,8}(sys\.(?:version|executable|platform)): (\S.{0,300})$")
_TAG: Final = re.compile(r"^\s{1,8}(cp\d{2,4}t?-\w{2,12}-([\w.]{3,60}))$")
_LINUX: Final = re.compile(
    r"^(?:(manylinux|musllinux)_(\d{1,2})_(\d{1,3})_|linux_)(x86_64|aarch64)$"
)
_OTHER: Final = re.compile(r"^(win|macosx)_(?:\d{1,2}_\d{1,2}_)?(amd64|arm64|x86_64)$")
_VERSION: Final = re.compile(r"^(\d\.\d{1,3}\.\d{1,3}(?:(?:a|b|rc)\d{1,3})?)")
_SYSTEMS: Final = {"linux": "linux", "win32": "windows", "darwin": "macos"}


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(text[:200_000]) is not None


def read(text: str) -> Reading:
    """Read it. The first tag is for the newest C library that this one can serve: its own."""
    said: dict[str, str] = {}
    tags: list[tuple[str, str]] = []
    for line in output_lines(text):
        pair, tag = _PAIR.match(line), _TAG.match(line)
        if pair:
            said.setdefault(pair[1], pair[2].strip())
        elif tag:
            tags.append((tag[1], tag[2]))
    version = _VERSION.match(said.get("sys.version", ""))
    if version is None and not tags:
        return Reading(kind=KIND, state="unreadable")
    linux = next((found for _, tag in tags if (found := _LINUX.match(tag))), None)
    other = next((found for _, tag in tags if (found := _OTHER.match(tag))), None)
    arch = linux[4] if linux else other[2] if other else None
    number = version[1] if version else None
    return Reading(
        kind=KIND,
        arch="x86_64" if arch == "amd64" else arch,
        libc=f"{linux[2]}.{linux[3]}" if linux and linux[1] else None,
        python=number,
        facts={
            "system": _SYSTEMS.get(said.get("sys.platform", "")),
            "libc_name": "musl" if linux and linux[1] == "musllinux" else None,
            "pythons": [{"version": number, "path": said.get("sys.executable")}]
            if number
            else None,
            "tag": tags[0][0] if tags else None,
        },
    )
