"""All names of an index: asked for once a day, with a time limit."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from indexserver import IndexServer
from torchup.host.real import RealHost
from torchup.model import Source
from torchup.sources.projects import KEPT_S, list_projects, read_projects
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torchup.sources.projects import Projects

HOST = RealHost()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[IndexServer]:
    for name in ("Six", "numpy", "scikit_learn"):
        make_wheel(tmp_path / "world" / "simple", name, "1.0")
    with IndexServer(tmp_path / "world", projects=True).start() as server:
        yield server


def ask(server: IndexServer, folder: Path, **more: float | bool) -> Projects:
    source = Source(id="primary", kind="index", role="primary", url=server.index())
    offline, deadline = bool(more.get("offline")), more.get("deadline_s", 20.0)
    return list_projects(HOST, source, folder=folder, offline=offline, deadline_s=deadline)


@pytest.mark.parametrize("json", [True, False])
def test_names_are_asked_for_once(server: IndexServer, tmp_path: Path, json: bool) -> None:
    server.json = json
    names = {"numpy", "six", "scikit-learn"}
    assert ask(server, tmp_path / "names").names == names
    assert ask(server, tmp_path / "names").names == names
    assert len(server.asked()) == 1
    (kept,) = (tmp_path / "names").iterdir()
    old = time.time() - KEPT_S - 10
    os.utime(kept, (old, old))
    assert ask(server, tmp_path / "names", offline=True).names == names, "of any age"
    assert len(server.asked()) == 1
    assert ask(server, tmp_path / "names").names == names
    assert len(server.asked()) == 2


def test_an_index_that_takes_too_long(server: IndexServer, tmp_path: Path) -> None:
    server.faults = {"/simple/": "slow"}
    server.slow_s = 1.0
    found = ask(server, tmp_path, deadline_s=0.1)
    assert found.why is not None
    assert (found.names, found.why.code) == (frozenset(), "network.timeout")


def test_an_index_without_a_list(server: IndexServer, tmp_path: Path) -> None:
    for fault in ("404", "login"):
        server.faults = {"/simple/": fault}
        found = ask(server, tmp_path)
        assert found.why is not None
        assert found.why.code == "search.no-list"
    assert ask(server, tmp_path, offline=True).why is not None


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{}", b'{"projects": 3}', b"<a>", b"{" * 9999])
def test_any_bytes_are_taken(body: bytes) -> None:
    assert read_projects(body) == frozenset()
