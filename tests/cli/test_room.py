"""du and clean: what is taken on the disk, and making room."""

from __future__ import annotations

import os
import sys

import pytest

from cli.fixtures import needs_world
from cli.process import CPU, Torchup
from cli.test_documents import read
from madeenvironments import make_environment
from torchup.errors import EXIT_DONE
from torchup.wire import v1
from torchup.wire.contents import UsageV1

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out POSIX environments")


def test_an_empty_home(torchup: Torchup) -> None:
    done = torchup("du", "--json")
    found = read(done, UsageV1, "torchup.usage/v1")
    assert (done.code, found.total, found.environments) == (EXIT_DONE, 0, ())
    assert torchup("clean").code == EXIT_DONE
    assert not torchup.home.exists(), "looking makes nothing"


def test_leftovers_go_and_environments_stay(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo")
    listing = torchup.home / "cache" / "listings" / "one.json"
    draft = torchup.home / "cache" / ".facts.json.999999999.tmp"
    for file in (listing, draft):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * 5000)
    before = sorted(path.rglob("*"))
    dry = read(torchup("clean", "--dry-run", "--json"), v1.OutcomeV1, "torchup.outcome/v1")
    assert dry.freed == 10_000
    assert {one.id: one.status for one in dry.steps} == {
        "listings": "skipped",
        "drafts": "skipped",
    }
    assert listing.exists()
    done = torchup("clean")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert "10 kB" in done.out
    assert not listing.exists()
    assert not draft.exists()
    assert sorted(path.rglob("*")) == before


@needs_world
def test_a_cleaned_cache_leaves_environments_whole(connected: Torchup) -> None:
    assert connected("create", "demo", *CPU, "--no-verify").code == EXIT_DONE
    found = read(connected("du", "--json"), UsageV1, "torchup.usage/v1")
    (demo,) = found.environments
    assert demo.shared > 0, "its files are links of the cache's"
    assert demo.frees < demo.frees_cleaned
    dry = connected("clean", "--all", "--dry-run", "--json")
    planned = read(dry, v1.OutcomeV1, "torchup.outcome/v1").freed
    pruned = read(connected("clean", "--json"), v1.OutcomeV1, "torchup.outcome/v1")
    assert pruned.ok
    done = connected("clean", "--all", "--json")
    freed = read(done, v1.OutcomeV1, "torchup.outcome/v1").freed
    assert 0 <= freed <= planned
    after = read(connected("du", "--json"), UsageV1, "torchup.usage/v1")
    assert after.environments[0].shared == 0, "nothing else holds its files now"
    assert connected("run", "demo", "--", "python", "-c", "import torch").code == EXIT_DONE


def test_files_that_are_not_shared_are_told_once(torchup: Torchup) -> None:
    torchup("list")
    shared = torchup("du")
    apart = torchup("du", UV_LINK_MODE="copy")
    assert "UV_LINK_MODE" not in shared.out
    assert apart.out.count("UV_LINK_MODE") == 1
    found = torchup("du", "--json", UV_LINK_MODE="copy").document("torchup.usage/v1")
    assert found["shared"] is False


def test_a_person_is_asked(torchup: Torchup) -> None:
    import pty

    listing = torchup.home / "cache" / "listings" / "one.json"
    listing.parent.mkdir(parents=True)
    listing.write_text("{}")
    for answer, stays in ((b"n\n", True), (b"y\n", False)):
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(torchup.root)
            argv = torchup.argv("clean")
            os.execvpe(argv[0], argv, torchup.env | {"TERM": "dumb"})
        os.write(terminal, answer)
        os.waitpid(pid, 0)
        os.close(terminal)
        assert listing.exists() == stays
