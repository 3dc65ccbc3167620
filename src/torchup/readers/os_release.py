"""``/etc/os-release`` and ``/etc/lsb-release``: which Linux this is (os-release(5)).

Facts: ``system``, ``distro`` (``ubuntu``, as ``ID`` has it), ``release`` (``24.04``).
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.pasted import output_lines
from torchup.readers.reading import Reading

KIND: Final = "os-release"
_LINE: Final = re.compile(r"^\s{0,8}([A-Z][A-Z_]{1,40})=(.{0,400})$")
_SIGN: Final = re.compile(
    r"^[ \t>]{0,8}(?:VERSION_ID=|PRETTY_NAME=|ID_LIKE=|DISTRIB_ID=|VERSION_CODENAME=)", re.MULTILINE
)
_ESCAPED: Final = re.compile(r"\\(.)")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = text[:200_000]
    return _SIGN.search(head) is not None and read(head).state != "unreadable"


def read(text: str) -> Reading:
    """Read it; of several such files the first is believed."""
    said: dict[str, str] = {}
    for line in output_lines(text):
        pair = _LINE.match(line)
        if pair:
            said.setdefault(pair[1], _unquoted(pair[2]))
    name = said.get("NAME") or said.get("DISTRIB_ID")
    distro = said.get("ID") or (said.get("DISTRIB_ID") or "").lower()
    release = said.get("VERSION_ID") or said.get("DISTRIB_RELEASE")
    if not distro and not name:
        return Reading(kind=KIND, state="unreadable")
    return Reading(
        kind=KIND,
        os=" ".join(filter(None, (name or distro, release))),
        facts={"system": "linux", "distro": distro or None, "release": release or None},
    )


def _unquoted(value: str) -> str:
    plain = value.strip()
    if plain[:1] in {'"', "'"} and plain[-1:] == plain[:1]:
        plain = plain[1:-1]
    return _ESCAPED.sub(r"\1", plain)
