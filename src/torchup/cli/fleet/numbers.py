"""Numbers on the command line about many hosts."""

from __future__ import annotations

from torchup.errors import UsageError
from torchup.fleet.defaults import MOST_S

_MOST_FORKS = 500
_DIGITS = 6


def forks(text: str) -> int:
    """Read how many hosts are asked at once.

    Raises:
        UsageError: ``fleet.forks``.
    """
    if not _is_number(text) or not 1 <= int(text) <= _MOST_FORKS:
        raise UsageError("fleet.forks", asked=text, most=_MOST_FORKS)
    return int(text)


def seconds(text: str) -> int:
    """Read how long torch may take.

    Raises:
        UsageError: ``fleet.seconds``.
    """
    if not _is_number(text) or not 1 <= int(text) <= MOST_S:
        raise UsageError("fleet.seconds", asked=text, most=MOST_S)
    return int(text)


def number(option: str, text: str) -> int:
    """Read a count, or a share in percent.

    Raises:
        UsageError: ``fleet.number``.
    """
    most = {"--max-fail": 100, "--port": 65_535}.get(option, 100_000)
    if not _is_number(text) or int(text) > most:
        raise UsageError("fleet.number", option=option, asked=text, most=most)
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS
