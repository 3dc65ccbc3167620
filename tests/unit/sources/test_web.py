from __future__ import annotations

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from indexserver import IndexServer, make_wheel
from torchup.errors import OutsideError
from torchup.host.real import RealHost
from torchup.host.redact import redact_url
from torchup.model import Source
from torchup.sources.reach import reach
from torchup.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[IndexServer]:
    make_wheel(tmp_path / "simple", "torch", "2.13.0")
    with IndexServer(tmp_path).start() as running:
        yield running


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def test_the_url_that_answered_is_whole(server: IndexServer) -> None:
    url = f"{server.index()}/torch/"
    assert RealHost().fetch(url).url == url
    server.faults["/simple/"] = "redirect"
    assert RealHost().fetch(url).url == f"{url}?again"


def test_a_login_in_the_url_is_sent_and_stays_in_the_answers_url(server: IndexServer) -> None:
    server.login = "ada:p@ss"
    url = f"{server.index()}/torch/".replace("//", "//ada:p%40ss@", 1)
    answer = RealHost().fetch(url)
    assert (answer.status, answer.url) == (200, url)
    assert RealHost().fetch(f"{server.index()}/torch/").status == 401


def test_a_refused_connection_is_worded() -> None:
    url = f"http://ada:secret@127.0.0.1:{closed_port()}/x"
    with pytest.raises(OutsideError) as caught:
        RealHost().fetch(url)
    assert caught.value.code == "network.unreachable"
    said = Words().say(caught.value.code, caught.value.details)
    assert "Connection refused" in said
    assert "secret" not in said


def test_a_name_that_is_not_known_is_no_timeout() -> None:
    with pytest.raises(OutsideError) as caught:
        RealHost().fetch("http://nowhere.invalid/")
    assert caught.value.code == "network.unreachable"


def test_a_slow_server_is_a_timeout(server: IndexServer) -> None:
    server.faults["/simple/"] = "slow"
    server.slow_s = 0.5
    with pytest.raises(OutsideError) as caught:
        RealHost().fetch(f"{server.index()}/torch/", timeout=0.1)
    assert caught.value.code == "network.timeout"
    assert "0.1 s" in Words().say("network.timeout", caught.value.details)


def test_an_answer_that_breaks_off_is_no_answer(server: IndexServer) -> None:
    server.faults["/simple/"] = "truncated"
    with pytest.raises(OutsideError) as caught:
        RealHost().fetch(f"{server.index()}/torch/")
    assert caught.value.code == "network.unreachable"


def test_a_busy_server_is_an_answer(server: IndexServer) -> None:
    server.faults["/simple/"] = "503"
    assert RealHost().fetch(f"{server.index()}/torch/").status == 503


def test_http_where_https_is_expected_is_a_matter_of_trust(server: IndexServer) -> None:
    with pytest.raises(OutsideError) as caught:
        RealHost().fetch(server.index().replace("http:", "https:"))
    assert caught.value.code == "network.tls"
    assert "ssl.c" not in caught.value.details["why"]


class _Elsewhere(BaseHTTPRequestHandler):
    """Sends everybody on to https at the same port."""

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", f"https://{self.headers['Host']}/x")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None: ...


def test_certificates_are_read_for_servers_that_have_one(
    server: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def trusting(also: str) -> ssl.SSLContext:
        read.append(also)
        return ssl.create_default_context()

    monkeypatch.setattr("torchup.host.web.trusting", trusting)
    host = RealHost()
    host.certificates = "/mine.pem"
    assert host.fetch(f"{server.index()}/torch/").status == 200
    assert read == []
    for _ in range(2):
        with pytest.raises(OutsideError, match=r"network\.tls"):
            host.fetch(server.index().replace("http:", "https:"))
    assert read == ["/mine.pem"]


def test_whoever_is_sent_on_to_https_reads_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def trusting(also: str) -> ssl.SSLContext:
        read.append(also)
        return ssl.create_default_context()

    monkeypatch.setattr("torchup.host.web.trusting", trusting)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere) as plain:
        threading.Thread(target=plain.serve_forever, args=(0.01,), daemon=True).start()
        with pytest.raises(OutsideError) as caught:
            RealHost().fetch(f"http://127.0.0.1:{plain.server_address[1]}/")
        plain.shutdown()
    assert caught.value.code == "network.tls"
    assert read == [""]


def test_a_proxy_that_does_not_answer_is_named_as_the_cause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", f"127.0.0.1:{closed_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(OutsideError) as caught:
        RealHost().fetch("http://index.example/simple/")
    assert caught.value.code == "network.proxy"


def test_a_port_that_has_the_digits_of_a_status_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "127.0.0.1:40755")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with pytest.raises(OutsideError) as caught:
        RealHost().fetch("http://index.example/simple/")
    assert caught.value.code == "network.proxy"


def test_the_proxy_that_it_went_through_is_told_without_its_login(
    server: IndexServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index stands in for a proxy: asked for another server's page, it answers with its own."""
    place = server.url.removeprefix("http://")
    monkeypatch.setenv("http_proxy", f"http://me:secret@{place}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    source = Source(id="one", kind="index", role="extra", url="http://index.example/simple")
    (found,) = reach(RealHost(), [source], "torch")
    assert found.took_ms is not None
    assert place in found.proxy
    assert "secret" not in found.proxy


def test_no_proxy_is_respected(server: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert RealHost().fetch(f"{server.index()}/torch/").status == 200


@pytest.mark.parametrize(
    "url", ["", "nonsense", "ftp://x/", "http://[bad", "http://", "https:///x"]
)
def test_what_is_no_address_is_unreachable(url: str) -> None:
    with pytest.raises(OutsideError) as caught:
        RealHost().fetch(url)
    assert caught.value.code == "network.unreachable"
    assert Words().say(caught.value.code, caught.value.details).endswith(".")


def test_files_answer_like_a_server(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("hello")
    answer = RealHost().fetch(tmp_path.as_uri())
    assert (answer.status, answer.body) == (200, b"hello")
    head = RealHost().fetch((tmp_path / "index.html").as_uri(), method="HEAD")
    assert (head.headers["content-length"], head.body) == ("5", b"")
    assert RealHost().fetch((tmp_path / "nothing").as_uri()).status == 404


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ada:secret@x/y", "https://***@x/y"),
        ("https://ada:se@cret@x/y", "https://***@x/y"),
        ("https://x/y?token=abc&z=1", "https://x/y?token=***&z=1"),
        ("https://x/y?X-Amz-Signature=abc", "https://x/y?X-Amz-Signature=***"),
        ("see https://a@x and https://b@y/.", "see https://***@x and https://***@y/."),
        ("https://x/~ada@home", "https://x/~ada@home"),
    ],
)
def test_secrets_are_hidden(url: str, shown: str) -> None:
    assert redact_url(url) == shown


@fuzzed
@given(st.text(), st.text(alphabet="abcXYZ019:@!$%", min_size=3))
def test_no_login_gets_through(before: str, login: str) -> None:
    assert f"//{login}@" not in redact_url(f"{before} https://{login}@host.example/path")
