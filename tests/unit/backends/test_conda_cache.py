"""Which entries of conda's cache are damaged."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.anaconda import add_to_cache
from torchup.backends.conda_cache import damaged, drop, drop_unopenable, entries

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the layout is a Unix one")

FILE = "lib/some/file.py"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    for name in ("good-1.0-0", "bad-2.0-h1_3"):
        add_to_cache(tmp_path, name, {FILE: "x = 1\n"})
    return tmp_path


def found(cache: Path, *, thorough: bool = False) -> dict[str, str]:
    return {one.name: one.why for one in damaged(cache, thorough=thorough)}


def test_what_is_whole_is_not_named(cache: Path) -> None:
    assert sorted(entries(cache)) == ["bad-2.0-h1_3", "good-1.0-0"]
    assert found(cache, thorough=True) == {}


@pytest.mark.parametrize(
    ("data", "why"), [(None, "missing"), ("x", "size"), ("x = 2\n", "content")]
)
def test_a_file_that_is_not_the_listed_one(cache: Path, data: str | None, why: str) -> None:
    file = cache / "bad-2.0-h1_3" / FILE
    file.unlink()
    if data is not None:
        file.write_text(data)
    assert found(cache, thorough=True) == {"bad-2.0-h1_3": why}
    assert found(cache) == ({} if why == "content" else {"bad-2.0-h1_3": why})


def test_dropping_one_leaves_the_others(cache: Path) -> None:
    drop(cache, "bad-2.0-h1_3")
    assert [one.name for one in sorted(cache.iterdir())] == ["good-1.0-0", "good-1.0-0.conda"]
    drop(cache, "bad-2.0-h1_3")


@pytest.mark.parametrize("where", ["info/paths.json", "info/index.json", "info", ".lock"])
def test_an_entry_with_a_pipe_in_it_goes_and_no_other(cache: Path, where: str) -> None:
    """A pipe for a file keeps rattler waiting for ever."""
    place = cache / ("bad-2.0-h1_3.lock" if where == ".lock" else f"bad-2.0-h1_3/{where}")
    if place.is_dir():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)
    os.mkfifo(place)
    drop_unopenable(cache, ["good-1.0-0", "bad-2.0-h1_3", "not-there-1-0", ""])
    assert not place.exists()
    assert found(cache, thorough=True) == {}
    assert list(entries(cache)) == ["bad-2.0-h1_3", "good-1.0-0"][where != ".lock" :]


def test_a_name_that_leads_out_of_the_cache_is_left_alone(cache: Path) -> None:
    inside = cache / "inner"
    inside.mkdir()
    (cache / "good-1.0-0" / "info" / "paths.json").unlink()
    os.mkfifo(cache / "good-1.0-0" / "info" / "paths.json")
    drop_unopenable(inside, ["../good-1.0-0"])
    assert (cache / "good-1.0-0").is_dir()


def test_an_archive_alone(tmp_path: Path) -> None:
    (tmp_path / "a-1-0.conda").write_bytes(b"half")
    (tmp_path / "b-1-0.tar.bz2").write_bytes(b"BZh9rest")
    (tmp_path / "urls.txt").touch()
    assert found(tmp_path) == {"a-1-0": "archive"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.binary(max_size=80), which=st.sampled_from(["index.json", "paths.json"]))
def test_spoiled_records_are_damage_and_no_error(cache: Path, data: bytes, which: str) -> None:
    (cache / "bad-2.0-h1_3" / "info" / which).write_bytes(data)
    assert set(found(cache, thorough=True).values()) <= {"cut-off", "missing", "size", "content"}
    assert "good-1.0-0" not in found(cache)
