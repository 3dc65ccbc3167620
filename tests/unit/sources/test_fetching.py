"""Fetching from places that fail: another way succeeds, or one error says what is wrong."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from laboratory.mirror import (
    CERTIFICATES,
    Cut,
    Fault,
    Hang,
    Length,
    Mirror,
    Packed,
    Page,
    Round,
    Shifted,
    Spoilt,
    Status,
    Whole,
)
from laboratory.proxy import Proxy
from laboratory.schedules import NoWaiting, run_schedule
from torchup.errors import OutsideError
from torchup.host import Room
from torchup.host.real import RealHost
from torchup.sources.fetching import Fetching, WantedFile
from torchup.words import Words, load_words

if TYPE_CHECKING:
    from pathlib import Path

DATA = os.urandom(150_000)
HASH = sha256(DATA).hexdigest()
FILE = "torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl"


def wanted(*mirrors: Mirror, sha256: str = HASH, size: int | None = len(DATA)) -> WantedFile:
    urls = tuple(one.address(FILE) for one in mirrors)
    return WantedFile(name=FILE, urls=urls, sha256=sha256, size=size, package="torch")


def fetch(folder: Path, file: WantedFile, *, host: RealHost | None = None) -> bytes:
    waiting = NoWaiting()
    fetching = Fetching(host or RealHost(), folder, _silent, waiting=waiting, timeout=0.3)
    return fetching.fetch([file])[file.key].read_bytes()


def _silent(_name: str, _done: int, _total: int) -> None:
    """Show nothing."""


def mirror(*faults: Fault, always: Fault | None = None, ranges: bool = True) -> Mirror:
    return Mirror({FILE: DATA}, faults=list(faults), always=always, ranges=ranges)


PASSING = [
    Cut(0),
    Cut(70_001),
    Status(500),
    Status(503, "3"),
    Status(429, "Fri, 31 Dec 1999 23:59:59 GMT"),
    Hang(0.5, 40_000),
]
LASTING = [
    Status(404),
    Status(403),
    Status(401),
    Spoilt(),
    Length(9),
    Length(-9),
    Round(),
    Page(),
    Packed(),
]


@pytest.mark.parametrize("fault", PASSING, ids=repr)
def test_one_place_that_fails_for_a_while_is_gone_on_with(fault: Fault, tmp_path: Path) -> None:
    with mirror(fault, fault).start() as only:
        assert fetch(tmp_path, wanted(only)) == DATA
    starts = [one.start for one in only.served if one.sent]
    assert starts == sorted(starts)
    assert only.bytes_of(FILE) <= len(DATA) + 4096  # the bodies of refusals


@pytest.mark.parametrize("fault", [*PASSING, *LASTING], ids=repr)
def test_another_place_takes_over(fault: Fault, tmp_path: Path) -> None:
    with mirror(always=fault).start() as bad, mirror().start() as good:
        assert fetch(tmp_path, wanted(bad, good)) == DATA


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (Status(404), "download.failed", "HTTP 404"),
        (Status(401), "download.login", "HTTP 401"),
        (Status(503, "600"), "download.failed", "HTTP 503"),
        (Spoilt(), "download.hash", "hash"),
        (Length(9), "download.failed", "length"),
        (Page(), "download.failed", "length"),
        (Round(), "download.failed", "address to the next"),
        (Packed(), "download.failed", "form"),
        (Cut(0), "download.failed", "broke off|reset|aborted"),
        (Hang(0.5), "download.failed", "0.3 s|broke off|reset"),
    ],
    ids=repr,
)
def test_the_only_place_that_never_gives_it_is_one_error(
    fault: Fault, code: str, said: str, tmp_path: Path
) -> None:
    with mirror(always=fault).start() as only, pytest.raises(OutsideError, match=code) as caught:
        fetch(tmp_path, wanted(only))
    error = caught.value
    worded = Words().say(error.code, error.details)
    assert any(one in worded for one in said.split("|")), worded
    assert FILE in worded
    assert load_words("zh_CN").say(error.code, error.details)
    assert not list(tmp_path.rglob("*.whl"))


def test_half_of_it_from_one_and_half_from_another(tmp_path: Path) -> None:
    with mirror(Cut(60_000), always=Status(404)).start() as one, mirror().start() as other:
        assert fetch(tmp_path, wanted(one, other)) == DATA
    assert [(s.start, s.sent) for s in other.served] == [(60_000, len(DATA) - 60_000)]


def test_a_crash_loses_nothing(tmp_path: Path) -> None:
    with mirror(Cut(100_000), always=Status(404)).start() as one, pytest.raises(OutsideError):
        fetch(tmp_path, wanted(one))
    with mirror().start() as later:
        assert fetch(tmp_path, wanted(later)) == DATA
    assert later.served[0].start == 100_000


def test_what_two_places_sent_together_is_wrong_so_each_is_tried_alone(tmp_path: Path) -> None:
    spoils = Mirror({FILE: b"\0" * len(DATA)}, faults=[Cut(50_000)], always=None)
    with spoils.start() as bad, mirror().start() as good:
        assert fetch(tmp_path, wanted(bad, good)) == DATA
    assert not list(tmp_path.rglob("*.part"))


def test_a_place_without_ranges_begins_again_only_where_nobody_else_is_left(
    tmp_path: Path,
) -> None:
    with mirror(Cut(50_000), ranges=False).start() as plain, mirror().start() as good:
        assert fetch(tmp_path, wanted(plain, good)) == DATA
        assert good.served[0].start == 50_000
    with mirror(Cut(50_000), Cut(20_000), ranges=False).start() as only:
        assert fetch(tmp_path / "2", wanted(only)) == DATA


@pytest.mark.parametrize("fault", [Whole(), Shifted()], ids=repr)
def test_another_range_than_was_asked_for_is_never_joined_on(fault: Fault, tmp_path: Path) -> None:
    with mirror(Cut(50_000), always=fault).start() as odd, mirror().start() as good:
        assert fetch(tmp_path, wanted(odd, good)) == DATA


def test_without_a_hash_a_file_comes_from_one_place(tmp_path: Path) -> None:
    other = Mirror({FILE: DATA[::-1]})
    with mirror(Cut(50_000), always=Status(404)).start() as one, other.start() as two:
        assert fetch(tmp_path, wanted(one, two, sha256="")) == DATA[::-1]


def test_two_files_of_one_name_do_not_meet(tmp_path: Path) -> None:
    with mirror().start() as one, Mirror({FILE: b"other"}).start() as two:
        file = wanted(two, sha256=sha256(b"other").hexdigest(), size=5)
        found = Fetching(RealHost(), tmp_path, _silent).fetch([wanted(one), file])
    assert [path.read_bytes() for path in found.values()] == [DATA, b"other"]


@pytest.mark.parametrize("certificate", ["own", "expired"])
def test_a_certificate_that_is_not_trusted_is_one_error(certificate: str, tmp_path: Path) -> None:
    server = Mirror({FILE: DATA}, certificate=certificate)
    with server.start() as only, pytest.raises(OutsideError, match=r"download\.tls") as caught:
        fetch(tmp_path, wanted(only))
    assert "SSL_CERT_FILE" in Words().say("download.tls.hint", caught.value.details)
    assert only.bytes_of(FILE) == 0


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"])
def test_certificates_that_are_named_are_trusted(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(CERTIFICATES / "own.crt"))
    with Mirror({FILE: DATA}, certificate="own").start() as only:
        assert fetch(tmp_path, wanted(only)) == DATA


@pytest.mark.parametrize("certificate", ["", "own"])
def test_a_proxy_with_a_password(
    certificate: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "own.crt"))
    server = Mirror({FILE: DATA}, certificate=certificate)
    with Proxy(login="ada:p@ss word").start() as proxy, server.start() as only:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy.address("ada:p%40ss%20word"))
        assert fetch(tmp_path / "1", wanted(only)) == DATA
        assert proxy.passed
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy.address("ada:hunter2"))
        with pytest.raises(OutsideError, match=r"download\.proxy-login") as caught:
            fetch(tmp_path / "2", wanted(only))
        assert "hunter2" not in str(caught.value)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert fetch(tmp_path / "3", wanted(only)) == DATA


def test_a_login_in_an_address_is_never_told(tmp_path: Path) -> None:
    with mirror(always=Status(401)).start() as only:
        url = only.address(FILE).replace("//", "//ada:hunter2@", 1)
        file = WantedFile(name=FILE, urls=(url,), sha256=HASH)
        with pytest.raises(OutsideError, match=r"download\.login") as caught:
            fetch(tmp_path, file)
    assert "hunter2" not in str(caught.value)
    assert not any(b"hunter2" in one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())


def test_a_login_in_netrc_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from indexserver import IndexServer, make_wheel

    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password hunter2\n")
    netrc.chmod(0o600)
    make_wheel(tmp_path / "simple", "torch", "2.13.0")
    with IndexServer(tmp_path, login="ada:hunter2").start() as server:
        assert RealHost().fetch(f"{server.index()}/torch/").status == 401
        monkeypatch.setenv("NETRC", str(netrc))
        assert RealHost().fetch(f"{server.index()}/torch/").status == 200


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux's")  # noqa: PTH110
def test_a_disk_that_fills_up_meanwhile_is_no_fault_of_the_network(tmp_path: Path) -> None:
    (tmp_path / f"{HASH}.part").symlink_to("/dev/full")
    with mirror().start() as only, pytest.raises(OutsideError, match=r"download\.disk-full"):
        fetch(tmp_path, wanted(only))
    assert len(only.asked) == 1


def test_a_full_disk_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    class Full(RealHost):
        def room(self, path: str) -> Room:
            del path
            return Room(free=1000, total=10**12)

    with mirror().start() as only, pytest.raises(OutsideError, match=r"download\.no-room"):
        fetch(tmp_path, wanted(only), host=Full())
    assert not only.served


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("in the way")
    with mirror().start() as only, pytest.raises(OutsideError, match=r"download\.unwritable"):
        fetch(place / "folder", wanted(only))


@pytest.mark.parametrize("seed", range(15))
def test_random_faults(seed: int, tmp_path: Path) -> None:
    outcome = run_schedule(seed, tmp_path)
    assert outcome.fetched == outcome.good
    assert outcome.left == []
    assert outcome.asked_again == 0
    assert outcome.fetched, outcome.error
