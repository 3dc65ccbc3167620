"""What must never be shown: credentials in addresses."""

from __future__ import annotations

import re

# Greedy up to the last "@" before the path: a password may itself hold one.
_USERINFO = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^/\s]+@", re.IGNORECASE)
_SECRET = re.compile(
    r"(?P<key>[?&][\w-]*(?:token|password|secret|signature|api_?key)[\w-]*=)[^&#\s]+",
    re.IGNORECASE,
)


def redact_url(text: str) -> str:
    """Replace logins and secret parameters of every URL in ``text`` by ``***``."""
    return _SECRET.sub(r"\g<key>***", _USERINFO.sub(r"\g<scheme>***@", text))
