"""Logins that are kept outside of addresses."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from indexserver import IndexServer, make_wheel
from torchup.host import Completed
from torchup.host.logins import Passwords, from_netrc, with_keyring, with_password
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


class Ring:
    """A keyring with a password for each of some addresses, which takes its time."""

    def __init__(self, **passwords: str) -> None:
        self.passwords = {
            f"https://lab.example/{name}/simple/": one for name, one in passwords.items()
        }
        self.asked: list[str] = []

    def run(self, argv: list[str], **_more: object) -> Completed:
        self.asked.append(argv[2])
        time.sleep(0.02)
        found = next((one for at, one in self.passwords.items() if argv[2].startswith(at)), "")
        return Completed(code=0 if found else 1, out=f"{found}\n" if found else "", err="")


def test_two_addresses_of_one_server_have_a_password_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_KEYRING_PROVIDER", "subprocess")
    ring = Ring(a="first", b="second")
    known: Passwords = {}
    a, b = (f"https://ada@lab.example/{name}/simple/torch/" for name in "ab")
    assert with_keyring(a, a, ring.run, known) == a.replace("ada", "ada:first")
    # The other one is tried with what is known of the server, and asked for when that is refused.
    used = with_password(b, known)
    assert used == b.replace("ada", "ada:first")
    assert with_keyring(b, used, ring.run, known) == b.replace("ada", "ada:second")
    for name, password in (("a", "first"), ("b", "second")):
        page = f"https://ada@lab.example/{name}/simple/numpy/"
        assert with_password(page, known) == page.replace("ada", f"ada:{password}")
    assert len(ring.asked) == 2
    refused = with_password(b, known)
    assert with_keyring(b, refused, ring.run, known) is None, "it has nothing else"
    assert with_keyring(b, refused, ring.run, known) is None
    assert ring.asked[2:] == ["lab.example"], "nothing is asked twice"


def test_a_password_for_https_is_not_sent_in_the_clear() -> None:
    known: Passwords = {("https://lab.example/a", "ada"): "secret"}
    assert with_password("http://ada@lab.example/a/torch/", known).count("secret") == 0
    assert "secret" in with_password("https://ada@lab.example/a/torch/", known)


def test_keyring_is_asked_by_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
    ring = Ring(a="first")
    known: Passwords = {}
    pages = [f"https://ada@lab.example/a/simple/p{number}/" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda page: with_keyring(page, page, ring.run, known), pages))
    assert found == [page.replace("ada", "ada:first") for page in pages]
    assert len(ring.asked) == 1, "the others took what the first one was told"
