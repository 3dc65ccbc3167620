"""Browsers for tests of the web page: one for an application, one for a server."""

from __future__ import annotations

from http.client import HTTPConnection
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from torchup.web.gate import Gate

PORT: Final = 8765
OWN: Final = {"Origin": f"http://127.0.0.1:{PORT}"}
"""What a browser sends along with a change that our own page asks for."""


def enter(gate: Gate, client: TestClient) -> None:
    """Go in through the link."""
    answer = client.get(gate.link)
    assert answer.status_code == 200, answer.text


class Page:
    """A browser for one server."""

    def __init__(self, url: str) -> None:
        self.address = url.removeprefix("http://").partition("/")[0]
        self.entry = url.removeprefix(f"http://{self.address}")
        self.cookie = ""

    def ask(
        self, path: str, method: str = "GET", body: object = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask once."""
        connection = HTTPConnection(self.address, timeout=30)
        headers = {"Cookie": self.cookie, "Origin": f"http://{self.address}"}
        sent = None if body is None else msgspec.json.encode(body)
        if sent is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, sent, headers)
        answer = connection.getresponse()
        found = answer.status, dict(answer.getheaders()), answer.read()
        connection.close()
        return found

    def enter(self) -> None:
        """Go in through the link."""
        status, headers, _ = self.ask(self.entry)
        assert status == 200
        self.cookie = headers["set-cookie"].partition(";")[0]
