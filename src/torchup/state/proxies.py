"""The proxy that Windows is set up to use, as the variables that every other program knows.

Read with ``reg query`` from "Internet Settings", where Windows' own settings page keeps it.
torchup's own requests find it by themselves; uv, and what it starts, is told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host

_KEY: Final = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
_TIME_LIMIT: Final = 5.0  # seconds
_VALUE: Final = re.compile(r"^\s+(?P<name>Proxy\w+)\s+REG_\w+\s+(?P<value>\S.*?)\s*$", re.MULTILINE)
_NAMES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_SCHEMES: Final = {"http": "HTTP_PROXY", "https": "HTTPS_PROXY"}
_LOCAL: Final = "<local>"
_OCTETS: Final = 4


def proxies_for_programs(host: Host) -> dict[str, str]:
    """Return the variables that name the system's proxy; none where the user's own name one.

    Args:
        host: the machine; only Windows keeps a proxy where programs don't find it.
    """
    if host.system != "windows" or any(host.env(n) or host.env(n.lower()) for n in _NAMES):
        return {}
    return read_proxies(host.run(("reg", "query", _KEY), timeout=_TIME_LIMIT).out)


def read_proxies(text: str) -> dict[str, str]:
    """Read what ``reg query`` prints of "Internet Settings"; none where the proxy is off.

    Args:
        text: the output; the words around the values are not looked at.
    """
    said = {found["name"]: found["value"] for found in _VALUE.finditer(text)}
    try:
        on = int(said.get("ProxyEnable", "0"), 16) != 0
    except ValueError:
        on = False
    server = said.get("ProxyServer", "")
    if not on or not server:
        return {}
    found = dict(_servers(server))
    if not found:
        return {}
    past = ",".join(dict.fromkeys(_past(said.get("ProxyOverride", ""))))
    return {**found, **({"NO_PROXY": past} if past else {})}


def _servers(said: str) -> Iterator[tuple[str, str]]:
    """One server for everything, or ``http=a:1;https=b:2``."""
    for part in said.split(";"):
        scheme, equals, server = part.strip().rpartition("=")
        address = server if "://" in server else f"http://{server}"
        if not server:
            continue
        if not equals:
            yield from ((name, address) for name in _SCHEMES.values())
        elif scheme.lower() in _SCHEMES:
            yield _SCHEMES[scheme.lower()], address


def _past(said: str) -> Iterator[str]:
    """What goes past the proxy, as ``NO_PROXY`` has it: names, endings and networks."""
    for part in said.split(";"):
        word = part.strip()
        if word == _LOCAL:
            yield from ("localhost", "127.0.0.1", "::1")
        elif re.fullmatch(r"(?:\d{1,3}\.){1,3}\*", word):
            kept = word.rstrip("*").rstrip(".").split(".")
            filled = [*kept, *["0"] * (_OCTETS - len(kept))]
            yield f"{'.'.join(filled)}/{8 * len(kept)}"
        elif word.startswith("*."):
            yield word[1:]
        elif word and "*" not in word:
            yield word
