"""A browser for tests of the web page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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
