"""``lsb_release -a``, ``hostnamectl`` and ``/etc/redhat-release``: which Linux this is.

Facts: ``system``, ``distro`` (``ubuntu``), ``release`` (``22.04``), ``kernel``.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.pasted import output_lines
from torchup.readers.reading import Reading

KIND: Final = "lsb-release"
_PAIR: Final = re.compile(
    r"^\s{0,30}(Distributor ID|Description|Release|Operating System|Kernel|Architecture)"
    r":\s{1,20}(\S.{0,200})$"
)
_SIGN: Final = re.compile(
    r"^[ \t>]{0,30}(?:Distributor ID|Static hostname):|^[ \t>]{0,8}Description:\s{1,20}\S.{0,60} \d"
    r"|^[ \t>]{0,8}[A-Z][\w ]{2,60} release \d{1,3}(?:\.\d{1,4}){0,3}(?: \([\w ]{1,40}\))?\s{0,8}$",
    re.MULTILINE,
)
_RELEASED: Final = re.compile(
    r"^\s{0,8}([A-Z][\w ]{2,60}?)(?: Linux)? release (\d{1,3}(?:\.\d{1,4}){0,3})"
    r"(?: \([\w ]{1,40}\))?$"
)
_NAMED: Final = re.compile(r"^([A-Za-z]+)[^\d(]{0,40}(\d+(?:\.\d+){0,3})?")
_ARCHES: Final = {"x86-64": "x86_64", "arm64": "aarch64"}


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    head = text[:200_000]
    return _SIGN.search(head) is not None and read(head).state != "unreadable"


def read(text: str) -> Reading:
    """Read it."""
    said: dict[str, str] = {}
    for line in output_lines(text):
        pair, whole = _PAIR.match(line), _RELEASED.match(line)
        if pair:
            said.setdefault(pair[1], pair[2].strip())
        elif whole:
            said.setdefault("Description", f"{whole[1]} {whole[2]}")
    name = said.get("Description") or said.get("Operating System") or said.get("Distributor ID")
    named = _NAMED.match(name or "")
    if named is None:
        return Reading(kind=KIND, state="unreadable")
    release = said.get("Release") or named[2]
    distro = (said.get("Distributor ID") or named[1]).lower()
    kernel = said.get("Kernel", "").removeprefix("Linux ")
    return Reading(
        kind=KIND,
        os=name,
        arch=_ARCHES.get(said.get("Architecture", "")),
        facts={"system": "linux", "distro": distro, "release": release, "kernel": kernel or None},
    )
