"""``conda list --export`` and ``--explicit``: what ``conda create --file`` reads.

Facts: ``torch``, PyTorch's version; ``platform``, such as ``linux-64``; ``twice``, names that
are listed more than once.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.conda_list import Package, reading
from torchup.readers.pasted import output_lines
from torchup.readers.reading import Reading

KIND: Final = "conda-list-export"
_PLATFORM: Final = re.compile(r"^#\s{0,4}platform:\s{0,4}(\S+)")
_CREATE: Final = "# $ conda create --name <env> --file <this file>"
_LINE: Final = re.compile(
    r"^\s{0,8}(?:- )?(?:([\w./:-]{1,200})::)?([A-Za-z0-9_][A-Za-z0-9_.+-]{0,200})"
    r"=([^=\s\[\]]{1,200})(?:=([^=\s\[\]]{0,200}))?$"
)
_CUT: Final = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,200}=?$")
_URL: Final = re.compile(
    r"^(\S{1,400})/((?:linux|osx|win|noarch|zos|freebsd|emscripten|wasi)[\w-]{0,20})"
    r"/([^/\s#]{1,300})\.(?:tar\.bz2|conda)(?:#\S{0,200})?$"
)
_SAMPLE: Final = 40


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    lines = output_lines(text[:200_000])
    if any(line in {"@EXPLICIT", _CREATE} for line in lines):
        return True
    sample = [line for line in lines if line and not line.startswith("#")][:_SAMPLE]
    found = [_LINE.match(line) for line in sample]
    return bool(found) and all(match and match[4] is not None for match in found)


def read(text: str) -> Reading:
    """Read it."""
    packages: list[tuple[str, Package]] = []
    platform: str | None = None
    headed, rest = False, ""
    for line in output_lines(text):
        found = _PLATFORM.match(line)
        if found:
            headed, platform = True, found[1]
        elif line.strip() in {"@EXPLICIT", _CREATE}:
            headed = True
        elif line.strip() and not line.lstrip().startswith("#"):
            package = _url(line.strip()) or _line(line)
            rest = "" if package else line
            packages += [package[:2]] if package else []
            where = package[2] if package else None
            platform = platform or (where if where != "noarch" else None)
    if not packages and not headed:
        return Reading(kind=KIND, state="unreadable", facts=dict.fromkeys(("torch", "platform")))
    state = "truncated" if _CUT.match(rest.strip()) else "ok"
    return reading(KIND, packages, state=state, facts={"platform": platform})


_Found = tuple[str, Package, "str | None"]


def _line(line: str) -> _Found | None:
    found = _LINE.match(line)
    if found is None:
        return None
    channel = found[1] or ("pypi" if (found[4] or "").startswith("pypi_") else None)
    return found[2], {"version": found[3], "build": found[4] or None, "channel": channel}, None


def _url(line: str) -> _Found | None:
    found = _URL.match(line)
    parts = found[3].rsplit("-", 2) if found else []
    if found is None or len(parts) != 3:  # noqa: PLR2004 - name, version and build
        return None
    name, version, build = parts
    package: Package = {"version": version, "build": build, "channel": found[1].rpartition("/")[2]}
    return name, package, found[2]
