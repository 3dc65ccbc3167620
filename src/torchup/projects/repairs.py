"""Requirements as people write them, and as they meant them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.projects.specs import pip_versions

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_WITH_VERSIONS: Final = re.compile(
    r"^(?P<name>[A-Za-z][\w.-]*(?:\[[^\]]*\])?)\s*(?P<versions>[=<>!~^].*)$"
)


_LOCAL: Final = re.compile(r"(?P<range>(?:~=|[<>]=?)\s*[\w.]+)\+(?P<local>[A-Za-z]\w*(?:\.\w+)*)")
"""A build behind a range (``~=1.12.1+cu113``), which no standard allows."""


def build_behind_range(text: str) -> str:
    """Return the build that stands behind a range of versions; empty for none."""
    found = _LOCAL.search(text)
    return found["local"].lower() if found else ""


def repaired(text: str) -> Requirement | None:
    """Read a requirement whose versions nobody writes so any more (``>=1.0.*``), or never did.

    Args:
        text: the requirement.

    Returns:
        What is meant, without a version where that can't be told; None where no name is.
    """
    found = _WITH_VERSIONS.match(text)
    if found is None:
        return None
    versions = pip_versions(_LOCAL.sub(r"\g<range>", found["versions"]))
    whole = parsed_line(f"{found['name']}{versions}")
    return whole or parsed_line(found["name"])


def parsed_line(text: str) -> Requirement | None:
    """Read a requirement (PEP 508); None where it is none.

    Args:
        text: the requirement.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text)
    except InvalidRequirement:
        return None
