"""uv knows its own certificates; where these don't do, the system's are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stubs.uvhost import Run, UvHost
from torchup.backends.uv_process import call
from torchup.host import Completed
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

SAID = (
    "error: Failed to fetch: `https://proxy.example/simple/six/`\n"
    "  cause: client error (Connect)\n  cause: invalid peer certificate: UnknownIssuer\n"
)


class Distrusting(UvHost):
    """A machine whose uv trusts the proxy's certificate only with the system's."""

    def __init__(self, said: str = SAID) -> None:
        super().__init__(self._fetch)
        self._said = said

    def _fetch(self, run: Run) -> Completed:
        trusting = run.env.get("UV_SYSTEM_CERTS") == "true"
        return Completed(code=0) if trusting else Completed(code=2, err=self._said)


@pytest.fixture(autouse=True)
def nobody_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "UV_SYSTEM_CERTS", "UV_NATIVE_TLS"):
        monkeypatch.delenv(name, raising=False)


def test_the_systems_certificates_are_tried_next(tmp_path: Path) -> None:
    host = Distrusting()
    assert call(host, Home(tmp_path), "pip", "list").code == 0
    assert len(host.runs) == 2


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "UV_SYSTEM_CERTS"])
def test_not_where_the_user_said_which_count(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "false")
    host = Distrusting()
    assert call(host, Home(tmp_path), "pip", "list").code == 2
    assert len(host.runs) == 1


def test_not_where_something_else_failed(tmp_path: Path) -> None:
    host = Distrusting("error: dns error")
    assert call(host, Home(tmp_path), "pip", "list").code == 2
    assert len(host.runs) == 1
