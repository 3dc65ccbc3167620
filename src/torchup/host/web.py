"""HTTP for :class:`~torchup.host.real.RealHost`; loaded only when a request is made.

Long: one door to servers, a method a question.
"""

from __future__ import annotations

import os
import re
import ssl
import sys
import threading
from contextlib import contextmanager
from http.client import RemoteDisconnected
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    IncompleteRead,
    LocationParseError,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    ResponseError,
    SSLError,
)
from urllib3.exceptions import (
    TimeoutError as TimedOut,
)

from torchup.errors import OutsideError
from torchup.host import Response
from torchup.host.logins import from_netrc
from torchup.host.redact import redact_url
from torchup.host.trust import trusting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

_CONNECT_SECONDS = 5
_NO_PROXY_LOGIN = re.compile(r"(?<![\w.:=])407(?!\w)")
_TOO_MANY = "too many redirects"
_NO_RETRY = urllib3.Retry(total=None, redirect=8, connect=0, read=0, status=0, other=0)


class Web:
    """A pool of connections that honours proxies, credentials in URLs and the system's CAs."""

    def __init__(self, user_agent: str, certificates: str = "") -> None:
        self._user_agent = user_agent
        self._certificates = certificates
        self._pools: dict[str, urllib3.PoolManager] = {}
        self._lock = threading.Lock()
        self._trust: ssl.SSLContext | None = None
        self._trust_lock = threading.Lock()

    def fetch(self, url: str, method: str, headers: Mapping[str, str], timeout: float) -> Response:
        """Send one request; see :meth:`torchup.host.Host.fetch`."""
        try:
            return self._ask(_parts(url), method, headers, timeout)
        except (HTTPError, LocationParseError, OSError, ValueError) as error:
            raise _worded(url, error, timeout) from error

    @contextmanager
    def open(self, url: str, headers: Mapping[str, str], timeout: float) -> Iterator[Incoming]:
        """Begin to receive a file; see :meth:`torchup.host.real.RealHost.receive`."""
        asked = {**headers, "Accept-Encoding": "identity"}
        try:
            answer, _ = self._send(_parts(url), "GET", asked, timeout, whole=False)
        except (HTTPError, LocationParseError, OSError, ValueError) as error:
            raise _worded(url, error, timeout) from error
        try:  # what fails from here on may be the caller's: a full disk is no network
            yield Incoming(answer, url, timeout)
        finally:
            answer.close()  # what is left of the body would be read before another request
            answer.release_conn()

    def _ask(
        self, parts: SplitResult, method: str, headers: Mapping[str, str], timeout: float
    ) -> Response:
        answer, proxy = self._send(parts, method, headers, timeout, whole=True)
        found = {name.lower(): value for name, value in answer.headers.items()}
        _, at, server = parts.netloc.rpartition("@")
        # urllib3 gives the path alone where no redirect led elsewhere.
        bare = urlunsplit(parts._replace(netloc=server, fragment=""))
        where = urlsplit(urljoin(bare, answer.geturl() or ""))
        if at and where.netloc == server:
            where = where._replace(netloc=parts.netloc)
        return Response(
            status=answer.status,
            url=urlunsplit(where),
            headers=found,
            body=answer.data,
            proxy=proxy,
        )

    def _send(
        self,
        parts: SplitResult,
        method: str,
        headers: Mapping[str, str],
        timeout: float,
        *,
        whole: bool,
    ) -> tuple[urllib3.BaseHTTPResponse, str]:
        sent = {"User-Agent": self._user_agent, "Accept-Encoding": "gzip", **headers}
        login, _, server = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        known = (
            f"{unquote(user)}:{unquote(password)}" if login else from_netrc(parts.hostname or "")
        )
        if known:
            sent |= urllib3.make_headers(basic_auth=known)
        proxy = _proxy(parts.scheme, parts.hostname or "")
        answer = self._pool(proxy).request(
            method,
            urlunsplit(parts._replace(netloc=server, fragment="")),
            headers=sent,
            timeout=urllib3.Timeout(connect=min(timeout, _CONNECT_SECONDS), read=timeout),
            retries=_NO_RETRY,
            preload_content=whole,
            decode_content=whole,
        )
        return answer, proxy

    def _pool(self, proxy: str) -> urllib3.PoolManager:
        with self._lock:
            if proxy not in self._pools:
                self._pools[proxy] = _pool_for(proxy, self._trusted)
            return self._pools[proxy]

    def _trusted(self) -> ssl.SSLContext:
        """Return what says whom to trust; reading certificates takes longer than most requests."""
        with self._trust_lock:
            if self._trust is None:
                self._trust = trusting(self._certificates)
            return self._trust


class _Direct(urllib3.PoolManager):
    """Connections without a proxy; certificates are read once a server is asked that has one."""

    def __init__(self, trusted: Callable[[], ssl.SSLContext]) -> None:
        super().__init__(maxsize=8)
        self._trusted = trusted

    def connection_from_host(
        self,
        host: str | None,
        port: int | None = None,
        scheme: str | None = "http",
        pool_kwargs: dict[str, Any] | None = None,
    ) -> urllib3.HTTPConnectionPool:
        if (scheme or "").lower() == "https":
            pool_kwargs = {**(pool_kwargs or {}), "ssl_context": self._trusted()}
        return super().connection_from_host(host, port, scheme, pool_kwargs)


class Incoming:
    """A file that is being received.

    Attributes:
        status: HTTP's.
        headers: by lower-case name.
    """

    def __init__(self, answer: urllib3.BaseHTTPResponse, url: str, timeout: float) -> None:
        self._answer = answer
        self._url = url
        self._timeout = timeout
        self.status: int = answer.status
        self.headers = {name.lower(): value for name, value in answer.headers.items()}

    def read(self, most: int) -> bytes:
        """Return what has come, ``most`` bytes of it; nothing at the end.

        Raises:
            OutsideError: a ``network.*`` code: it broke off, or nothing came in time.
        """
        try:
            return self._answer.read1(most, decode_content=False)
        except (HTTPError, OSError, ValueError) as error:
            raise _worded(self._url, error, self._timeout) from error


def _parts(url: str) -> SplitResult:
    """Take an address apart.

    Raises:
        OutsideError: it is none of the web.
        ValueError: it can't be read.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise OutsideError(
            "network.unreachable", url=redact_url(url), why="@network.not-an-address"
        )
    return parts


def _pool_for(proxy: str, trusted: Callable[[], ssl.SSLContext]) -> urllib3.PoolManager:
    """Make the pool of connections through a proxy, with the login that its address holds."""
    if not proxy:
        return _Direct(trusted)
    parts = urlsplit(_with_scheme(proxy))
    login, _, server = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    headers = (
        urllib3.make_headers(proxy_basic_auth=f"{unquote(user)}:{unquote(password)}")
        if login
        else None
    )
    bare = urlunsplit(parts._replace(netloc=server))
    return urllib3.ProxyManager(bare, maxsize=8, ssl_context=trusted(), proxy_headers=headers)


def _proxy(scheme: str, hostname: str) -> str:
    """The proxy on the way to a server, as the system is set up; empty for none."""
    named = any(name.lower().endswith("_proxy") for name in os.environ)
    if not named and sys.platform not in {"win32", "darwin"}:  # there the system has a say too
        return ""
    import urllib.request

    proxies = urllib.request.getproxies()
    bypass = bool(urllib.request.proxy_bypass(hostname))
    return "" if bypass else proxies.get(scheme) or proxies.get("all") or ""


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _worded(url: str, error: Exception, timeout: float) -> OutsideError:
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    where = redact_url(url)
    if isinstance(cause, SSLError):
        return OutsideError("network.tls", url=where, why=_distrust(cause))
    if isinstance(cause, ProxyError):
        said = _short(cause)
        # A port's number may have the digits of the status.
        refused = any(_NO_PROXY_LOGIN.search(text) for text in (str(cause), said))
        code = "network.proxy-login" if refused else "network.proxy"
        return OutsideError(code, url=where, why=said)
    if isinstance(cause, ResponseError) and _TOO_MANY in str(cause):
        return OutsideError("network.redirects", url=where)
    # Some versions of urllib3 count a refused or unresolved connection as timed out.
    if isinstance(cause, TimedOut) and not isinstance(cause, NewConnectionError):
        connecting = isinstance(cause, ConnectTimeoutError)
        seconds = min(timeout, _CONNECT_SECONDS) if connecting else timeout
        return OutsideError("network.timeout", url=where, why=f"{seconds:g} s")
    return OutsideError("network.unreachable", url=where, why=_short(cause))


def _short(error: BaseException) -> str:
    """The innermost operating-system message, without library object names."""
    for inner in _causes(error):
        if isinstance(inner, (IncompleteRead, RemoteDisconnected)):
            return "@network.broke-off"
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
    return str(error).rpartition(": ")[2] or type(error).__name__


def _distrust(error: BaseException) -> str:
    """What OpenSSL says is wrong, without its codes and source lines."""
    for inner in _causes(error):
        if isinstance(inner, ssl.SSLCertVerificationError) and inner.verify_message:
            return str(inner.verify_message)
        if isinstance(inner, ssl.SSLError) and inner.reason:
            return inner.reason.replace("_", " ").lower()
    return _short(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, what it wraps, and what led to it, each once."""
    pending: list[object] = [error]
    seen: set[int] = set()
    while pending:
        one = pending.pop(0)
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            pending += [*one.args, one.__cause__, one.__context__]
