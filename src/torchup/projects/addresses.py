"""Requirements that are an address or a path: what of them another machine can use."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import unquote

from torchup.sources.wheelname import parse_wheel_name

_VERSION_CONTROL: Final = re.compile(
    r"^(?:[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\])?\s*@\s*)?(?:git|hg|svn|bzr)\+|^git@", re.IGNORECASE
)
_NAMED: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9][\w.-]*)\s*(?P<extras>\[[^\]]*\])?\s*@\s*(?P<url>[^\s;]+)\s*(?P<marker>;.*)?$"
)
_BARE: Final = re.compile(r"^(?:[a-z][a-z0-9+.-]*://|\.{1,2}(?:[/\\]|$)|[/~]|[A-Za-z]:[/\\])")
_BUILD: Final = re.compile(r"cu(?:[89]\d|\d{3})(?!\d)|cpu|rocm\d+(?:\.\d+)*")
_LINE: Final = re.compile(r"3\.\d{1,2}")
ARCHIVES: Final = (".whl", ".tar.gz", ".zip", ".tar.bz2")
"""How a path ends that is a package's file, not the folder of a project."""


class Addressed(NamedTuple):
    """What an address gives: a requirement, what there is to say, the build and Python it names."""

    requirement: str
    code: str = ""
    build: str = ""
    python: str = ""


def is_version_control(text: str) -> bool:
    """Tell whether a requirement comes out of a repository, not from an index."""
    return bool(_VERSION_CONTROL.match(text.strip()))


def from_address(text: str) -> Addressed | None:
    """Read a requirement that is an address or a path; None for any other.

    What lies on the machine that wrote the list (``pip freeze`` under conda writes such lines) is
    taken by its name, with the version where a wheel's name tells it.

    Args:
        text: the requirement.
    """
    said = text.strip()
    named = _NAMED.match(said)
    if named:
        return _read(named["name"] + (named["extras"] or ""), named["url"], named["marker"] or "")
    if _BARE.match(said) or said.lower().partition(" ")[0].endswith(ARCHIVES):
        where, _, marker = said.partition(";")
        return _read("", where.split()[0], f"; {marker.strip()}" if marker else "")
    return None


def _read(name: str, url: str, marker: str) -> Addressed:
    last = unquote(re.split(r"[/\\]", url.partition("#")[0].partition("?")[0])[-1])
    wheel = parse_wheel_name(last) if last.endswith(".whl") else None
    if not name and wheel is None:
        return Addressed("", code="left-path")
    pinned = f"{name or (wheel.project if wheel else '')}"
    if wheel is not None:
        pinned += f"=={wheel.version}"
    local = url.startswith("file:") or "://" not in url
    if wheel is None and not local:
        return Addressed("", code="left-address")
    code = "path-dropped" if local else "address-dropped"
    build = _BUILD.search(wheel.build) if wheel else None
    python = wheel.pythons[0] if wheel and len(wheel.pythons) == 1 else ""
    exact = python if _LINE.fullmatch(python) else ""
    return Addressed(f"{pinned} {marker}".strip(), code, build[0] if build else "", exact)
