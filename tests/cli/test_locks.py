"""lock and sync: what is refused, and in which words."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from cli.process import has_next_step, one_error
from cli.test_documents import read
from madeenvironments import INDEX, USUAL, lock_text, make_environment
from torchup.backends.lock_reading import read_lockfile
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE
from torchup.wire.locks import LockV1

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out POSIX environments")


@pytest.fixture
def demo(torchup: Torchup) -> Torchup:
    make_environment(torchup.home, "demo")
    return torchup


def test_an_environment_is_locked_as_it_is(demo: Torchup) -> None:
    done = demo("lock", "demo", "--json")
    found = read(done, LockV1, "torchup.lock/v1")
    assert done.code == EXIT_DONE
    (row,) = found.rows
    assert (row.name, row.words, row.build, row.files) == ("cpu", "here", "cpu", len(USUAL))
    text = (demo.root / "pylock.toml").read_bytes()
    lock = read_lockfile(text, "pylock.toml")
    assert lock.digest == found.digest
    assert lock.tool is not None
    assert lock.tool.environment == "demo"
    assert lock.tool.rows[0].asked == ("torch", "numpy")
    assert lock.tool.rows[0].stack.index_url == INDEX
    assert {one["name"]: one["version"] for one in lock.document["packages"]} == USUAL


def test_a_dry_run_and_a_printed_lock_write_nothing(demo: Torchup) -> None:
    done = demo("lock", "demo", "--dry-run")
    assert done.code == EXIT_DONE
    printed = demo("lock", "demo", "--output", "-")
    assert read_lockfile(printed.out.encode(), "-").tool is not None
    assert not (demo.root / "pylock.toml").exists()


def test_rows_have_names(demo: Torchup) -> None:
    assert demo("lock", "demo", "--row", "me=here").code == EXIT_DONE
    lock = read_lockfile((demo.root / "pylock.toml").read_bytes(), "")
    assert lock.tool is not None
    assert [row.name for row in lock.tool.rows] == ["me"]
    again = demo("lock", "demo", "--json").document("torchup.lock/v1")
    assert [row["name"] for row in again["rows"]] == ["me"], "rows stay"


def test_an_environment_that_holds_something_else_is_not_locked(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo", {**USUAL, "numpy": "2.0.0"}, locked=USUAL)
    said = one_error(torchup("lock", "demo"), EXIT_NO)
    assert "numpy" in said
    assert not (torchup.root / "pylock.toml").exists()


def test_a_lock_of_another_program_is_not_replaced(demo: Torchup) -> None:
    file = demo.root / "pylock.toml"
    file.write_text(lock_text(USUAL))
    said = one_error(demo("lock", "demo"), EXIT_USAGE)
    assert has_next_step(said)
    assert file.read_text() == lock_text(USUAL)


def test_a_lock_of_another_environment_is_not_replaced(demo: Torchup) -> None:
    assert demo("lock", "demo").code == EXIT_DONE
    before = (demo.root / "pylock.toml").read_bytes()
    make_environment(demo.home, "other")
    done = demo("lock", "other", "--json")
    assert (done.code, done.error["code"]) == (EXIT_USAGE, "lock.of-another")
    assert "demo" in done.error["message"]
    assert (demo.root / "pylock.toml").read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("lock",),
        ("lock", "demo", "-o", "lock.toml"),
        ("lock", "demo", "-o", "no/such/pylock.toml"),
        ("lock", "demo", "-r", "requirements.txt"),
        ("lock", "demo", "--row", "cu126,cu128"),
        ("lock", "demo", "--row", "cpu"),
        ("lock", "demo", "--row", "a=no-such.json"),
        ("lock", "demo", "--row", "a=gpu=no such card"),
        ("lock", "demo", "-o", "-", "--json"),
        ("sync",),
        ("sync", "no-such.toml"),
        ("sync", "C:\\locks\\pylock.toml"),
    ],
    ids=" ".join,
)
def test_wrong_usage(demo: Torchup, arguments: tuple[str, ...]) -> None:
    done = demo(*arguments, "--json")
    assert done.code == EXIT_USAGE, done
    assert done.error["hint"], done
    assert not (demo.root / "pylock.toml").exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("lock-version = ", "lock.not-toml"),
        ('lock-version = "2.0"\ncreated-by = "x"\npackages = []\n', "lock.newer"),
        ('lock-version = "1.0"\n', "lock.malformed"),
        (lock_text(USUAL).replace("sha256", "sha"), "sync.not-of-lock"),
        (lock_text(USUAL).replace("hashes", "hash"), "lock.no-hash"),
    ],
    ids=["no TOML", "newer", "cut off", "an environment of its own", "no hash"],
)
def test_bad_locks(demo: Torchup, text: str, code: str) -> None:
    (demo.root / "pylock.demo.toml").write_text(text)
    done = demo("sync", "pylock.demo.toml", "--json")
    assert (done.code, done.error["code"]) == (EXIT_USAGE, code)
    assert done.error["hint"]


def test_the_line_of_a_mistake(torchup: Torchup) -> None:
    (torchup.root / "pylock.toml").write_text('lock-version = "1.0"\n[[packages\n')
    assert "line 2" in one_error(torchup("sync"), EXIT_USAGE)


def test_a_lock_without_a_name_asks_for_one(torchup: Torchup) -> None:
    (torchup.root / "pylock.toml").write_text(lock_text(USUAL))
    done = torchup("sync", "--json")
    assert (done.code, done.error["code"]) == (EXIT_USAGE, "sync.name-needed")


def test_a_row_for_no_machine_like_this(demo: Torchup) -> None:
    assert demo("lock", "demo", "--row", "here=here").code == EXIT_DONE
    file = demo.root / "pylock.toml"
    text = file.read_text()
    (platform,) = {line for line in text.splitlines() if line.startswith("platform = ")}
    file.write_text(text.replace(platform, 'platform = "windows-arm64"'))
    done = demo("sync", "-n", "other")
    assert done.code == EXIT_NO
    assert "windows-arm64" in done.out
    assert "Next" in done.out
    found = demo("sync", "-n", "other", "--row", "here", "--json")
    assert found.code == EXIT_NO
    document = found.document("torchup.outcome/v1")
    assert document["ok"] is False
    assert document["lock"]["row"] is None
    assert document["lock"]["rows"][0]["state"] == "no"
    unknown = demo("sync", "-n", "other", "--row", "lab", "--json")
    assert (unknown.code, unknown.error["code"]) == (EXIT_USAGE, "sync.no-such-row")
    assert not (demo.home / "envs" / "other").exists()


def test_adopted_environments_are_left_alone(demo: Torchup, tmp_path: Path) -> None:
    assert demo("lock", "demo").code == EXIT_DONE
    theirs = make_environment(tmp_path / "theirs", "venv")
    for record in (theirs / ".torchup").iterdir():
        record.unlink()
    (theirs / ".torchup").rmdir()
    assert demo("adopt", str(theirs), "--name", "theirs").code == EXIT_DONE
    done = demo("sync", "-n", "theirs", "--json")
    assert (done.code, done.error["code"]) == (EXIT_USAGE, "apply.foreign")
    locked = demo("lock", "theirs", "-o", "pylock.theirs.toml", "--json")
    assert (locked.code, locked.error["code"]) == (EXIT_USAGE, "apply.foreign")


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("lab.toml", "pylock.lab.toml"),
        ("有 空格.toml", "pylock.lab.toml"),
        ("a b.toml", "pylock.a-b.toml"),
    ],
)
def test_a_name_for_a_lock_is_one_that_can_be_read(demo: Torchup, given: str, near: str) -> None:
    said = one_error(demo("lock", "demo", "-o", given), EXIT_USAGE)
    assert f"Call it {near}," in said
