"""Driver numbers as systems write them."""

from __future__ import annotations

import re
from typing import Final

_ON_WINDOWS: Final = re.compile(r"^\d{1,2}\.\d{1,2}\.1(\d)\.(\d{2})(\d{2})$")
_BRANCH: Final = re.compile(r"^[rRvV](\d{2,4}(?:\.\d+)*)$")
_AROUND: Final = re.compile(
    r"^(?:.*\bdriver version:\s*|nvidia-(?:driver-)?)?(\d{3}(?:\.\d+)*)"
    r"(?:-\w.*|\s+cuda version.*|\s*\|.*)?$",
    re.IGNORECASE,
)
"""A package (``nvidia-driver-535``, ``535.183.01-0ubuntu1``), a line of ``nvidia-smi``."""


def driver_number(said: str) -> str:
    """Read an NVIDIA driver's number as Windows writes it: ``31.0.15.3623`` is ``536.23``.

    Windows' own form ends in the maker's: five digits across its last two parts. A branch may be
    written ``R535``; packages' names and the line of ``nvidia-smi`` are read too. Anything else
    stays as it is.

    >>> driver_number("31.0.15.3623")
    '536.23'
    >>> driver_number("nvidia-driver-535")
    '535'
    >>> driver_number("R580")
    '580'
    """
    found = _ON_WINDOWS.match(said)
    if found:
        return f"{found[1]}{found[2]}.{found[3]}"
    branch = _BRANCH.match(said.strip()) or _AROUND.match(said.strip())
    return branch[1] if branch else said
