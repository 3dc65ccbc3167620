from __future__ import annotations

import os
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from indexserver import IndexServer, make_wheel
from torchup.host.real import RealHost
from torchup.model import Source, WheelFile
from torchup.sources.cache import ListingCache
from torchup.sources.listing import list_project
from torchup.sources.metadata import metadata_of, wheel_metadata, wheel_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexserver import Fault

BIG = {f"torch/file{n}.py": os.urandom(60) for n in range(3000)}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheels whose table of contents is longer than the tail that is read first."""
    root = tmp_path_factory.mktemp("root")
    make_wheel(root / "simple", "torch", "2.13.0", files=BIG, requires=["nvidia-nccl-cu13==2.29.7"])
    make_wheel(root / "simple", "small", "1.0", requires=["torch"], compression=zipfile.ZIP_STORED)
    return root


@pytest.fixture
def server(root: Path) -> Iterator[IndexServer]:
    with IndexServer(root).start() as running:
        yield running


def wheel(server: IndexServer, tmp_path: Path, project: str = "torch") -> WheelFile:
    source = Source(id="x", kind="index", role="primary", url=server.index())
    listing = list_project(
        RealHost(), source, project, cache=ListingCache(tmp_path / "lists"), offline=False
    )
    server.requests.clear()
    return listing.files[0]


def test_the_indexs_own_copy_is_taken_where_it_has_one(server: IndexServer, tmp_path: Path) -> None:
    file = wheel(server, tmp_path)
    found = wheel_metadata(RealHost(), file, tmp_path / "c")
    assert found is not None
    assert "Requires-Dist: nvidia-nccl-cu13==2.29.7" in found
    assert [one.path for one in server.requests] == [f"/files/simple/{file.filename}.metadata"]


@pytest.mark.parametrize("project", ["torch", "small"])
def test_ranges_are_read_where_it_has_none(
    server: IndexServer, tmp_path: Path, project: str
) -> None:
    server.metadata = False
    file = wheel(server, tmp_path, project)
    found = wheel_metadata(RealHost(), file, tmp_path / "c")
    assert found is not None
    assert f"Name: {project}" in found
    assert server.requests[0].method == "HEAD"
    assert all("range" in one.headers for one in server.asked(method="GET"))
    assert len(server.requests) <= 4


def test_metadata_is_kept_for_good(server: IndexServer, tmp_path: Path) -> None:
    file = wheel(server, tmp_path)
    first = wheel_metadata(RealHost(), file, tmp_path / "c")
    server.faults["/"] = "503"
    assert wheel_metadata(RealHost(), file, tmp_path / "c") == first is not None


def test_without_ranges_the_whole_wheel_is_never_fetched(
    server: IndexServer, tmp_path: Path
) -> None:
    server.metadata = server.ranges = False
    file = wheel(server, tmp_path)
    assert wheel_metadata(RealHost(), file, tmp_path / "c") is None
    assert [one.method for one in server.requests] == ["HEAD"]


def test_an_advertised_copy_that_is_missing_is_replaced_by_ranges(
    server: IndexServer, tmp_path: Path
) -> None:
    file = wheel(server, tmp_path)
    server.faults[".metadata"] = "404"
    assert "Name: torch" in (wheel_metadata(RealHost(), file, tmp_path / "c") or "")


@pytest.mark.parametrize("fault", ["404", "503", "truncated"])
def test_faults_give_nothing_and_keep_nothing(
    server: IndexServer, tmp_path: Path, fault: Fault
) -> None:
    file = wheel(server, tmp_path)
    server.faults["/files/"] = fault
    assert wheel_metadata(RealHost(), file, tmp_path / "c") is None
    assert not (tmp_path / "c").exists()


def test_a_local_wheel_is_opened(root: Path, tmp_path: Path) -> None:
    source = Source(id="x", kind="folder", role="links", url=(root / "simple").as_uri())
    cache = ListingCache(tmp_path / "c")
    (file,) = list_project(RealHost(), source, "small", cache=cache, offline=True).files
    assert "Requires-Dist: torch" in (wheel_metadata(RealHost(), file, tmp_path / "c") or "")
    path = root / "simple" / file.filename
    assert wheel_size(RealHost(), file) == path.stat().st_size


def test_zip64_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "x-1.0-py3-none-any.whl"
    with (
        zipfile.ZipFile(path, "w") as archive,
        archive.open("x-1.0.dist-info/METADATA", "w", force_zip64=True) as stream,
    ):
        stream.write(b"Name: x\n")
    assert metadata_of(path) == "Name: x\n"


def test_a_size_is_asked_for_once(server: IndexServer, root: Path, tmp_path: Path) -> None:
    file = wheel(server, tmp_path)
    expected = (root / "simple" / file.filename).stat().st_size
    for _ in range(2):
        assert wheel_size(RealHost(), file, tmp_path / "c") == expected
    assert [one.method for one in server.requests] == ["HEAD"]


def test_a_size_that_nobody_knows(server: IndexServer, tmp_path: Path) -> None:
    file = wheel(server, tmp_path)
    server.faults["/files/"] = "404"
    assert wheel_size(RealHost(), file, tmp_path / "c") is None


@fuzzed
@given(st.binary(max_size=400), st.integers(0, 400), st.integers(0, 400))
def test_no_archive_is_too_strange(noise: bytes, start: int, stop: int) -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x-1.0.dist-info/METADATA", b"Name: x\n")
    whole = stream.getvalue()
    metadata_of(BytesIO(whole[:start] + noise + whole[stop:]))
