"""What a list of the versions that pip found tells: which of four causes it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from packaging.version import InvalidVersion, Version

from torchup.facts.causes import load_cause_facts

if TYPE_CHECKING:
    import re

REQUIREMENT: Final = (
    r"satisfies the requirement (?P<name>torch(?:vision|audio|text|data)?)\b"
    r"(?P<pin>[^\s(]{0,80})[^(]{0,200}(?:\(from [^v)][^)]{0,200}\) )?\(from versions:(?P<versions>[^)]*)\)"
)


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
    none = load_cause_facts().pypi.placeholder
    return all(one.partition(".post")[0] == none for one in _versions(match))


def _plain_is_listed(match: re.Match[str]) -> bool:
    pinned, _, build = match["pin"].lstrip("=<>!~ ").partition("+")
    return bool(build) and pinned in _versions(match)


def _asks_for_ancient(match: re.Match[str]) -> bool:
    if match["name"] != "torch" or not match["pin"].startswith("="):
        return False
    oldest = Version(load_cause_facts().pypi.oldest)
    try:
        return Version(match["pin"].lstrip("=").partition("+")[0].rstrip(".*")) < oldest
    except InvalidVersion:
        return False
