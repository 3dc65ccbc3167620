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
    from collections.abc import Callable, Mapping, MutableMapping, Sequence

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


def with_keyring(
    url: str, run: Callable[..., Completed], known: MutableMapping[tuple[str, str], str]
) -> str | None:
    """Return an address with the password that keyring has for its user; None where it has none.

    Asked only where uv or pip are told to (``UV_KEYRING_PROVIDER`` or ``PIP_KEYRING_PROVIDER`` is
    ``subprocess``) and the address names a user without a password, as both of them do.

    Args:
        url: what was refused.
        run: starts a program, as :meth:`torchup.host.Host.run` does.
        known: by server and user; what keyring says is noted there, and never asked again.
    """
    told = (os.environ.get(name, "") for name in ("UV_KEYRING_PROVIDER", "PIP_KEYRING_PROVIDER"))
    user, server = _user_of(url)
    if not user or _PROGRAMS.isdisjoint(told):
        return None
    if (server, user) not in known:
        bare = urlunsplit(urlsplit(url)._replace(netloc=server))
        known[server, user] = _password(run, (bare, server), user)
    return with_password(url, known) if known[server, user] else None


def with_password(url: str, known: Mapping[tuple[str, str], str]) -> str:
    """Return an address with a known password of its user; as it is where none is known.

    Args:
        url: the address.
        known: by server and user.
    """
    user, server = _user_of(url)
    password = known.get((server, user)) if user else None
    if not password:
        return url
    whole = f"{user}:{quote(password, safe='')}@{server}"
    return urlunsplit(urlsplit(url)._replace(netloc=whole))


def _user_of(url: str) -> tuple[str, str]:
    """The user that an address names without a password, and its server."""
    try:
        login, _, server = urlsplit(url).netloc.rpartition("@")
    except ValueError:
        return "", ""
    return ("", server) if ":" in login else (login, server)


def _password(run: Callable[..., Completed], services: Sequence[str], user: str) -> str:
    for service in services:
        said = run(["keyring", "get", service, user], timeout=_SECONDS)
        password = said.out.rstrip("\r\n")
        if said.code == 0 and password:
            return password
    return ""
