"""HTTP for :class:`~torchup.host.real.RealHost`; loaded only when a request is made."""

from __future__ import annotations

import ssl
import threading
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
    SSLError,
)
from urllib3.exceptions import (
    TimeoutError as TimedOut,
)

from torchup.errors import OutsideError
from torchup.host import Response
from torchup.host.redact import redact_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import IO

_DONE = 200
_PART = 206
_BLOCK = 1 << 18
_CONNECT_SECONDS = 5
_NO_RETRY = urllib3.Retry(total=None, redirect=8, connect=0, read=0, status=0, other=0)


class Web:
    """A pool of connections that honours proxies, credentials in URLs and the system's CAs."""

    def __init__(self, user_agent: str) -> None:
        self._user_agent = user_agent
        self._pools: dict[str, urllib3.PoolManager] = {}
        self._lock = threading.Lock()

    def fetch(self, url: str, method: str, headers: Mapping[str, str], timeout: float) -> Response:
        """Send one request; see :meth:`torchup.host.Host.fetch`."""
        try:
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"}:
                raise OutsideError(
                    "network.unreachable", url=redact_url(url), why="@network.not-an-address"
                )
            return self._ask(parts, method, headers, timeout)
        except (HTTPError, LocationParseError, OSError, ValueError) as error:
            raise _worded(url, error, timeout) from error

    def save(
        self, url: str, into: IO[bytes], start: int, timeout: float, tell: Callable[[int], None]
    ) -> None:
        """Write an answer's body; see :meth:`torchup.host.real.RealHost.save`."""
        headers = {"Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        try:
            parts = urlsplit(url)
            answer = self._request(parts, "GET", headers, timeout, whole=False)
            try:
                if answer.status not in {_DONE, _PART}:
                    why = f"HTTP {answer.status}"
                    raise OutsideError("network.unreachable", url=redact_url(url), why=why)
                if start and answer.status != _PART:  # this server can't begin in the middle
                    into.seek(0)
                    into.truncate()
                for block in answer.stream(_BLOCK):
                    into.write(block)
                    tell(len(block))
            finally:
                answer.release_conn()
        except (HTTPError, LocationParseError, ValueError) as error:
            raise _worded(url, error, timeout) from error

    def _ask(
        self, parts: SplitResult, method: str, headers: Mapping[str, str], timeout: float
    ) -> Response:
        proxy = _proxy(parts.scheme, parts.hostname or "")
        _, at, server = parts.netloc.rpartition("@")
        bare = urlunsplit(parts._replace(netloc=server, fragment=""))
        answer = self._request(parts, method, headers, timeout, whole=True)
        found = {name.lower(): value for name, value in answer.headers.items()}
        # urllib3 gives the path alone where no redirect led elsewhere.
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

    def _request(
        self,
        parts: SplitResult,
        method: str,
        headers: Mapping[str, str],
        timeout: float,
        *,
        whole: bool,
    ) -> urllib3.BaseHTTPResponse:
        sent = {"User-Agent": self._user_agent, "Accept-Encoding": "gzip", **headers}
        login, at, server = parts.netloc.rpartition("@")
        if at:
            user, _, password = login.partition(":")
            sent |= urllib3.make_headers(basic_auth=f"{unquote(user)}:{unquote(password)}")
        return self._pool(_proxy(parts.scheme, parts.hostname or "")).request(
            method,
            urlunsplit(parts._replace(netloc=server, fragment="")),
            headers=sent,
            timeout=urllib3.Timeout(connect=min(timeout, _CONNECT_SECONDS), read=timeout),
            retries=_NO_RETRY,
            preload_content=whole,
        )

    def _pool(self, proxy: str) -> urllib3.PoolManager:
        with self._lock:
            if proxy not in self._pools:
                context = ssl.create_default_context()
                self._pools[proxy] = (
                    urllib3.ProxyManager(_with_scheme(proxy), maxsize=8, ssl_context=context)
                    if proxy
                    else urllib3.PoolManager(maxsize=8, ssl_context=context)
                )
            return self._pools[proxy]


def _proxy(scheme: str, hostname: str) -> str:
    """The proxy on the way to a server, as the system is set up; empty for none."""
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
        return OutsideError("network.proxy", url=where, why=_short(cause))
    # Some versions of urllib3 count a refused or unresolved connection as timed out.
    if isinstance(cause, TimedOut) and not isinstance(cause, NewConnectionError):
        connecting = isinstance(cause, ConnectTimeoutError)
        seconds = min(timeout, _CONNECT_SECONDS) if connecting else timeout
        return OutsideError("network.timeout", url=where, why=f"{seconds:g} s")
    return OutsideError("network.unreachable", url=where, why=_short(cause))


def _short(error: BaseException) -> str:
    """The innermost operating-system message, without library object names."""
    for inner in _causes(error):
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
