from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from torchup.host.real import RealHost
from torchup.state.home import Home
from torchup.web.app import make_app
from torchup.web.gate import Gate
from torchup.web.here import Here, Seen
from webclient import PORT, enter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """This machine, looked at once for all tests."""
    home = Home(tmp_path_factory.mktemp("seen") / "home")
    return Here(RealHost(), home, offline=True).look()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: Seen) -> Here:
    # Nothing listens on the discard port: what is asked of a place is refused at once.
    for name in ("UV_DEFAULT_INDEX", "TORCHUP_FRAMEWORK_INDEX"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/simple")
    monkeypatch.setenv("TORCHUP_CONFIG", str(tmp_path / "config.toml"))
    for name in ("PIP_FIND_LINKS", "UV_FIND_LINKS", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    found = Here(RealHost(), Home(tmp_path / "home"), offline=True)
    found._seen = seen
    return found


@pytest.fixture
def gate(here: Here) -> Gate:
    return Gate(make_app(here), here.host, PORT, here.words("en"))


@pytest.fixture
def stranger(gate: Gate) -> Iterator[TestClient]:
    """A browser that has not come in."""
    with TestClient(gate, base_url=f"http://127.0.0.1:{PORT}", follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(gate: Gate, stranger: TestClient) -> TestClient:
    """A browser that came in through the link."""
    enter(gate, stranger)
    return stranger
