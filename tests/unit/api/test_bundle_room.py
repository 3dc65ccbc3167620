"""How much room a bundle needs, and on which disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from torchup.api.bundle import room
from torchup.api.bundle.room import see_room
from torchup.api.context import Context
from torchup.errors import OutsideError
from torchup.host import Response, Room
from torchup.model.bundles import BundleFile
from torchup.state.home import Home
from unit.sources.fakehost import AnsweringHost

if TYPE_CHECKING:
    from collections.abc import Mapping

KIB = 1024
TORCH = BundleFile(
    path="wheels/torch-2.13.0-py3-none-any.whl",
    sha256="a" * 64,
    size=600 * KIB,
    url="https://example.org/torch-2.13.0-py3-none-any.whl",
)
SIX = BundleFile(
    path="wheels/six-1.17.0-py3-none-any.whl",
    sha256="b" * 64,
    size=0,
    url="https://example.org/six-1.17.0-py3-none-any.whl",
)


def telling(_method: str, url: str, _headers: Mapping[str, str]) -> Response:
    headers = {"content-length": str(100 * KIB)}
    return Response(status=200, url=url, headers=headers, body=b"")


class Disks(AnsweringHost):
    """Each folder's disk has so many bytes left."""

    def __init__(self, free: dict[str, int]) -> None:
        super().__init__(telling)
        self.free = free

    def room(self, path: str) -> Room | None:
        return Room(free=self.free[path], total=10**9)


def short_of(tmp_path: Path, cache: int, target: int, *files: BundleFile) -> str:
    """The folder that lacks room where so much is free, empty where none does."""
    home = Home(tmp_path / "home")
    place = tmp_path / "usb"
    place.mkdir(exist_ok=True)
    free = {str(home.cache / "fetched"): cache, str(place): target}
    try:
        see_room(Context(Disks(free), home), files, {}, place / "lab.torchup")
    except OutsideError as error:
        return f"{error.code} {Path(error.details['path']).name}"
    return ""


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache and the bundle are on two disks."""
    monkeypatch.setattr(room, "same_volume", lambda _one, _other: False)


@pytest.mark.usefixtures("apart")
def test_a_size_that_the_listing_lacks_is_asked_for(tmp_path: Path) -> None:
    files = (TORCH, SIX)
    assert not short_of(tmp_path, 700 * KIB, 700 * KIB, *files)
    assert short_of(tmp_path, 699 * KIB, 700 * KIB, *files) == "bundle.no-room fetched"
    assert short_of(tmp_path, 700 * KIB, 699 * KIB, *files) == "bundle.no-room usb"


@pytest.mark.usefixtures("apart")
def test_what_was_fetched_before_needs_room_in_the_bundle_alone(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "cache" / "fetched"
    folder.mkdir(parents=True)
    (folder / f"{TORCH.sha256}.part").write_bytes(b"x" * 400 * KIB)
    assert not short_of(tmp_path, 200 * KIB, 600 * KIB, TORCH)
    assert short_of(tmp_path, 199 * KIB, 600 * KIB, TORCH)
    assert short_of(tmp_path, 200 * KIB, 599 * KIB, TORCH)


def test_on_one_disk_both_need_room(tmp_path: Path) -> None:
    assert not short_of(tmp_path, 0, 1200 * KIB, TORCH)
    assert short_of(tmp_path, 0, 1199 * KIB, TORCH)
    lies = tmp_path / "torch.whl"
    lies.write_bytes(b"x" * 600 * KIB)
    local = BundleFile(path="p", sha256=TORCH.sha256, size=0, url=lies.as_uri())
    assert not short_of(tmp_path, 0, 600 * KIB, local)
    assert short_of(tmp_path, 0, 599 * KIB, local)
