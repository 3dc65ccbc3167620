"""Logins that are kept outside of addresses: netrc, as pip and uv read it, and keyring's program.

https://docs.astral.sh/uv/concepts/authentication/http/
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.host import Completed

_PROGRAMS: Final = frozenset({"subprocess"})
_SECONDS: Final = 20.0


def from_netrc(hostname: str) -> str:
    """Return ``user:password`` that the user's netrc has for a server, empty where it has none.

    ``NETRC`` names the file, else it is ``~/.netrc`` (on Windows ``_netrc`` too). One that can't
    be read counts as none.

    Args:
        hostname: without a port.
    """
    for path in _places():
        try:
            stamp = os.stat(path).st_mtime_ns
        except OSError:
            continue
        found = _read(path, stamp).get(hostname)
        return found or ""
    return ""


def _places() -> tuple[str, ...]:
    named = os.environ.get("NETRC")
    if named:
        return (os.path.expanduser(named),)
    names = (".netrc", "_netrc") if sys.platform == "win32" else (".netrc",)
    return tuple(os.path.join(os.path.expanduser("~"), name) for name in names)


@cache
def _read(path: str, _stamp: int) -> dict[str, str]:
    from netrc import NetrcParseError, netrc

    try:
        hosts = netrc(path).hosts
    except (OSError, NetrcParseError, UnicodeDecodeError):
        return {}
    return {name: f"{user}:{password}" for name, (user, _, password) in hosts.items()}


def with_keyring(url: str, run: Callable[..., Completed]) -> str | None:
    """Return an address with the password that keyring has for its user; None where it has none.

    Asked only where uv or pip are told to (``UV_KEYRING_PROVIDER`` or ``PIP_KEYRING_PROVIDER`` is
    ``subprocess``) and the address names a user without a password, as both of them do.

    Args:
        url: what was refused.
        run: starts a program, as :meth:`torchup.host.Host.run` does.
    """
    told = (os.environ.get(name, "") for name in ("UV_KEYRING_PROVIDER", "PIP_KEYRING_PROVIDER"))
    parts = urlsplit(url)
    login, _, server = parts.netloc.rpartition("@")
    if not login or ":" in login or _PROGRAMS.isdisjoint(told):
        return None
    bare = urlunsplit(parts._replace(netloc=server))
    for service in (bare, server):
        said = run(["keyring", "get", service, login], timeout=_SECONDS)
        password = said.out.rstrip("\r\n")
        if said.code == 0 and password:
            return urlunsplit(parts._replace(netloc=f"{login}:{quote(password, safe='')}@{server}"))
    return None
