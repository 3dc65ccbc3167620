"""Who is let in: the person who started the server, from its own page alone.

Every request passes here first. What each rule stands against:

- ``Host`` must name the loopback and our port: a foreign name that was made to lead here (DNS
  rebinding) is refused;
- ``Origin`` and ``Sec-Fetch-Site`` must be our own: other sites can't ask on the user's behalf;
- a cookie that only the link of the start gives, once: other users of the machine stay outside;
- where the system tells whose a connection is, another user's is refused even with that cookie:
  browsers hand cookies to every port of a host.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from torchup.host.listening import LOOPBACK, is_anothers
from torchup.web.refusals import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from torchup.host import Host
    from torchup.words import Words

ENTRY: Final = "/enter"
_USUAL: Final = 80
_SAFE: Final = frozenset({"GET", "HEAD"})
_CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With "no-referrer" browsers send "Origin: null" along with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# The cookie must not go along a redirection that another program began: the page asks itself.
_ENTERED: Final = (
    '<!doctype html><title>torchup</title><link rel="icon" href="/static/icon.svg">'
    '<meta http-equiv="refresh" content="0;url=/">'
)


class Gate:
    """Refuses what doesn't come from the person who started the server.

    Args:
        app: what is behind the gate.
        host: this machine.
        port: the port that the server listens on.
        words: the language of refusals.
    """

    def __init__(self, app: ASGIApp, host: Host, port: int, words: Words) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._words = words
        # Browsers leave out a port that is the usual one.
        written = "" if port == _USUAL else f":{port}"
        self._names = frozenset({f"{LOOPBACK}{written}", f"localhost{written}"})
        self._cookie = f"torchup-{port}"
        self._ticket = secrets.token_urlsafe(32)
        self._key = secrets.token_urlsafe(32)
        self._used = False

    @property
    def link(self) -> str:
        """The address that lets one browser in, once."""
        return f"http://{LOOPBACK}:{self._port}{ENTRY}?ticket={self._ticket}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse, or hand on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            answer = self._answer(Request(scope))
            app = self._app if answer is None else answer
            await app(scope, receive, _with_headers(send))
        else:  # nothing here speaks through web sockets
            await send({"type": "websocket.close", "code": 1008})

    def _answer(self, request: Request) -> Response | None:
        """The gate's own answer; None where the request may pass."""
        headers = request.headers
        if not self._is_ours(request):
            return refusal("web.refused.host", 421, request, self._words)
        if not self._is_same_site(request.method, request.url.path, headers):
            return refusal("web.refused.origin", 403, request, self._words)
        if request.url.path == ENTRY:
            return self._enter(request)
        if not self._has_key(request):
            return refusal("web.refused.key", 401, request, self._words)
        return self._of_another_user(request)

    def _of_another_user(self, request: Request) -> Response | None:
        """Refuse what another user's program asks, whatever cookie it has.

        Browsers send a cookie to every port of a host (RFC 6265, section 8.5), so that a server of
        another user may have been given it.
        """
        client = request.client
        if client is not None and is_anothers(self._host, client.port, self._port):
            return refusal("web.refused.user", 403, request, self._words)
        return None

    def _is_ours(self, request: Request) -> bool:
        """Whether the only ``Host`` is ours: the raw list shows a second one."""
        named = request.headers.getlist("host")
        return len(named) == 1 and named[0].lower() in self._names

    def _is_same_site(self, method: str, path: str, headers: Headers) -> bool:
        origins = headers.getlist("origin")
        own = f"http://{headers['host'].lower()}"
        if any(one != own for one in origins):
            return False
        if method not in _SAFE:
            return len(origins) == 1
        # The link may be clicked anywhere: its ticket is what counts.
        site = headers.get("sec-fetch-site", "none")
        return site in {"none", "same-origin"} or path == ENTRY

    def _has_key(self, request: Request) -> bool:
        given = request.cookies.get(self._cookie, "")
        return secrets.compare_digest(given.encode(), self._key.encode())

    def _enter(self, request: Request) -> Response:
        """Let one browser in, and nobody after it."""
        if self._has_key(request):
            return RedirectResponse("/", 303)
        given = request.query_params.get("ticket", "").encode()
        if request.method != "GET" or not secrets.compare_digest(given, self._ticket.encode()):
            return refusal("web.refused.ticket", 401, request, self._words)
        if self._used:
            return refusal("web.refused.used", 401, request, self._words)
        another = self._of_another_user(request)
        if another is not None:
            return another
        self._used = True
        entered = HTMLResponse(_ENTERED)
        entered.set_cookie(self._cookie, self._key, path="/", httponly=True, samesite="strict")
        return entered


def _with_headers(send: Send) -> Send:
    """Put what keeps a browser safe on every answer."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
