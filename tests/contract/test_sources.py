"""What every kind of source does, whatever it is."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from indexpages import project_of
from indexserver import IndexServer, make_wheel
from torchup.host.real import RealHost
from torchup.model import Source
from torchup.sources.cache import ListingCache
from torchup.sources.listing import SOURCES, list_many, list_project
from torchup.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.model import Listing
    from torchup.model.source import SourceKind

TORCH = "torch-2.13.0+cu126-cp311-cp311-manylinux_2_28_x86_64.whl"
PLACES = ("index-html", "index-json", "index-file", "links", "links-file", "folder", "folder-path")


@dataclass
class Place:
    """One kind of source, how it goes away, and where answers are kept."""

    source: Source
    cache: ListingCache
    root: Path
    server: IndexServer
    name: str

    def ask(self, project: str, *, offline: bool = False) -> Listing:
        return list_project(RealHost(), self.source, project, cache=self.cache, offline=offline)

    def lose(self) -> None:
        self.server.faults["/"] = "503"
        shutil.rmtree(self.root)


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    name: str = request.param
    root = tmp_path / "root"
    wheels = root / "simple"
    make_wheel(wheels, "torch", "2.13.0+cu126", tag="cp311-cp311-manylinux_2_28_x86_64")
    make_wheel(wheels, "torch", "2.12.0", tag="cp312-cp312-macosx_11_0_arm64")
    make_wheel(wheels, "torch-other", "9.9")
    (wheels / "torch-broken.whl").write_bytes(b"")
    server = IndexServer(root, json=name == "index-json")
    with server.start():
        _write_static(wheels)
        urls = {
            "index-html": server.index(),
            "index-json": server.index(),
            "index-file": wheels.as_uri(),
            "links": server.links(),
            "links-file": (wheels / "all.html").as_uri(),
            "folder": wheels.as_uri(),
            "folder-path": str(wheels),
        }
        kind = cast("SourceKind", name.partition("-")[0])
        source = Source(id=name, kind=kind, role="extra", url=urls[name])
        yield Place(source, ListingCache(tmp_path / "cache"), root, server, name)


def _write_static(wheels: Path) -> None:
    """A page of links on the disk, and PEP 503 pages on the disk."""
    names = sorted(path.name for path in wheels.glob("*.whl"))
    for project in ("torch", "torch-other"):
        (wheels / project).mkdir()
        links = [f'<a href="../{n}">{n}</a>' for n in names if project_of(Path(n)) == project]
        (wheels / project / "index.html").write_text("\n".join(links))
    (wheels / "all.html").write_text("\n".join(f'<a href="{n}">{n}</a>' for n in names))


def test_every_kind_is_covered() -> None:
    assert {name.partition("-")[0] for name in PLACES} == set(SOURCES)


def test_the_wheels_of_one_project_are_listed(place: Place) -> None:
    listing = place.ask("torch")
    assert (listing.state, listing.why, listing.project) == ("ok", None, "torch")
    assert listing.source == place.source
    first, second = sorted(listing.files, key=lambda file: file.version)
    assert (first.version, first.pythons, first.floor) == ("2.12.0", ("3.12",), "macos 11.0")
    assert (second.version, second.build, second.filename) == ("2.13.0", "cu126", TORCH)
    assert (second.pythons, second.platforms) == (("3.11",), ("linux-x86_64",))
    assert RealHost().fetch(second.url).status == 200


def test_a_name_may_be_spelt_in_any_way(place: Place) -> None:
    assert [file.version for file in place.ask("Torch_Other").files] == ["9.9"]


def test_a_project_that_is_not_there_is_absent(place: Place) -> None:
    listing = place.ask("nothing")
    assert (listing.state, listing.files) == ("absent", ())
    assert listing.why is not None
    assert "nothing" in Words().text(listing.why)


def test_a_source_that_is_gone_is_not_the_same_as_an_empty_one(place: Place) -> None:
    place.lose()
    listing = place.ask("torch")
    # A file:// index without the project's folder can't be told from one that lacks the project.
    assert listing.state == ("absent" if place.name.endswith("-file") else "unreachable")
    assert listing.why is not None
    assert Words().text(listing.why)


def test_offline_gives_what_was_seen_and_asks_nobody(place: Place) -> None:
    online = place.ask("torch")
    before = len(place.server.requests)
    assert place.ask("torch", offline=True) == online
    assert len(place.server.requests) == before


def test_many_are_answered_in_order(place: Place) -> None:
    names = ["nothing", "torch", "torch-other", "torch"]
    wanted = [(place.source, name) for name in names]
    found = list_many(RealHost(), wanted, cache=place.cache, offline=False)
    assert [one.project for one in found] == names
    assert [one.state for one in found] == ["absent", "ok", "ok", "ok"]
    assert found[1] == found[3]
