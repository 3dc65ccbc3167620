"""An interpreter whose archive uv could not fetch, from places that fail; uv has the last word."""

from __future__ import annotations

import hashlib
import os
import sys
import tarfile
from typing import TYPE_CHECKING

import msgspec
import pytest

from laboratory.mirror import Cut, Mirror, Status
from torchup.api.context import Context
from torchup.api.fetching import health
from torchup.api.fetching.pythons import archive_of, hash_in
from torchup.api.mirrors.telling import tell
from torchup.api.stacks.offline import python_for
from torchup.errors import OutsideError
from torchup.host.real import RealHost
from torchup.model.mirror import ChosenMirrors
from torchup.model.mirror import Mirror as Place
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from laboratory.mirror import Fault

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the made-up interpreter's system")

NAME = "cpython-3.14.9+20260101-linux.tar.gz"
PLACE = f"20260101/{NAME}"
MAKERS = "https://github.com/astral-sh/python-build-standalone/releases/download"
"""What uv puts a mirror in the place of (its documentation, UV_PYTHON_INSTALL_MIRROR)."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An interpreter of which uv reads nothing but its settings, and some ballast."""
    made = tmp_path_factory.mktemp("made")
    root, arch = made / "python", os.uname().machine
    library = root / "lib" / "python3.14"
    library.mkdir(parents=True)
    (root / "bin").mkdir()
    settings = library / f"_sysconfigdata__linux_{arch}-linux-gnu.py"
    head = "# system configuration generated and used by the sysconfig module"
    settings.write_text(f'{head}\nbuild_time_vars = {{\n    "A": "b"\n}}\n')
    program = root / "bin" / "python3.14"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    (library / "ballast").write_bytes(os.urandom(400_000))
    with tarfile.open(made / "python.tar.gz", "w:gz") as tar:
        tar.add(root, "python")
    return (made / "python.tar.gz").read_bytes()


@pytest.fixture
def context(tmp_path: Path, archive: bytes, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A session whose uv knows one interpreter alone, and whose places the tests choose."""
    arch = os.uname().machine
    row = {
        "name": "cpython",
        "arch": {"family": arch, "variant": None},
        "os": "linux",
        "libc": "gnu",
        "major": 3,
        "minor": 14,
        "patch": 9,
        "prerelease": "",
        "url": f"{MAKERS}/{PLACE.replace('+', '%2B')}",
        "sha256": hashlib.sha256(archive).hexdigest(),
        "variant": None,
        "build": "20260101",
    }
    table = tmp_path / "table.json"
    table.write_bytes(msgspec.json.encode({f"cpython-3.14.9-linux-{arch}-gnu": row}))
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS_JSON_URL", table.as_uri())
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("UV_PYTHON_INSTALL_MIRROR", raising=False)
    return Context(RealHost(), Home(tmp_path / "home"))


def place(archive: bytes, *faults: Fault, always: Fault | None = None, sums: str = "") -> Mirror:
    digest = hashlib.sha256(archive).hexdigest()
    files = {PLACE: archive, "20260101/SHA256SUMS": f"{sums or digest}  {NAME}\n".encode()}
    return Mirror(files, faults=list(faults), always=always)


def choose(context: Context, *places: Mirror) -> None:
    chosen = (
        Place(kind="python", id="own", name="own", url=one.url, layout="releases") for one in places
    )
    context.mirrors = ChosenMirrors(python=tuple(chosen))
    tell(context)


def got(mirror: Mirror) -> list[int]:
    """From which byte on the archive was sent, each time that some of it was."""
    return [one.start for one in mirror.served if one.name == PLACE and one.sent]


def test_uv_fetches_where_the_network_is_healthy(context: Context, archive: bytes) -> None:
    with place(archive).start() as near:
        choose(context, near)
        found = python_for(context, "uv", "3.14")
        assert found.startswith(str(context.home.pythons))
        assert near.asked.count("20260101/SHA256SUMS") == 0


def test_a_slow_place_is_gone_on_with_and_another_one_takes_over(
    context: Context, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LONGEST_S", 0.0)
    with place(archive).start() as near, place(archive).start() as far:
        near.faults = [Cut(10**9), Cut(10**9), Cut(10**9), Cut(150_000)]
        near.always = Status(404)
        choose(context, near, far)
        found = python_for(context, "uv", "3.14")
    assert found.endswith("python3.14")
    assert got(far) == [150_000]
    left = [one for one in (context.home.cache / "downloads").rglob("*") if one.is_file()]
    assert left == []
    assert list((context.home.cache / "work").iterdir()) == []


def test_what_uv_could_not_fetch_is_fetched_piece_by_piece(
    context: Context, archive: bytes
) -> None:
    with place(archive, always=Cut(100_000)).start() as near:
        choose(context, near)
        assert python_for(context, "uv", "3.14").endswith("python3.14")
    assert {100_000, 200_000} <= set(got(near))


def test_a_wrong_archive_is_never_installed(context: Context, archive: bytes) -> None:
    """Not even where the list of hashes lies along with it."""
    other = bytes(byte ^ 1 for byte in archive)
    digest = hashlib.sha256(other).hexdigest()
    with place(other, sums=digest).start() as near:
        choose(context, near)
        with pytest.raises(OutsideError, match=r"uv\.python-unobtainable"):
            python_for(context, "uv", "3.14")
    assert not list(context.home.pythons.glob("cpython-*"))
    left = [one for one in (context.home.cache / "downloads").rglob("*") if one.is_file()]
    assert left == []


def test_where_no_place_has_it_uv_s_own_word_counts(context: Context, archive: bytes) -> None:
    with place(archive, always=Status(404)).start() as near:
        choose(context, near)
        with pytest.raises(OutsideError, match=r"uv\.python-unobtainable"):
            python_for(context, "uv", "3.14")


def test_an_archive_of_a_list_that_has_no_makers_place_is_left_to_uv(
    context: Context, tmp_path: Path
) -> None:
    table = tmp_path / "table.json"
    table.write_text(table.read_text().replace(MAKERS, "https://elsewhere.example"))
    assert archive_of(context, "3.14") is None


@pytest.mark.parametrize(
    ("line", "digest"),
    [
        (f"{'AB' * 32}  a.tar.gz", "ab" * 32),
        (f"{'ab' * 32} *a.tar.gz", "ab" * 32),
        ("abc  a.tar.gz", ""),
        (f"{'ab' * 32}  b.tar.gz", ""),
        ("<html>", ""),
    ],
)
def test_hashes_are_read_as_sha256sum_writes_them(line: str, digest: str) -> None:
    assert hash_in(f"{'0' * 64}  other\n{line}\n", "a.tar.gz") == digest
