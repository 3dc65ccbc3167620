"""Records of packages as tools leave them, odd ones among them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from madeenvironments import LINE, add_package, make_environment, site_of
from torchup.backends.contents import conda_packages, contents, leaks
from torchup.backends.pylock import hashes, locked_versions, read_packages
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from pathlib import Path

HOST = RealHost()
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out a POSIX environment")


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's leaks in."""
    for name in ("PYTHONPATH", "PYTHONNOUSERSITE", "PYTHONUSERBASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "somebody"))


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    return make_environment(tmp_path, "demo", {})


@pytest.mark.parametrize(
    "said",
    ["", "not json", "[]", "{}", '{"url": 3}', '{"url": "x", "vcs_info": []}', "\udcff", "null"],
)
def test_a_damaged_origin_is_none(environment: Path, said: str) -> None:
    add_package(environment, "odd", "1.0", direct_url="x")
    file = site_of(environment) / "odd-1.0.dist-info" / "direct_url.json"
    file.write_bytes(said.encode("utf-8", "surrogateescape"))
    (one,) = contents(environment, HOST)
    assert (one.name, one.commit, one.editable) == ("odd", "", False)


def test_older_records_count(environment: Path) -> None:
    site = site_of(environment)
    (site / f"Old_Style-1.2-py{LINE}.egg-info").mkdir()
    (site / "distutils_made-0.1.egg-info").write_text("Metadata-Version: 1.0\n")
    (site / "cut_off-1.0.dist-info").mkdir()
    found = {one.name: one.version for one in contents(environment, HOST)}
    assert found == {"old-style": "1.2", "distutils-made": "0.1"}


def test_damaged_records_of_conda_are_passed_over(environment: Path) -> None:
    folder = environment / "conda-meta"
    folder.mkdir()
    (folder / "history").write_text("==> now <==")
    (folder / "a-1-0.json").write_text("{")
    (folder / "b-2-0.json").write_text(json.dumps({"name": "b", "version": "2"}))
    assert [one.name for one in conda_packages(environment, HOST)] == ["b"]


def test_the_users_own_packages_hide_those_of_conda(environment: Path, tmp_path: Path) -> None:
    add_package(environment, "numpy", "1.0", by="conda")
    (environment / "conda-meta").mkdir()
    record = {"name": "numpy", "version": "1.0", "files": []}
    (environment / "conda-meta" / "numpy-1.0-0.json").write_text(json.dumps(record))
    (environment / "pyvenv.cfg").unlink()
    user = tmp_path / "somebody" / ".local" / "lib" / f"python{LINE}" / "site-packages"
    (user / "numpy-2.0.dist-info").mkdir(parents=True)
    (user / "numpy-2.0.dist-info" / "METADATA").write_text("")
    (one,) = leaks(environment, HOST)
    assert (one.name, one.version, one.leak, one.hides) == ("numpy", "2.0", "user", True)


def test_a_closed_environment_lets_nothing_in(environment: Path, tmp_path: Path) -> None:
    user = tmp_path / "somebody" / ".local" / "lib" / f"python{LINE}" / "site-packages"
    (user / "stray-2.0.dist-info").mkdir(parents=True)
    (user / "stray-2.0.dist-info" / "METADATA").write_text("")
    assert leaks(environment, HOST) == ()


@pytest.mark.parametrize("lock", [b"", b"\xff", b"packages = 3", b"[[packages]]\nx = 1", b"= ="])
def test_what_is_no_lock(lock: bytes) -> None:
    assert read_packages(lock) is None
    assert locked_versions(lock) is None
    assert hashes(lock) == {}


def test_hashes_that_are_none() -> None:
    lock = b'[[packages]]\nname = "a"\nwheels = 3\nsdist = []\narchive = { hashes = 1 }'
    assert hashes(lock) == {"a": ()}


def test_a_lock_gives_every_hash_of_a_package() -> None:
    lock = b"""
[[packages]]
name = "A_B"
version = "1"
wheels = [{ url = "x", hashes = { sha256 = "aa" } }, { url = "y", hashes = { sha256 = "bb" } }]
sdist = { url = "z", hashes = { sha256 = "cc" } }

[[packages]]
name = "local"
directory = { path = "." }
"""
    assert locked_versions(lock) == {"a-b": "1", "local": ""}
    assert hashes(lock) == {"a-b": ("sha256:aa", "sha256:bb", "sha256:cc"), "local": ()}
