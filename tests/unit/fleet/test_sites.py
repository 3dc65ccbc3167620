"""What hosts' shells do with bundles, and who of a site is asked."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from launchers import PROGRAMS
from torchup.api.context import Context
from torchup.fleet.ansible import Answer
from torchup.fleet.inventory import find_inventory
from torchup.fleet.kept import HostState, write_state
from torchup.fleet.sites.lines import FILE, SENT, drop_line, fetch_line, keep_line, look_line
from torchup.fleet.sites.places import (
    Place,
    command_of,
    place_of,
    seeds_of,
    settled,
)
from torchup.fleet.sites.spreading import Spreading
from torchup.host.real import RealHost
from torchup.model import Text
from torchup.model.fleet import Applied
from torchup.state.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="hosts have a POSIX shell")
CONTENT = b"a bundle" * 50_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Shell:
    """A shell with a home of its own."""

    def __init__(self, root: Path, *programs: str) -> None:
        self.root = root
        self.folder = root / "fleet" / "bundles" / DIGEST
        path = root / "bin"
        path.mkdir()
        for name in (*PROGRAMS, "mv", "df", "ls", "rmdir", *programs):
            # The first python3 of a search path may be a script of pyenv's, which needs bash.
            found = sys.executable if name == "python3" else shutil.which(name)
            assert found, name
            (path / name).symlink_to(found)
        self.env = {"PATH": str(path), "HOME": str(root), "TORCHUP_FLEET_DIR": str(root / "fleet")}

    def run(self, line: str, **more: str) -> str:
        argv = [shutil.which("sh") or "", "-c", line]
        env = {**self.env, **more}
        return subprocess.run(argv, env=env, capture_output=True, text=True, check=True).stdout

    def looked(self, **more: str) -> Place | None:
        given = {"site": "", "address": "", "port": "", **more}
        set_ = "".join(f"{name}='{value}'; " for name, value in given.items())
        out = self.run(set_ + look_line(DIGEST), SSH_CONNECTION="192.0.2.1 5 192.0.2.7 22")
        return place_of(Answer(host="h", state="ok", out=out))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / FILE).write_bytes(CONTENT)
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/{FILE}"
        server.shutdown()


def test_a_host_says_where_it_would_lie(tmp_path: Path) -> None:
    host = Shell(tmp_path)
    found = host.looked(site="north wing", port="8770")
    assert found is not None
    assert (found.path, found.site, found.address) == (str(host.folder), "north wing", "192.0.2.7")
    assert (found.port, found.there) == (8770, False)
    assert found.room is not None
    assert found.room > 0
    (host.folder / FILE).write_bytes(CONTENT)
    again = host.looked(address="10.0.0.7")
    assert again is not None
    assert (again.there, again.address) == (True, "10.0.0.7")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes anywhere")
def test_a_host_where_nothing_can_be_written(tmp_path: Path) -> None:
    host = Shell(tmp_path)
    tmp_path.chmod(0o500)
    assert host.looked() is None
    tmp_path.chmod(0o700)


def test_what_was_sent_is_kept_or_removed(tmp_path: Path) -> None:
    host = Shell(tmp_path)
    host.looked()
    (host.folder / SENT).write_bytes(CONTENT[:-1])
    assert "@torchup@ damaged" in host.run(keep_line(DIGEST))
    assert not list(host.folder.iterdir())
    (host.folder / SENT).write_bytes(CONTENT)
    assert "@torchup@ kept" in host.run(keep_line(DIGEST))
    assert (host.folder / FILE).read_bytes() == CONTENT
    host.run(drop_line(DIGEST))
    assert not host.folder.parent.exists()


@pytest.mark.parametrize("program", ["curl", "wget", "python3"])
def test_it_is_taken_with_whatever_is_there(program: str, served: str, tmp_path: Path) -> None:
    if not shutil.which(program):
        pytest.skip(f"no {program} here")
    (tmp_path / "host").mkdir()
    host = Shell(tmp_path / "host", program)
    host.looked()
    assert "@torchup@ kept" in host.run(fetch_line(DIGEST, served), http_proxy="http://192.0.2.1:9")
    assert (host.folder / FILE).read_bytes() == CONTENT


@pytest.mark.parametrize("there", [CONTENT[:1000], CONTENT, b"something else" * 50_000])
def test_what_came_before_is_no_hindrance(there: bytes, served: str, tmp_path: Path) -> None:
    (tmp_path / "host").mkdir()
    host = Shell(tmp_path / "host", "curl")
    host.looked()
    (host.folder / SENT).write_bytes(there)
    out = host.run(fetch_line(DIGEST, served))
    if "kept" not in out:  # a wrong beginning was removed; the next time it is whole
        assert not (host.folder / SENT).exists()
        out = host.run(fetch_line(DIGEST, served))
    assert "@torchup@ kept" in out


def test_nobody_serves(tmp_path: Path) -> None:
    host = Shell(tmp_path, "curl")
    host.looked()
    out = host.run(fetch_line(DIGEST, f"http://127.0.0.1:9/{FILE}"))
    assert "kept" not in out
    assert not list(host.folder.iterdir())


def place(host: str, site: str, *, there: bool = False) -> Place:
    return Place(host=host, path="/b", site=site, there=there)


def test_the_seed_is_the_first_or_one_that_has_it() -> None:
    hosts = [place("a", "n"), place("b", "n", there=True), place("c", "n", there=True)]
    hosts += [place("d", "s"), place("e", ""), place("f", "")]
    assert seeds_of(hosts) == {"n": "b", "s": "d"}


def test_the_same_row_of_the_same_bundle_is_not_asked_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    words = command_of("demo", f"/root/x/bundles/{DIGEST}/{FILE}", "cu126")
    done = Applied(at="2026-01-01T00:00:00", asked=words, ok=True)
    write_state(home, HostState(host="h", environments={"demo": done}))
    assert settled(home, "h", "demo", digest=DIGEST, row="cu126")
    assert not settled(home, "h", "demo", digest=DIGEST, row="cpu")
    assert not settled(home, "h", "demo", digest="0" * 64, row="cu126")
    assert not settled(home, "h", "other", digest=DIGEST, row="cu126")
    assert not settled(home, "i", "demo", digest=DIGEST, row="cu126")


class Played(Spreading):
    """Hosts whose shells are played: some can't take it from here, some not from their site."""

    def __init__(self, tmp_path: Path, *, deaf: str = "", walled: str = "") -> None:
        (tmp_path / "b").write_bytes(CONTENT)
        inventory = find_inventory(["a,b,"])
        super().__init__(Context(RealHost(), Home(tmp_path)), inventory, str(tmp_path / "b"))
        self.deaf, self.walled = deaf, walled
        self.copied: list[str] = []

    def _looked(self, hosts: Sequence[str]) -> tuple[dict[str, Place], dict[str, tuple[str, Text]]]:
        return {host: place(host, host[:1].strip("-"), there=host[-1] == "!") for host in hosts}, {}

    def _copied(
        self, hosts: Sequence[str], places: Mapping[str, Place], lost: dict[str, tuple[str, Text]]
    ) -> set[str]:
        assert all(host in places for host in hosts)
        self.copied += hosts
        for host in hosts:
            if host in self.deaf.split():
                lost[host] = ("failed", Text(code="fleet.failed", args={"why": "?"}))
        return {host for host in hosts if host not in lost}

    def _spread(
        self, hosts: Sequence[str], seeds: Mapping[str, str], places: Mapping[str, Place]
    ) -> set[str]:
        assert all(places[host].site in seeds for host in hosts)
        return {host for host in hosts if host not in self.walled.split()}


def test_one_copy_for_each_site_and_one_for_each_host_without(tmp_path: Path) -> None:
    found = Played(tmp_path)
    spread = found.bring(("n1", "n2", "n3", "s1", "-a", "-b"))
    assert found.copied == ["n1", "s1", "-a", "-b"]
    assert sorted(spread.places) == ["-a", "-b", "n1", "n2", "n3", "s1"]
    assert found.seeds_now(spread) == {"n1", "s1"}


def test_the_next_host_of_a_site_is_asked_where_the_first_can_not(tmp_path: Path) -> None:
    found = Played(tmp_path, deaf="n1")
    spread = found.bring(("n1", "n2", "n3", "s1"))
    assert found.copied == ["n1", "s1", "n2"]
    assert (sorted(spread.places), list(spread.lost)) == (["n2", "n3", "s1"], ["n1"])


def test_who_is_walled_off_in_its_site_takes_it_from_here(tmp_path: Path) -> None:
    found = Played(tmp_path, walled="n3")
    spread = found.bring(("n1", "n2", "n3"))
    assert found.copied == ["n1", "n3"]
    assert not spread.lost


def test_a_host_that_has_it_hands_it_on(tmp_path: Path) -> None:
    found = Played(tmp_path)
    found.bring(("n1", "n2!", "n3"))
    assert not found.copied
