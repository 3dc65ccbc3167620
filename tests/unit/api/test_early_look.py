"""The network is looked at while the backend solves: once, and only where something large comes."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

import pytest
from msgspec.structs import replace

from laboratory.mirror import Mirror, Status
from torchup.api.context import Context
from torchup.api.fetching import fetcher, health, looking
from torchup.api.fetching.fetcher import LockFetcher
from torchup.api.fetching.looking import EarlyLook, look_early
from torchup.api.stacks.choosing import Choice
from torchup.host.real import RealHost
from torchup.model import Artifact, Listing, Requirement, Resolution, Source, Stack, WheelFile
from torchup.state.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = os.urandom(300_000)
FILE = "torch-2.13.0-cp311-cp311-linux_x86_64.whl"


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    for module, name in ((fetcher, "LARGE"), (fetcher, "WORTH"), (looking, "WORTH")):
        monkeypatch.setattr(module, name, 1000)
    return Context(RealHost(), Home(tmp_path))


@pytest.fixture
def server() -> Iterator[Mirror]:
    with Mirror({FILE: DATA, "other.whl": DATA}).start() as running:
        yield running


def wheel(server: Mirror, **more: Any) -> WheelFile:  # noqa: ANN401  # a file's fields
    about = {"version": "2.13.0", "pythons": ("3.11",), "size": len(DATA), **more}
    return WheelFile(filename=FILE, url=server.address(FILE), **about)


def chosen(server: Mirror, *files: WheelFile) -> Choice:
    place = Source(kind="index", id="framework", url=server.url, role="framework", origin="test")
    stack = Stack(
        python="3.11",
        packages={"torch": "2.13.0"},
        pins={"torch": "2.13.0"},
        build="cpu",
        runtime="",
        device="cpu",
        source=place.id,
    )
    answer = Resolution(outcome="ok", requirement=Requirement(), stack=stack)
    listing = Listing(source=place, project="torch", state="ok", files=files or (wheel(server),))
    return Choice(resolution=answer, places=cast("Any", None), listings=(listing,))


def locked(server: Mirror) -> Artifact:
    return Artifact(
        name="torch",
        version="2.13.0",
        url=server.address(FILE),
        sha256=sha256(DATA).hexdigest(),
        size=len(DATA),
    )


def looked(context: Context, choice: Choice) -> EarlyLook:
    found = look_early(context, choice)
    assert found is not None
    return found


def before(context: Context, look: EarlyLook, *files: Artifact) -> dict[str, str]:
    mine = LockFetcher(context, None, lambda _name, _done, _total: None, healthy=look.healthy)
    return mine.before(files)


def test_one_look_serves_choosing_and_installing(context: Context, server: Mirror) -> None:
    look = looked(context, chosen(server))
    assert before(context, look, locked(server)) == {}
    assert len(server.asked) == 1


def test_what_it_saw_counts(
    context: Context, server: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = looked(context, chosen(server))
    monkeypatch.setattr(health, "LONGEST_S", 0.0)
    assert list(before(context, look, locked(server))) == [server.address(FILE)]


def test_a_look_that_failed_says_that_nothing_comes(context: Context) -> None:
    with Mirror({FILE: DATA}, always=Status(500)).start() as broken:
        look = looked(context, chosen(broken))
        assert not look.healthy(context.host, broken.address(FILE), 1)
    with Mirror({FILE: DATA}, always=Status(401)).start() as closed:
        look = looked(context, chosen(closed))
        assert look.healthy(context.host, closed.address(FILE), 1 << 60)


def test_a_look_that_broke_is_made_again(
    context: Context, server: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EarlyLook, "_look", lambda _: None)
    look = looked(context, chosen(server))
    assert look.healthy(context.host, server.address(FILE), 1)
    assert len(server.asked) == 1


def test_another_server_is_looked_at_anew(context: Context, server: Mirror) -> None:
    look = looked(context, chosen(server))
    with Mirror({FILE: DATA}, always=Status(500)).start() as other:
        assert not look.healthy(context.host, other.address(FILE), 1)
    assert look.healthy(context.host, server.address(FILE), 1)


def test_nothing_is_looked_at_where_nothing_large_is_fetched(
    context: Context, server: Mirror, tmp_path: Path
) -> None:
    choice = chosen(server)
    offline = Context(RealHost(), context.home, offline=True)
    assert look_early(offline, choice) is None
    assert look_early(context, chosen(server, wheel(server, size=999))) is None
    assert look_early(context, chosen(server, wheel(server, pythons=("3.12",)))) is None
    assert look_early(context, chosen(server, wheel(server, version="2.12.0"))) is None
    folder = chosen(server, replace(wheel(server), url=(tmp_path / FILE).as_uri()))
    assert look_early(context, folder) is None
    kept = context.home.uv_cache / "wheels-v6" / "pypi" / "torch"
    kept.mkdir(parents=True)
    (kept / "2.13.0-cp311-cp311-linux_x86_64.http").touch()
    assert look_early(context, choice) is None
    assert server.asked == []
