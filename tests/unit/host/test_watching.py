from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchup.early import EarlyHost, ask_again, lasting, stamps, unchanged
from torchup.errors import OutsideError
from torchup.host import watching
from torchup.host.watching import WatchingHost
from torchup.probe.hardware import parse_cpuinfo, parse_meminfo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files that were written a moment ago count as old."""
    monkeypatch.setattr(watching, "_SETTLED", -(10**18))


@pytest.mark.usefixtures("at_once")
def test_what_was_looked_at_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHUP_TRIED", "yes")
    file, none = tmp_path / "file", tmp_path / "none"
    file.write_bytes(b"one")
    host = WatchingHost()
    assert host.read(str(file)) == b"one"
    assert host.modified(str(none)) is None
    assert host.listdir(str(tmp_path)) == ("file",)
    assert host.env("TORCHUP_TRIED") == "yes"
    assert host.files == {
        str(file): stamps([str(file)]),
        str(none): [],
        str(tmp_path): stamps([str(tmp_path)]),
    }
    assert host.variables == {"TORCHUP_TRIED": "yes"}
    assert host.settled


def test_what_has_just_been_written_may_change_without_a_trace(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"one")
    host = WatchingHost()
    host.read(str(tmp_path / "file"))
    assert not host.settled


@pytest.mark.usefixtures("at_once")
def test_what_changes_while_it_is_looked_at_is_noted_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"one")
    host = WatchingHost()
    host.read(str(file))
    time.sleep(0.02)
    file.write_bytes(b"other")
    host.read(str(file))
    assert host.files[str(file)] != stamps([str(file)])


@pytest.mark.usefixtures("at_once")
def test_where_one_stands_is_a_part_of_the_question() -> None:
    host = WatchingHost()
    assert host.real_path(".")
    assert host.settled


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    "ask",
    [
        lambda host: host.now(),
        lambda host: host.room("."),
        lambda host: host.may_write("."),
        lambda host: host.run((sys.executable, "-I", "-c", "pass")),
        lambda host: host.modified("/proc/self"),
        lambda host: host.is_executable("/proc/self/exe"),
    ],
)
def test_what_no_file_tells_is_not_settled(ask: Callable[[WatchingHost], object]) -> None:
    host = WatchingHost()
    ask(host)
    assert not host.settled


def _rewritten(file: Path) -> None:
    kept = file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(kept.st_atime_ns, kept.st_mtime_ns))


def _replaced(file: Path) -> None:
    kept, other = file.stat(), file.with_name("other")
    other.write_bytes(b"two")
    os.utime(other, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    other.replace(file)


@pytest.mark.parametrize("change", [_rewritten, _replaced, lambda file: file.chmod(0o755)])
def test_a_stamp_tells_changes_that_hide_behind_an_old_time(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"one")
    before = stamps([str(file)])
    time.sleep(0.02)  # longer than a tick of the file system's clock
    change(file)
    assert stamps([str(file)]) != before


@pytest.mark.usefixtures("at_once")
def test_a_program_that_comes_before_another_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / "first", tmp_path / "second", tmp_path / "third"]
    for folder in folders:
        folder.mkdir()
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))
    found = folders[1] / "tried"
    found.touch(mode=0o755)
    host = WatchingHost()
    assert host.which("tried") == str(found)
    assert [bool(host.files[str(folder / "tried")]) for folder in folders[:2]] == [False, True]
    assert host.variables["PATH"]
    assert host.settled


@pytest.mark.usefixtures("at_once")
@pytest.mark.skipif(sys.platform == "win32", reason="links need permission there")
def test_where_a_link_leads_is_asked_again(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    link = tmp_path / "link"
    link.symlink_to("one")
    host = WatchingHost()
    assert host.real_path(str(link)) == str(tmp_path / "one")
    assert host.settled
    link.unlink()
    link.symlink_to("two")
    assert ask_again(EarlyHost(), "link", str(link)) != host.again["link"][str(link)]
    host.real_path(str(link))
    assert not host.settled  # one answer holds both


@pytest.mark.usefixtures("at_once")
def test_a_page_on_a_disk_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"one")
    host = WatchingHost()
    assert host.fetch(tmp_path.as_uri()).body == b"one"
    assert host.files[str(tmp_path / "index.html")] == stamps([str(tmp_path / "index.html")])
    assert host.fetch((tmp_path / "none").as_uri()).status == 404
    assert host.files[str(tmp_path / "none")] == []
    assert host.settled


def test_what_rests_on_the_time_holds_as_long_as_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1000.0)
    host, other = WatchingHost(), WatchingHost()
    assert not host.during
    assert host.within(900, 1100)
    assert host.within(950, 1200)
    assert other.within(800, 1050)
    host.join(other)
    assert host.settled
    assert host.notes()["during"] == (950, 1050)
    for now, holds in ((949.0, False), (1000.0, True), (1050.0, False)):
        monkeypatch.setattr(time, "time", lambda now=now: now)
        assert unchanged(EarlyHost(), host.notes()) is holds


def test_what_holds_no_longer_is_asked_for_anew() -> None:
    host = WatchingHost()
    assert not host.within(0, 1)
    assert not host.settled


def test_a_server_is_asked_anew() -> None:
    host = WatchingHost()
    with suppress(OutsideError):
        host.fetch("http://127.0.0.1:9/")
    assert not host.settled


@pytest.mark.usefixtures("at_once")
@pytest.mark.skipif(sys.platform != "linux", reason="Linux makes such files up")
@pytest.mark.parametrize("path", ["/proc/cpuinfo", "/proc/meminfo", "/proc/version"])
def test_what_is_made_up_at_each_look_counts_as_far_as_it_lasts(path: str) -> None:
    host = WatchingHost()
    data = host.read(path)
    assert data
    assert ask_again(EarlyHost(), "content", path) == host.again["content"][path]
    assert host.again["content"][path] == data.decode("latin-1")
    assert not host.files
    assert host.settled


@pytest.mark.usefixtures("at_once")
@pytest.mark.skipif(sys.platform != "linux", reason="Linux makes such folders up")
def test_folders_that_are_made_up_are_asked_for_their_names() -> None:
    host = WatchingHost()
    names = host.listdir("/sys/bus")
    assert host.is_dir("/proc/self")
    assert not host.is_dir("/proc/none")
    assert host.modified("/proc/none") is None
    assert host.again == {
        "names": {"/sys/bus": list(names)},
        "folder": {"/proc/self": True, "/proc/none": False},
    }
    assert ask_again(EarlyHost(), "names", "/sys/bus") == list(names)
    assert host.settled


def _processor(number: int, clock: float) -> str:
    return (
        f"processor\t: {number}\nmodel name\t: Made Up 9000\ncpu MHz\t\t: {clock}\n"
        f"flags\t\t: fpu avx avx2\ncore id\t\t: {number}\n\n"
    )


@given(
    clocks=st.lists(st.floats(400, 6000), min_size=1, max_size=40),
    others=st.floats(400, 6000),
    tail=st.sampled_from(["", "Hardware\t: BCM2835\nModel\t\t: Raspberry Pi 4\n"]),
)
def test_processors_are_read_the_same_but_for_their_clocks(
    clocks: list[float], others: float, tail: str
) -> None:
    def told(clocks: list[float]) -> bytes:
        return ("".join(map(_processor, range(len(clocks)), clocks)) + tail).encode()

    whole = told(clocks)
    left = lasting("/proc/cpuinfo", whole)
    assert parse_cpuinfo(left.decode()) == parse_cpuinfo(whole.decode())
    assert left == lasting("/proc/cpuinfo", told([others] * len(clocks)))
    assert left != lasting("/proc/cpuinfo", told([*clocks, others]))
    assert left != lasting("/proc/cpuinfo", whole.replace(b"avx2", b"avx512f"))


def test_only_how_much_memory_there_is_lasts() -> None:
    told = b"MemTotal:       24684084 kB\nMemFree:        13029112 kB\nMemAvailable:   1 kB\n"
    left = lasting("/proc/meminfo", told)
    assert parse_meminfo(left.decode()) == parse_meminfo(told.decode())
    assert parse_meminfo(left.decode(), "MemAvailable") is None  # unknown, and never stale
