"""``pixi info``, as text or JSON: the platform, and what pixi sees of the machine.

Facts, as of ``conda info``: ``platform``, ``virtual_packages``, ``cuda_virtual``; ``pixi_version``.
https://pixi.sh/latest/advanced/explain_info_command
"""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.readers.hardware import json_in
from torchup.readers.pasted import output_lines, word
from torchup.readers.reading import Reading
from torchup.readers.texts import virtual_package

KIND: Final = "pixi-info"
_SIGN: Final = re.compile(
    r"^[ \t>]{0,40}Pixi version ?: |\"virtual_packages\"\s{0,4}:\s{0,4}\[", re.MULTILINE
)
_PAIR: Final = re.compile(r"^\s{0,40}([A-Z][A-Za-z ]{2,30}?)?\s{0,20}: (\S.{0,200})$")
_PLATFORM: Final = re.compile(r"^(?:linux|osx|win)-\w{2,10}$")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(text[:200_000]) is not None


def read(text: str) -> Reading:
    """Read it. ``cuda`` is what the driver offers, by pixi's own look at it."""
    version, platform, packages = _decoded(text) or _listed(output_lines(text))
    if platform is None and version is None:
        return Reading(kind=KIND, state="unreadable")
    cuda = virtual_package(packages, "__cuda")
    return Reading(
        kind=KIND,
        cuda=cuda,
        libc=virtual_package(packages, "__glibc"),
        facts={
            "pixi_version": version,
            "platform": platform,
            "virtual_packages": packages,
            "cuda_virtual": cuda,
        },
    )


def _decoded(text: str) -> tuple[str | None, str | None, list[str]] | None:
    if '"virtual_packages"' not in text[:200_000]:
        return None
    value, _ = json_in(text)
    found: dict[str, Any] = value if isinstance(value, dict) else {}
    packages = found.get("virtual_packages")
    listed = packages if isinstance(packages, list) else []
    names = [name for name in map(word, listed) if name]
    return word(found.get("version")), _known(word(found.get("platform"))), names


def _listed(lines: list[str]) -> tuple[str | None, str | None, list[str]]:
    said: dict[str, str] = {}
    packages: list[str] = []
    key = ""
    for line in lines:
        pair = _PAIR.match(line)
        if pair is None:
            key = ""
            continue
        key = (pair[1] or key).strip().lower()
        if key == "virtual packages":
            packages.append(pair[2].strip())
        said.setdefault(key, pair[2].strip())
    return said.get("pixi version"), _known(said.get("platform")), packages


def _known(platform: str | None) -> str | None:
    return platform if platform and _PLATFORM.match(platform) else None
