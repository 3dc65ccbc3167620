"""Creating, listing, deleting and recovering, without an installer."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import msgspec
import pytest

from crash.support import record_of
from torchup.apply import (
    Site,
    StepLog,
    create_environment,
    delete_environment,
    journal,
    list_environments,
    load_environment,
    recover,
)
from torchup.apply.folders import check_room, discard
from torchup.apply.marker import marker_path
from torchup.errors import NoAnswerError, OutsideError, TorchupError, UsageError
from torchup.host import Room
from torchup.host.lock import try_lock
from torchup.host.process import holders, identity
from torchup.host.real import RealHost
from torchup.model import Artifact, Environment, EnvRecord
from torchup.state.home import Home
from torchup.words import load_words

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out a POSIX environment")

HOST = RealHost()
ARTIFACTS = (
    Artifact(name="framework", version="2.0+cpu", url=""),
    Artifact(name="companion", version="1.0+cpu", url=""),
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def fill(site: Site) -> EnvRecord:
    packages = site.path / "lib" / "python3.11" / "site-packages"
    for artifact in ARTIFACTS:
        folder = packages / f"{artifact.name}-{artifact.version}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text("x" * 100)
    (site.path / "bin").mkdir()
    (site.path / "bin" / "python").symlink_to(sys.executable)
    return record_of(site, artifacts=ARTIFACTS)


def make(home: Home, name: str = "work") -> EnvRecord:
    return create_environment(RealHost(), home, name, fill)


def problem_of(found: Environment) -> str:
    return found.problem.code if found.problem else ""


def code_of(error: pytest.ExceptionInfo[TorchupError]) -> str:
    words = load_words("en")
    assert words.say(error.value.code, error.value.details)
    assert words.say(error.value.code + ".hint", error.value.details)
    return error.value.code


def assert_nothing_left(home: Home) -> None:
    assert list(home.environments.glob("*")) == []
    assert list(home.journal.glob("*")) == []
    assert list(home.trash.glob("*")) == []
    for path in home.locks.glob("*"):
        lock = try_lock(str(path))
        assert lock is not None
        lock.release()


def test_made_listed_deleted(home: Home) -> None:
    record = make(home)
    (found,) = list_environments(HOST, home)
    assert found.record == record
    assert (found.state, found.problem, found.verified) == ("ok", None, None)
    assert found.packages == {"framework": "2.0+cpu", "companion": "1.0+cpu"}
    assert found.size.own >= 200
    marker = msgspec.json.decode(marker_path(home.environment("work")).read_bytes())
    assert marker["schema"] == "torchup.environment/v1"
    assert load_environment(HOST, home, "WORK") == found
    delete_environment(RealHost(), home, "work")
    assert list_environments(HOST, home) == ()
    assert_nothing_left(home)


def test_the_last_verification_is_read(home: Home) -> None:
    make(home)
    receipt = home.environment("work") / ".torchup" / "receipt.json"
    receipt.write_text('{"ok": true, "at": "2026-11-21T00:00:00Z", "checks": []}')
    assert load_environment(HOST, home, "work").verified == "2026-11-21T00:00:00Z"
    receipt.write_text('{"ok": false, "at": "2026-11-22T00:00:00Z"}')
    assert load_environment(HOST, home, "work").verified is None
    receipt.write_text("{")
    assert load_environment(HOST, home, "work").verified is None


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), ValueError("x"), OutsideError("uv.disk-full", why="x")]
)
def test_any_failure_undoes_everything(home: Home, error: BaseException) -> None:
    log = StepLog()

    def work(site: Site) -> EnvRecord:
        with site.log.step("first"):
            fill(site)
        site.log.skip("second")
        with site.log.step("third"):
            raise error

    with pytest.raises(type(error)) as caught:
        create_environment(RealHost(), home, "work", work, log=log)
    assert caught.value is error
    assert [(o.id, o.status) for o in log.outcomes] == [
        ("first", "undone"),
        ("second", "skipped"),
        ("third", "failed"),
    ]
    assert_nothing_left(home)
    make(home)


def test_a_marker_that_cannot_be_written_undoes_everything(home: Home) -> None:
    def work(site: Site) -> EnvRecord:
        record = fill(site)
        marker_path(site.path).mkdir()
        return record

    with pytest.raises(OutsideError) as caught:
        create_environment(RealHost(), home, "work", work)
    code_of(caught)
    assert_nothing_left(home)


def test_a_taken_name(home: Home) -> None:
    make(home)
    with pytest.raises(UsageError) as caught:
        make(home)
    assert code_of(caught) == "apply.in-use"
    assert load_environment(HOST, home, "work").state == "ok"


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_what_is_not_ours_stays(home: Home, kind: str) -> None:
    home.environments.mkdir(parents=True)
    place = home.environment("work")
    if kind == "folder":
        place.mkdir()
    elif kind == "file":
        place.write_text("mine")
    else:
        place.symlink_to("/gone")
    with pytest.raises(UsageError) as caught:
        make(home)
    assert code_of(caught) == "apply.path-in-use"
    assert os.path.lexists(place)
    assert recover(HOST, home) == ()
    assert os.path.lexists(place)


def test_a_busy_name(home: Home) -> None:
    def work(site: Site) -> EnvRecord:
        with pytest.raises(OutsideError) as caught:
            make(home)
        assert code_of(caught) == "apply.busy"
        assert recover(HOST, home) == ()
        make(home, "other")
        return fill(site)

    create_environment(RealHost(), home, "work", work)
    assert [e.record.name for e in list_environments(HOST, home)] == ["other", "work"]


def test_a_home_that_is_a_file(home: Home) -> None:
    home.root.write_text("")
    with pytest.raises(OutsideError) as caught:
        make(home)
    assert code_of(caught) == "apply.home-not-a-folder"
    assert recover(HOST, home) == ()
    assert list_environments(HOST, home) == ()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EACCES, "apply.home-refused"),
        (errno.EROFS, "apply.home-refused"),
        (errno.ENOSPC, "apply.disk-full"),
        (errno.EIO, "apply.home-failed"),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_what_the_system_refuses(
    home: Home, monkeypatch: pytest.MonkeyPatch, number: int, code: str, *, late: bool
) -> None:
    real = Path.mkdir

    def refuse(path: Path, mode: int = 0o777, **named: bool) -> None:
        if path.name == (".torchup" if late else "journal"):
            raise OSError(number, os.strerror(number))
        real(path, mode, **named)

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutsideError) as caught:
        make(home)
    assert code_of(caught) == code
    assert_nothing_left(home)


def test_too_little_room_is_told_before_anything_starts(home: Home) -> None:
    huge = (Artifact(name="huge", version="1", url="", size=2**60),)
    with pytest.raises(OutsideError) as caught:
        create_environment(RealHost(), home, "work", fill, artifacts=huge)
    assert code_of(caught) == "apply.no-room"
    assert_nothing_left(home)


@pytest.mark.parametrize(("free_mib", "fits"), [(1200, False), (1310, True)])
def test_room_is_needed_for_what_is_unpacked(
    home: Home, monkeypatch: pytest.MonkeyPatch, free_mib: int, *, fits: bool
) -> None:
    """A disk that holds the files as they are fetched doesn't hold what is in them."""
    monkeypatch.setattr(
        RealHost, "room", lambda _host, _path: Room(free=free_mib << 20, total=2**50)
    )
    artifacts = (Artifact(name="torch", version="1", url="", size=1000 << 20),)
    if fits:
        check_room(RealHost(), home, artifacts)
        return
    with pytest.raises(OutsideError) as caught:
        check_room(RealHost(), home, artifacts)
    details = caught.value.details
    assert (details["needed"], details["unpacked"], details["free"]) == ("1000", "1300", "1200")


def test_unknown_names_get_near_ones(home: Home) -> None:
    make(home, "training")
    with pytest.raises(NoAnswerError) as caught:
        load_environment(HOST, home, "trainnig")
    assert code_of(caught) == "apply.no-such-environment-but"
    assert caught.value.details["near"] == "training"
    with pytest.raises(NoAnswerError) as caught:
        delete_environment(RealHost(), home, "zzz")
    assert code_of(caught) == "apply.no-such-environment"


def test_of_a_linked_environment_only_the_link_goes(home: Home, tmp_path: Path) -> None:
    make(home)
    home.environment("work").rename(tmp_path / "elsewhere")
    home.environment("work").symlink_to(tmp_path / "elsewhere")
    assert load_environment(HOST, home, "work").state == "ok"
    delete_environment(RealHost(), home, "work")
    assert marker_path(tmp_path / "elsewhere").exists()
    assert_nothing_left(home)


def test_a_folder_without_write_permission_can_be_deleted(home: Home) -> None:
    make(home)
    locked = home.environment("work") / "locked"
    locked.mkdir()
    (locked / "file").write_text("")
    locked.chmod(0o500)
    delete_environment(RealHost(), home, "work")
    assert_nothing_left(home)


@pytest.mark.parametrize("marker", [b"", b"{", b'{"schema": "torchup.environment/v9"}', b"\xff"])
def test_a_damaged_marker_is_broken_not_a_crash(home: Home, marker: bytes) -> None:
    make(home)
    marker_path(home.environment("work")).write_bytes(marker)
    (found,) = list_environments(HOST, home)
    assert (found.state, problem_of(found)) == ("broken", "environment.marker-damaged")
    assert found.problem is not None
    assert load_words("en").text(found.problem)
    delete_environment(RealHost(), home, "work")
    assert_nothing_left(home)


def test_moved_or_changed_environments_are_broken(home: Home) -> None:
    make(home)
    home.environment("work").rename(home.environment("moved"))
    (found,) = list_environments(HOST, home)
    assert (found.state, problem_of(found)) == ("broken", "environment.moved")
    make(home)
    packages = home.environment("work") / "lib" / "python3.11" / "site-packages"
    (packages / "companion-1.0+cpu.dist-info").rename(packages / "companion-1.0+cu126.dist-info")
    assert problem_of(load_environment(HOST, home, "work")) == "environment.other-build"


def test_an_unknown_backend_is_told(home: Home) -> None:
    def work(site: Site) -> EnvRecord:
        return msgspec.structs.replace(fill(site), backend="newer")

    create_environment(RealHost(), home, "work", work)
    assert problem_of(load_environment(HOST, home, "work")) == "environment.unknown-backend"


def test_an_entry_of_a_dead_process_is_cleaned_up(home: Home) -> None:
    make(home, "whole")
    journal.write_entry(home, entry("whole"))
    home.environment("Half").mkdir()
    journal.write_entry(home, entry("Half"))
    journal.write_entry(home, entry("never"))
    (home.trash / "0.gone").mkdir()
    said = recover(HOST, home)
    assert [(line.code, line.args["name"]) for line in said] == [
        ("apply.cleaned-up", "Half"),
        ("apply.cleaned-up", "never"),
    ]
    assert [e.record.name for e in list_environments(HOST, home)] == ["whole"]
    assert list(home.trash.glob("*")) == []
    assert recover(HOST, home) == ()


def test_a_new_creation_takes_over_what_was_left(home: Home) -> None:
    make(home, "other")
    home.environment("work").mkdir()
    journal.write_entry(home, entry("work"))
    make(home)
    assert journal.under_way(home) == ()


def test_what_cannot_be_cleaned_up_is_told_and_kept(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(home, "other")
    home.environment("work").mkdir()
    journal.write_entry(home, entry("work"))

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("torchup.apply.recovery.discard", refuse)
        said = recover(HOST, home)
    assert [line.code for line in said] == ["apply.not-cleaned-up"]
    assert load_words("en").text(said[0])
    assert [line.code for line in recover(HOST, home)] == ["apply.cleaned-up"]


def test_a_damaged_entry_is_cleaned_up_too(home: Home) -> None:
    make(home, "other")
    home.environment("work").mkdir()
    (home.journal / "work.json").write_bytes(b"{")
    recover(HOST, home)
    assert not home.environment("work").exists()
    assert journal.under_way(home) == ()


def test_an_entry_whose_writer_was_killed_is_removed(home: Home) -> None:
    """The writer of a whole entry may die between writing it and giving it its name."""
    home.journal.mkdir(parents=True)
    home.locks.mkdir(parents=True)
    left, live = (home.journal / f".{name}.json.123.tmp" for name in ("work", "other"))
    for draft in (left, live):
        draft.write_bytes(b"{")
    lock = try_lock(str(journal.lock_path(home, "other")))
    assert lock is not None
    with lock:
        assert recover(HOST, home) == ()
    assert (left.exists(), live.exists()) == (False, True)
    assert recover(HOST, home) == ()
    assert not live.exists()


def test_only_holders_of_the_lock_count(home: Home) -> None:
    home.locks.mkdir(parents=True)
    path = home.locks / "work.lock"
    lock = try_lock(str(path))
    assert lock is not None
    with lock, path.open("rb") as reader:
        host = RealHost()
        host.hold(lock)
        seen: list[int] = []
        host.on_start = lambda pid: seen.extend([pid, *holders(str(path))])
        host.run([sys.executable, "-c", "import time; time.sleep(1)"])  # long enough to be seen
        pid = seen[0]
        if sys.platform == "linux":
            assert pid in seen[1:]
        assert os.getpid() not in seen
        assert not reader.closed
    assert identity(HOST, pid) == ""
    assert identity(HOST, os.getpid()) == identity(HOST, os.getpid()) != ""


def test_discarding_nothing_is_fine(home: Home) -> None:
    discard(home, home.environment("none"), "none")
    assert not home.root.exists()


def entry(name: str) -> journal.Entry:
    return journal.Entry(action="create", name=name, owner=journal.Process(pid=2**22 + 1))
