"""Logins that are kept outside of addresses: netrc, as pip and uv read it, and keyring's program.

https://docs.astral.sh/uv/concepts/authentication/http/
"""

from __future__ import annotations

import os
import sys
from functools import cache
from itertools import takewhile
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import quote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.host import Completed

_PROGRAMS: Final = frozenset({"subprocess"})
_SECONDS: Final = 20.0
_ASKING: Final = Lock()


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


Passwords: TypeAlias = "dict[tuple[str, str], str]"
"""What keyring said, by what it was asked for (an address, or a server) and the user; empty where
it has none."""


def with_keyring(
    url: str, used: str, run: Callable[..., Completed], known: Passwords
) -> str | None:
    """Return an address with the password that keyring has for its user; None where it has none.

    Asked only where uv or pip are told to (``UV_KEYRING_PROVIDER`` or ``PIP_KEYRING_PROVIDER`` is
    ``subprocess``) and the address names a user without a password, as both of them do. One at a
    time: keyring may ask the user, and what it says to one may do for those that wait.

    Args:
        url: the address, as it was given.
        used: what was refused: the same, or with a password that another address of its server has.
        run: starts a program, as :meth:`torchup.host.Host.run` does.
        known: what keyring says is noted there, and never asked again.
    """
    told = (os.environ.get(name, "") for name in ("UV_KEYRING_PROVIDER", "PIP_KEYRING_PROVIDER"))
    user, server = _user_of(url)
    if not user or _PROGRAMS.isdisjoint(told):
        return None
    with _ASKING:
        meanwhile = with_password(url, known)
        if meanwhile not in (url, used):
            return meanwhile
        for service in (urlunsplit(urlsplit(url)._replace(netloc=server)), server):
            if (service, user) not in known:
                known[service, user] = _password(run, service, user)
            password = known[service, user]
            whole = _signed(url, user, server, password) if password else used
            if whole != used:
                return whole
    return None


def with_password(url: str, known: Passwords) -> str:
    """Return an address with a known password of its user; as it is where none is known.

    That of the nearest address counts, else that of any other of the same server, as in uv: where
    it is refused, keyring is asked for the address itself. What is for https never goes by http.

    Args:
        url: the address.
        known: what keyring said.
    """
    user, server = _user_of(url)
    if not user:
        return url
    bare = urlunsplit(urlsplit(url)._replace(netloc=server))
    found = [
        (service, password)
        for (service, name), password in tuple(known.items())
        if password
        and name == user
        and _server_of(service) == server
        and not (service.startswith("https:") and bare.startswith("http:"))
    ]
    if not found:
        return url
    _, password = max(found, key=lambda one: _in_common(one[0], bare))
    return _signed(url, user, server, password)


def _signed(url: str, user: str, server: str, password: str) -> str:
    whole = f"{user}:{quote(password, safe='')}@{server}"
    return urlunsplit(urlsplit(url)._replace(netloc=whole))


def _server_of(service: str) -> str:
    return urlsplit(service).netloc if "://" in service else service


def _in_common(service: str, address: str) -> int:
    """In how many folders, one in the other, both lie."""
    pairs = zip(service.rstrip("/").split("/"), address.rstrip("/").split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _user_of(url: str) -> tuple[str, str]:
    """The user that an address names without a password, and its server."""
    try:
        login, _, server = urlsplit(url).netloc.rpartition("@")
    except ValueError:
        return "", ""
    return ("", server) if ":" in login else (login, server)


def _password(run: Callable[..., Completed], service: str, user: str) -> str:
    said = run(["keyring", "get", service, user], timeout=_SECONDS)
    return said.out.rstrip("\r\n") if said.code == 0 else ""
