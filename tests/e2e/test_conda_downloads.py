"""conda's packages from mirrors that fail: gone on with after a break, a crash, elsewhere."""

from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from cli.process import DEAD, Torchup
from condachannels import make_forge
from condamaker import index, make_package
from errors_of import said
from indexserver import IndexServer
from laboratory.mirror import Mirror
from torchup.errors import EXIT_DONE, EXIT_OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexserver import Fault

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
        reason="the local channels have packages for Linux",
    ),
]

CREATE = ("create", "work", "--backend", "conda", "--no-verify", "--json")
PYTORCH: Final = "/pytorch-2.13.0-"
BALLAST: Final = 66 * 2**20
"""Bytes of a package that is large enough for the network to be looked at beforehand."""
RATE: Final = 400_000
"""Bytes a second at which that one would take longer than two minutes."""


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("channels")
    make_forge(root)
    return root


@pytest.fixture
def near(channel: Path) -> Iterator[IndexServer]:
    with IndexServer(channel).start() as server:
        yield server


@pytest.fixture
def far(channel: Path) -> Iterator[IndexServer]:
    with IndexServer(channel).start() as server:
        yield server


def machine(root: Path, *mirrors: str) -> Torchup:
    """A machine that chose mirrors of conda's, and knows no other place to wait for."""
    torchup = Torchup(root, HTTPS_PROXY=DEAD)
    (root / ".condarc").write_text(f"channel_alias: {mirrors[0]}\n")
    choose(torchup, *mirrors)
    return torchup


def choose(torchup: Torchup, *mirrors: str) -> None:
    torchup.config.parent.mkdir(parents=True, exist_ok=True)
    torchup.config.write_text(f'[mirror]\nconda = "{" ".join(mirrors)}"\n')


@pytest.fixture
def both(near: IndexServer, far: IndexServer, tmp_path: Path) -> Torchup:
    return machine(tmp_path, f"{near.url}/files", f"{far.url}/files")


def fetched(torchup: Torchup) -> list[Path]:
    folder = torchup.home / "cache" / "downloads"
    return [one for one in folder.rglob("*") if one.suffix in {".conda", ".part", ".bz2"}]


def record(torchup: Torchup, name: str) -> dict[str, Any]:
    folder = torchup.home / "envs" / "work" / "conda-meta"
    found: dict[str, Any] = json.loads(next(folder.glob(f"{name}-*.json")).read_text())
    return found


def test_the_next_mirror_takes_over_half_way(
    both: Torchup, near: IndexServer, far: IndexServer
) -> None:
    near.faults[PYTORCH] = "truncated"
    done = both(*CREATE)
    assert done.code == EXIT_DONE, done
    (got,) = [one for one in far.asked(PYTORCH, "GET") if "repodata" not in one.path]
    assert got.headers["range"].startswith("bytes=")
    assert got.headers["range"] != "bytes=0-"
    assert both("run", "work", "--", "python", "-c", "import torch").code == EXIT_DONE
    # It is from its channel, wherever it was fetched from, and is kept by rattler alone.
    torch = record(both, "pytorch")
    assert torch["url"].startswith(f"{near.url}/files/conda-forge/")
    assert torch["channel"].startswith(f"{near.url}/files/conda-forge")
    assert "file:" not in json.dumps(torch)
    assert fetched(both) == []
    asked = len(near.asked()) + len(far.asked())
    again = both("create", "again", *CREATE[2:], "--offline")
    assert again.code == EXIT_DONE, again
    assert len(near.asked()) + len(far.asked()) == asked


def test_a_clone_fetches_again_what_the_cache_has_no_longer(
    both: Torchup, near: IndexServer, far: IndexServer
) -> None:
    assert both(*CREATE).code == EXIT_DONE
    shutil.rmtree(both.home / "cache" / "conda" / "pkgs")
    offline = both("clone", "work", "copy", "--offline", "--json")
    assert (offline.code, offline.error["code"]) == (EXIT_OUTSIDE, "conda.offline-missing")
    near.faults[PYTORCH] = "truncated"
    done = both("clone", "work", "copy", "--json")
    assert done.code == EXIT_DONE, done
    assert far.asked(PYTORCH, "GET")[-1].headers["range"] != "bytes=0-"
    old = record(both, "pytorch")
    folder = both.home / "envs" / "copy" / "conda-meta"
    new = json.loads(next(folder.glob("pytorch-2.13.0-*.json")).read_text())
    for key in ("url", "channel", "requested_spec", "sha256", "files", "depends"):
        assert new[key] == old[key], key
    assert both("run", "copy", "--", "python", "-c", "import torch").code == EXIT_DONE
    assert fetched(both) == []


@pytest.mark.parametrize("fault", ["404", "503", "spoilt"])
def test_a_package_that_the_mirror_will_not_give(
    fault: Fault, both: Torchup, near: IndexServer
) -> None:
    near.faults[PYTORCH] = fault
    done = both(*CREATE)
    assert done.code == EXIT_DONE, done
    assert both("run", "work", "--", "python", "-c", "import torch").code == EXIT_DONE


def test_an_environment_that_is_changed_while_a_mirror_fails(
    both: Torchup, near: IndexServer
) -> None:
    assert both(*CREATE).code == EXIT_DONE
    near.faults["/tabulate-"] = "truncated"
    done = both("add", "-n", "work", "tabulate", "--no-verify")
    assert done.code == EXIT_DONE, done
    assert record(both, "tabulate")["url"].startswith(near.url)
    assert both("run", "work", "--", "tabulate").out == "a table\n"


def test_every_mirror_fails_with_one_error_that_names_the_file(
    both: Torchup, near: IndexServer, far: IndexServer
) -> None:
    for one in (near, far):
        one.faults[PYTORCH] = "spoilt"
    done = both(*CREATE)
    assert done.code == EXIT_OUTSIDE
    assert done.error["code"] == "download.hash"
    assert "pytorch-2.13.0" in done.error["message"]
    assert both.left() == []


def test_a_token_in_a_channel_s_address_is_never_shown_or_kept(
    channel: Path, tmp_path: Path
) -> None:
    files = {f"t/hush-hush/{name}": data for name, data in files_of(channel).items()}
    lacking = {name: data for name, data in files.items() if PYTORCH not in name}
    with Mirror(dict(lacking)).start() as near, Mirror(dict(lacking)).start() as far:
        torchup = machine(tmp_path, f"{near.url}/t/hush-hush", f"{far.url}/t/hush-hush")
        done = torchup(*CREATE)
        assert done.code == EXIT_OUTSIDE, done
        said(done, without="hush-hush")
        far.files = files
        done = torchup(*CREATE)
        assert done.code == EXIT_DONE, done
        said(done, without="hush-hush")
        assert any(PYTORCH in one for one in far.asked)
    kept = [one for one in torchup.home.rglob("*") if one.is_file() and not one.is_symlink()]
    listings = torchup.home / "cache" / "conda" / "channels"
    others = [one for one in kept if listings not in one.parents]
    assert not [one for one in others if b"hush-hush" in one.read_bytes()]


def files_of(channel: Path) -> dict[str, bytes]:
    forge = channel / "conda-forge"
    found = [one for one in forge.rglob("*") if one.is_file()]
    return {one.relative_to(channel).as_posix(): one.read_bytes() for one in found}


@contextmanager
def heavy(channel: Path, rate: int = 0) -> Iterator[Mirror]:
    """A mirror of the channel, with a large package in it."""
    forge = channel / "conda-forge"
    if not list(forge.rglob("ballast-*")):
        make_package(forge, "ballast", "1.0", files={"share/ballast": os.urandom(BALLAST)})
        index(forge)
    with Mirror(files_of(channel), rate=rate).start() as mirror:
        yield mirror


def test_what_came_before_a_crash_is_not_fetched_again(channel: Path, tmp_path: Path) -> None:
    with heavy(channel, RATE) as slow, heavy(channel) as fast:
        torchup = machine(tmp_path, slow.url, fast.url)
        begun = torchup.start(*CREATE, "ballast")
        part = torchup.home / "cache" / "downloads"
        for _ in range(600):
            if any(one.stat().st_size > 2**20 for one in part.glob("*.part")):
                break
            assert begun.poll() is None, begun.communicate()
            time.sleep(0.05)
        os.killpg(begun.pid, signal.SIGKILL)
        begun.communicate()
        there = sum(one.stat().st_size for one in part.glob("*.part"))
        assert there > 2**20
        choose(torchup, fast.url)
        done = torchup(*CREATE, "ballast", "--offline")
        assert done.code == EXIT_OUTSIDE, done
        done = torchup(*CREATE, "ballast")
        assert done.code == EXIT_DONE, done
    (ballast,) = [one for one in fast.served if one.name.endswith("ballast-1.0-0.conda")]
    assert ballast.start == there
    assert (torchup.home / "envs" / "work" / "share" / "ballast").stat().st_size == BALLAST
    assert fetched(torchup) == []


def test_without_a_network_each_missing_file_is_named_with_its_size(
    both: Torchup, near: IndexServer
) -> None:
    """What installs from conda's cache and pip's, one of whose files went missing each."""
    assert both(*CREATE, "tabulate").code == EXIT_DONE
    lock = both("lock", "work", "-o", "pylock.toml")
    assert lock.code == EXIT_DONE, lock
    cache = both.home / "cache" / "conda" / "pkgs"
    (entry,) = cache.glob("tabulate-*.lock")
    entry.unlink()
    near.requests.clear()
    done = both("sync", "pylock.toml", "-n", "other", "--offline", "--no-verify", "--json")
    assert done.code == EXIT_OUTSIDE, done
    assert done.error["code"] == "offline.missing", done
    assert "tabulate-0.9.0-pyh3_0.conda" in done.error["message"]
    assert "pytorch" not in done.error["message"]
    assert "--backend conda" in done.error["hint"]
    assert near.requests == []
