"""Which of a lock's files are fetched here, and which are left to the backend."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from indexserver import IndexServer, make_wheel
from laboratory.mirror import Cut, Mirror, Status
from torchup.api.context import Context
from torchup.api.fetching import fetcher, health
from torchup.api.fetching.elsewhere import addresses
from torchup.api.fetching.fetcher import LockFetcher
from torchup.errors import OutsideError
from torchup.host.real import RealHost
from torchup.model import Artifact, Source, SourceSet
from torchup.model.mirror import ChosenMirrors
from torchup.model.mirror import Mirror as Place
from torchup.state.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = os.urandom(300_000)
FILE = "torch-2.13.0-cp311-cp311-linux_x86_64.whl"


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr(fetcher, "LARGE", 1000)
    monkeypatch.setattr(fetcher, "WORTH", 1000)
    return Context(RealHost(), Home(tmp_path))


@pytest.fixture
def server() -> Iterator[Mirror]:
    with Mirror({FILE: DATA}).start() as running:
        yield running


def artifact(server: Mirror, data: bytes = DATA) -> Artifact:
    return Artifact(
        name="torch",
        version="2.13.0",
        url=server.address(FILE),
        sha256=sha256(data).hexdigest(),
        size=len(data),
    )


def fetching(context: Context, sources: SourceSet | None = None) -> LockFetcher:
    return LockFetcher(context, sources, lambda _name, _done, _total: None)


def test_a_healthy_network_is_left_to_the_backend(context: Context, server: Mirror) -> None:
    assert fetching(context).before([artifact(server)]) == {}
    assert len(server.asked) == 1  # the look at it


def test_a_server_that_wants_a_login_is_left_to_the_backend(context: Context) -> None:
    with Mirror({FILE: DATA}, always=Status(401)).start() as closed:
        assert fetching(context).before([artifact(closed)]) == {}


def test_what_would_take_long_is_fetched_here_once_for_every_environment(
    context: Context, server: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LONGEST_S", 0.0)
    mine = fetching(context)
    found = mine.before([artifact(server)])
    path = Path(found[server.address(FILE)])
    assert path.read_bytes() == DATA
    assert path.name == FILE
    asked = len(server.asked)
    assert fetching(context).before([artifact(server)]) == found
    offline = Context(context.host, context.home, offline=True)
    assert fetching(offline).before([artifact(server)]) == found
    assert len(server.asked) == asked


def test_what_was_damaged_since_it_was_fetched_is_fetched_again(
    context: Context, server: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LONGEST_S", 0.0)
    one = artifact(server)
    path = Path(fetching(context).before([one])[one.url])
    path.write_bytes(DATA[:-1])
    mine = fetching(context)
    assert mine.before([one]) == {one.url: str(path)}
    assert mine.after_failure([one]) == {one.url: str(path)}
    assert path.read_bytes() == DATA
    path.unlink()
    assert mine.after_failure([one]) == {one.url: str(path)}
    assert path.read_bytes() == DATA


def test_only_what_broke_off_is_fetched_where_the_rest_may_be_left_to_the_backend(
    context: Context, server: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = artifact(server)
    other = replace(one, name="nvidia-nccl", url=f"{one.url}?2", sha256="1" * 64)
    context.home.cache.joinpath("downloads").mkdir(parents=True)
    (context.home.cache / "downloads" / f"{one.sha256}.part").write_bytes(DATA[:5])
    assert list(fetching(context).before([one, other])) == [one.url]
    monkeypatch.setattr(health, "LONGEST_S", 0.0)
    with pytest.raises(OutsideError, match=r"download\.hash"):
        fetching(context).before([one, other])


def test_what_broke_off_is_gone_on_with_whatever_the_network(
    context: Context, server: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = Mirror({FILE: DATA}, faults=[Cut(100_000)], always=Status(404))
    with failing.start() as broken, pytest.raises(OutsideError, match=r"download\.failed"):
        fetching(context).after_failure([artifact(broken)])
    monkeypatch.setattr(health, "LONGEST_S", 10**6)
    found = fetching(context).before([artifact(server)])
    assert Path(found[server.address(FILE)]).read_bytes() == DATA
    assert [one.start for one in server.served] == [100_000]


def test_what_the_backend_keeps_or_cannot_be_verified_is_left_to_it(
    context: Context, server: Mirror
) -> None:
    one = artifact(server)
    bare = Artifact(name="torch", version="2.13.0", url=one.url, size=one.size)
    local = Artifact(name="a", version="1", url="file:///a-1-py3-none-any.whl", sha256="0" * 64)
    assert fetching(context).after_failure([bare, local]) == {}
    kept = context.home.uv_cache / "wheels-v8" / "index" / "0123" / "torch"
    kept.mkdir(parents=True)
    (kept / "2.13.0-cp311-cp311-linux_x86_64.http").touch()
    assert fetching(context).after_failure([one]) == {}
    offline = Context(context.host, Home(context.home.root / "2"), offline=True)
    assert fetching(offline).after_failure([one]) == {}
    assert server.asked == []


def test_the_same_file_at_a_place_that_stands_by(context: Context, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path / "w" / "simple", "six", "1.17.0")
    wheel.with_name("six-1.16.0-py3-none-any.whl").write_bytes(b"another")
    digest = sha256(wheel.read_bytes()).hexdigest()
    with IndexServer(tmp_path / "w", login="ada:hunter2").start() as other:
        index = other.index().replace("//", "//ada:hunter2@", 1)
        sources = SourceSet(
            primary=Source(id="primary", kind="index", role="primary", url="https://a.example"),
            standby=(Source(id="standby-0", kind="index", role="primary", url=index),),
        )
        url = f"https://a.example/files/{wheel.name}"
        one = Artifact(name="six", version="1.17.0", url=url, sha256=digest)
        found = addresses(context, (one,), sources)[url]
        assert found[0] == url
        assert [place.rpartition("/")[2] for place in found] == [wheel.name] * 2
        assert found[1].startswith("http://ada:hunter2@")
        wrong = Artifact(name="six", version="1.17.0", url=url, sha256="0" * 64)
        assert addresses(context, (wrong,), sources)[url] == (url,)


PACKAGE = "conda-forge/linux-64/pytorch-2.13.0-cpu_0.conda"


def place(mirror: Mirror) -> Place:
    return Place(kind="conda", id="own", name="own", url=mirror.url, layout="channels")


def channel(url: str) -> SourceSet:
    return SourceSet(
        primary=Source(id="primary", kind="index", role="primary", url="https://a.example"),
        channels=(Source(id="conda-forge", kind="channel", role="extra", url=url),),
    )


def test_a_package_of_conda_s_goes_on_at_a_chosen_mirror_and_is_let_go_of_once_it_is_kept(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LONGEST_S", 0.0)
    failing = Mirror({PACKAGE: DATA}, faults=[Cut(1000), Cut(100_000)], always=Status(404))
    with failing.start() as near, Mirror({PACKAGE: DATA}).start() as far:
        known = (near, far)
        context.mirrors = ChosenMirrors(conda=tuple(map(place, known)))
        one = replace(artifact(near), url=near.address(PACKAGE))
        mine = fetching(context, channel(f"{near.url}/conda-forge"))
        found = mine.before([one])
        assert Path(found[one.url]).read_bytes() == DATA
        assert [each.start for each in far.served] == [100_000]
        mine.kept([one])
        assert list((context.home.cache / "downloads").iterdir()) == []
        assert mine.before([replace(one, sha256="")]) == {}


def test_a_file_of_a_channel_that_is_no_package_is_not_fetched(
    context: Context, server: Mirror
) -> None:
    one = replace(artifact(server), url=f"{server.url}/conda-forge/noarch/torch.whl")
    assert fetching(context, channel(f"{server.url}/conda-forge")).after_failure([one]) == {}
    assert server.asked == []
