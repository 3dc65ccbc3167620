from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from indexserver import IndexServer, make_wheel
from torchup.host import Response
from torchup.host.real import RealHost
from torchup.model import Listing, Source
from torchup.sources.cache import ListingCache
from torchup.sources.listing import list_many, list_project
from torchup.words import Words
from unit.sources.fakehost import AnsweringHost, no_network, page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from indexserver import Fault


class Clock(RealHost):
    """This machine, at another time."""

    later = timedelta()

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=timezone.utc) + self.later


@pytest.fixture
def server(tmp_path: Path) -> Iterator[IndexServer]:
    make_wheel(tmp_path / "root/simple", "torch", "2.13.0")
    with IndexServer(tmp_path / "root").start() as running:
        yield running


def source_at(url: str, name: str = "extra-1") -> Source:
    return Source(id=name, kind="index", role="extra", url=url)


def ask(
    server: IndexServer, cache: Path, *, host: RealHost | None = None, offline: bool = False
) -> Listing:
    source = source_at(server.index())
    return list_project(
        host or RealHost(), source, "torch", cache=ListingCache(cache), offline=offline
    )


def test_without_validators_the_server_is_asked_every_time(
    server: IndexServer, tmp_path: Path
) -> None:
    ask(server, tmp_path / "c")
    ask(server, tmp_path / "c")
    assert len(server.requests) == 2


def test_an_etag_makes_asking_again_cheap(server: IndexServer, tmp_path: Path) -> None:
    server.etag = True
    first = ask(server, tmp_path / "c")
    assert ask(server, tmp_path / "c") == first
    assert "if-none-match" in server.requests[1].headers
    make_wheel(server.root / "simple", "torch", "2.14.0")
    changed = ask(server, tmp_path / "c")
    assert [file.version for file in changed.files] == ["2.13.0", "2.14.0"]


def test_a_fresh_page_is_not_asked_for(server: IndexServer, tmp_path: Path) -> None:
    server.max_age = 60
    host = Clock()
    for seconds, requests in ((0, 1), (59, 1), (61, 2), (-10, 3)):
        host.later = timedelta(seconds=seconds)
        assert ask(server, tmp_path / "c", host=host).state == "ok"
        assert len(server.requests) == requests


def test_a_page_that_was_confirmed_is_fresh_again(server: IndexServer, tmp_path: Path) -> None:
    server.max_age, server.etag = 60, True
    host = Clock()
    for seconds, requests in ((0, 1), (61, 2), (100, 2)):
        host.later = timedelta(seconds=seconds)
        assert ask(server, tmp_path / "c", host=host).state == "ok"
        assert len(server.requests) == requests


def test_offline_without_anything_kept_says_so(server: IndexServer, tmp_path: Path) -> None:
    listing = ask(server, tmp_path / "c", offline=True)
    assert listing.why is not None
    assert (listing.state, listing.why.code) == ("unreachable", "sources.offline")
    assert server.requests == []


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\x00", b'{"format": 1}', b"[1]"])
def test_damaged_cache_files_are_ignored(
    server: IndexServer, tmp_path: Path, damage: bytes
) -> None:
    server.max_age = 60
    first = ask(server, tmp_path / "c")
    (kept,) = (tmp_path / "c").iterdir()
    kept.write_bytes(damage)
    assert ask(server, tmp_path / "c") == first
    assert len(server.requests) == 2


def test_a_cache_that_cannot_be_written_is_no_error(server: IndexServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert ask(server, tmp_path / "file" / "c").state == "ok"


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        ("404", "absent", "sources.absent"),
        ("403", "absent", "sources.absent"),
        ("500", "unreachable", "sources.refused"),
        ("503", "unreachable", "sources.refused"),
        ("truncated", "unreachable", "network.unreachable"),
        ("login", "unreachable", "sources.not-an-index"),
        ("redirect", "ok", None),
    ],
)
def test_faults(
    server: IndexServer, tmp_path: Path, fault: Fault, state: str, code: str | None
) -> None:
    server.faults["/simple/torch/"] = fault
    listing = ask(server, tmp_path / "c")
    assert listing.state == state
    assert (listing.why.code if listing.why else None) == code
    if listing.why:
        assert "127.0.0.1" in Words().text(listing.why)


def test_a_login_is_used_and_never_written_or_shown(server: IndexServer, tmp_path: Path) -> None:
    server.login, server.max_age = "ada:s3cr@t", 60
    url = server.index().replace("//", "//ada:s3cr%40t@")
    cache = ListingCache(tmp_path / "c")
    for _ in range(2):
        listing = list_project(RealHost(), source_at(url), "torch", cache=cache, offline=False)
        assert listing.state == "ok"
        assert RealHost().fetch(listing.files[0].url).status == 200
    assert [one.path for one in server.asked("simple/torch/")] == ["/simple/torch/"]
    assert all(b"s3cr" not in path.read_bytes() for path in (tmp_path / "c").iterdir())
    missing = list_project(RealHost(), source_at(url), "other", cache=cache, offline=False)
    assert missing.why is not None
    assert "s3cr" not in str(missing.why)


def test_a_server_that_cannot_be_reached_is_asked_once(tmp_path: Path) -> None:
    host = AnsweringHost(no_network)
    wanted = [(source_at(f"https://a/whl/cu{n}"), p) for n in (118, 126) for p in ("x", "y")]
    wanted.append((source_at("https://b/simple"), "x"))
    found = list_many(host, wanted, cache=ListingCache(tmp_path), offline=False)
    assert sorted(url for _, url, _ in host.asked) == [
        "https://a/whl/cu118/x/",
        "https://b/simple/x/",
    ]
    assert {one.state for one in found} == {"unreachable"}
    assert [one.source for one in found] == [source for source, _ in wanted]
    assert found[0].why == found[3].why != found[4].why


class Together:
    """Answers nobody before everybody has asked; the pages change with ``version``."""

    def __init__(self, count: int) -> None:
        self.all_here = threading.Barrier(count, timeout=20)
        self.version = "1.0"

    def __call__(self, method: str, url: str, headers: Mapping[str, str]) -> Response:
        del method, headers
        self.all_here.wait()
        name = url.rstrip("/").rpartition("/")[2]
        return page(f'<a href="{name}-{self.version}-py3-none-any.whl">{name}</a>', url)


def test_a_server_that_answered_before_is_asked_everything_at_once(tmp_path: Path) -> None:
    names = ("x", "y", "z")
    cache = ListingCache(tmp_path)
    list_project(
        AnsweringHost(Together(1)), source_at("https://a"), "x", cache=cache, offline=False
    )
    answer = Together(len(names))
    answer.version = "2.0"
    wanted = [(source_at("https://a"), name) for name in names]
    found = list_many(AnsweringHost(answer), wanted, cache=cache, offline=False)
    assert [[file.version for file in one.files] for one in found] == [["2.0"]] * len(names)


def test_more_servers_than_are_asked_at_a_time_are_all_answered(tmp_path: Path) -> None:
    cache = ListingCache(tmp_path)
    wanted = [(source_at(f"https://s{n}"), p) for n in range(20) for p in ("x", "y")]
    for _ in range(2):  # asked one by one, then at once
        host = AnsweringHost(Together(1))
        found = list_many(host, wanted, cache=cache, offline=False)
        assert [one.state for one in found] == ["ok"] * len(wanted)
        assert len(host.asked) == len(wanted)


def test_a_server_that_answered_before_and_is_gone_has_one_reason(tmp_path: Path) -> None:
    cache = ListingCache(tmp_path)
    wanted = [(source_at("https://a"), name) for name in ("x", "y", "z")]
    list_many(AnsweringHost(Together(1)), wanted, cache=cache, offline=False)
    host = AnsweringHost(no_network)
    found = list_many(host, wanted, cache=cache, offline=False)
    assert {one.state for one in found} == {"unreachable"}
    assert found[0].why == found[1].why == found[2].why
    asked = len(host.asked)
    assert list_many(host, wanted, cache=cache, offline=False) == found  # not again for a minute
    assert len(host.asked) == asked


def test_a_server_that_refuses_one_page_is_asked_for_the_others(tmp_path: Path) -> None:
    def answer(method: str, url: str, headers: Mapping[str, str]) -> Response:
        del method, headers
        if "/x/" in url:
            return Response(status=503, url=url, headers={}, body=b"")
        return page('<a href="y-1.0-py3-none-any.whl">y</a>', url)

    wanted = [(source_at("https://a"), "x"), (source_at("https://a"), "y")]
    found = list_many(AnsweringHost(answer), wanted, cache=ListingCache(tmp_path), offline=False)
    assert [one.state for one in found] == ["unreachable", "ok"]


def test_a_server_that_answered_one_of_several_is_not_lost(tmp_path: Path) -> None:
    cache = ListingCache(tmp_path)
    wanted = [(source_at("https://a"), name) for name in ("x", "y")]
    list_many(AnsweringHost(Together(1)), wanted, cache=cache, offline=False)

    def answer(method: str, url: str, headers: Mapping[str, str]) -> Response:
        if "/x/" in url:
            return no_network(method, url, headers)
        return page('<a href="y-1.0-py3-none-any.whl">y</a>', url)

    found = list_many(AnsweringHost(answer), wanted, cache=cache, offline=False)
    assert [one.state for one in found] == ["unreachable", "ok"]
    host = AnsweringHost(Together(1))
    again = list_many(host, wanted, cache=cache, offline=False)
    assert [one.state for one in again] == ["ok", "ok"], "it is asked again at once"


def test_json_is_asked_for_first(tmp_path: Path) -> None:
    host = AnsweringHost(lambda _, url, __: page("", url))
    list_project(host, source_at("https://a"), "x", cache=ListingCache(tmp_path), offline=False)
    accept = host.asked[0][2]["Accept"]
    assert accept.startswith("application/vnd.pypi.simple.v1+json, ")
    assert "text/html;q=0.01" in accept


def test_no_store_is_respected(tmp_path: Path) -> None:
    host = AnsweringHost(lambda _, url, __: page("", url, cache_control="no-store, max-age=60"))
    list_project(host, source_at("https://a"), "x", cache=ListingCache(tmp_path), offline=False)
    assert list(tmp_path.iterdir()) == []
