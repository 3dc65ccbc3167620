"""What a list of the versions that pip found tells: which of four causes it is."""

from __future__ import annotations

import re
from typing import Final

from packaging.version import InvalidVersion, Version

REQUIREMENT: Final = (
    r"satisfies the requirement (?P<name>torch(?:vision|audio|text|data)?)\b"
    r"(?P<pin>[^\s(]*)[^(]*(?:\(from [^v)][^)]*\) )?\(from versions:(?P<versions>[^)]*)\)"
)
_ANCIENT: Final = re.compile(r"^0\.1\.2(?:\.post\d+)?$")
_FIRST: Final = Version("0.4.1")
"""The oldest release of which PyPI has wheels; older ones were never there."""


def no_wheel(match: re.Match[str]) -> float:
    """Nothing, or only what is no wheel, is listed: there is none for this Python or system."""
    return 0.0 if _asks_for_ancient(match) else float(_nothing_usable(match))


def bits(match: re.Match[str]) -> float:
    """As above: a 32-bit Python sees the same."""
    return no_wheel(match)


def other_versions(match: re.Match[str]) -> float:
    """Others are listed, the one that is asked for is not."""
    if _asks_for_ancient(match):
        return 1.0
    return 0.0 if _nothing_usable(match) or _plain_is_listed(match) else 1.0


def only_plain(match: re.Match[str]) -> float:
    """The same release without its build is listed: the index of the builds was not asked."""
    return float(not _nothing_usable(match) and _plain_is_listed(match))


def _versions(match: re.Match[str]) -> list[str]:
    found = [one.strip() for one in match["versions"].split(",")]
    return [one for one in found if one and one != "none"]


def _nothing_usable(match: re.Match[str]) -> bool:
    return all(_ANCIENT.match(one) for one in _versions(match))


def _plain_is_listed(match: re.Match[str]) -> bool:
    pinned, _, build = match["pin"].lstrip("=<>!~ ").partition("+")
    return bool(build) and pinned in _versions(match)


def _asks_for_ancient(match: re.Match[str]) -> bool:
    if match["name"] != "torch" or not match["pin"].startswith("="):
        return False
    try:
        return Version(match["pin"].lstrip("=").partition("+")[0].rstrip(".*")) < _FIRST
    except InvalidVersion:
        return False
