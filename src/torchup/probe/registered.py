"""Pythons that are registered with Windows (PEP 514), read with ``reg query``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host

_QUERIES: Final = (
    (r"HKCU\Software\Python",),
    (r"HKLM\Software\Python", "/reg:64"),
    (r"HKLM\Software\Python", "/reg:32"),
)
"""The user's own, and those of all users; what 32-bit programs see lies apart."""
_TIME_LIMIT: Final = 5.0  # seconds each
_VALUE: Final = re.compile(r"^\s+ExecutablePath\s+REG_(?:EXPAND_)?SZ\s+(\S.*?)\s*$", re.MULTILINE)


def registered(host: Host) -> Iterator[str]:
    """Name the interpreters that installers registered; none where the registry has none.

    The words around the values are in the system's language and are not looked at.
    """
    for key, *options in _QUERIES:
        done = host.run(
            ("reg", "query", key, "/s", "/v", "ExecutablePath", *options), timeout=_TIME_LIMIT
        )
        yield from _VALUE.findall(done.out)
