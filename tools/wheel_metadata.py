"""Reads what a wheel's own files say about its build and its requirements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.specifiers import SpecifierSet

_ASSIGNED = re.compile(r"^(cuda|hip|xpu)\b[^=\n]*=\s*['\"]([\d.]+)", re.MULTILINE)


def default_build(version_py: str) -> str:
    """Read the name of a wheel's build (``cu130``) out of its ``version.py``."""
    found = dict(_ASSIGNED.findall(version_py))
    for name, prefix in (("cuda", "cu"), ("hip", "rocm")):
        if name in found:
            major, minor = found[name].split(".")[:2]
            return f"cu{major}{minor}" if prefix == "cu" else f"rocm{major}.{minor}"
    return "xpu" if "xpu" in found else "cpu"


def runtime_of(build: str) -> str:
    """Return the runtime that a build's name stands for: ``12.6`` for ``cu126``."""
    if build.startswith("rocm"):
        return build.removeprefix("rocm")
    digits = build.removeprefix("cu") if re.fullmatch(r"cu\d{2,}", build) else ""
    return f"{digits[:-1]}.{digits[-1]}" if digits else ""


def requirement_on(name: str, requires: Iterable[str]) -> SpecifierSet | None:
    """Return what a package's metadata asks of another, None where it doesn't name it."""
    for line in requires:
        one = Requirement(line)
        if canonicalize_name(one.name) == canonicalize_name(name) and one.marker is None:
            return one.specifier
    return None
