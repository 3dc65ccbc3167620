"""Logins that are kept outside of addresses."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from indexserver import IndexServer, make_wheel
from torchup.host.logins import from_netrc
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[IndexServer]:
    make_wheel(tmp_path / "simple", "torch", "2.13.0")
    with IndexServer(tmp_path, login="ada:hunter2").start() as running:
        yield running


@pytest.mark.parametrize(
    "text", ["machine 127.0.0.1 login ada", "machine", "\0", "default login x password y"]
)
def test_a_netrc_that_tells_nothing_is_none(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "netrc"
    path.write_text(text)
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))
    assert "hunter2" not in from_netrc("127.0.0.1")
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    assert from_netrc("127.0.0.1") == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for keyring")
def test_keyring_is_asked_where_uv_is_told_to(
    server: IndexServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "keyring"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@" >> "$0.asked"\n[ "$3" = ada ] && echo hunter2\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    url = f"{server.index()}/torch/".replace("//", "//ada@", 1)
    assert RealHost().fetch(url).status == 401
    assert not program.with_suffix(".asked").exists()
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
    host = RealHost()
    with host.receive(url) as incoming:
        assert incoming.status == 200
        assert b"torch" in incoming.read(10**6)
    assert host.fetch(url).status == 200
    with host.receive(url) as incoming:
        assert incoming.status == 200
    asked = program.with_suffix(".asked").read_text()
    assert asked == f"get {server.index()}/torch/ ada\n"
    assert RealHost().fetch(url.replace("ada@", "eve@")).status == 401
