"""Facts that come in a wheel: what is taken, what is refused, what a kill leaves."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from factswheel import build_facts_wheel, facts_wheel
from torchup.errors import NoAnswerError, OutsideError, TorchupError
from torchup.facts import current
from torchup.facts.bundle import MANIFEST, SCHEMA, read_bundle
from torchup.facts.current import CURRENT_FILE, facts_folder, read_update, use
from torchup.facts.load import load_catalogue
from torchup.facts.summary import summarize
from torchup.facts.update import install, reset
from torchup.host.real import RealHost
from torchup.sources.metadata import metadata_of
from torchup.state.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

NEWER, OLDER = "2999-12-01", "2001-02-03"


@pytest.fixture(autouse=True)
def nothing_left_in_force() -> Iterator[None]:
    yield
    current._USED.clear()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes a wheel of few facts that were checked on one day."""
    made: dict[str, Path] = {}

    def make_wheel(day: str) -> Path:
        if day not in made:
            made[day] = facts_wheel(tmp_path_factory.mktemp("facts"), day)
        return made[day]

    return make_wheel


def put(home: Home, wheel: Path, *, force: bool = False) -> bool:
    host = RealHost()
    bundle = read_bundle(wheel.read_bytes(), wheel.name)
    done = install(host, home, bundle, wheel.name, force=force)
    use(host, home)
    return done.changed


def count(home: Home) -> int:
    use(RealHost(), home)
    return len(load_catalogue().releases)


def rewritten(wheel: Path, into: Path, changes: Mapping[str, bytes | None]) -> Path:
    """A copy of a wheel with other members; None leaves one out."""
    path = into / wheel.name
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            if data is not None:
                new.writestr(name, data)
    return path


def test_the_wheel_is_a_wheel_of_data(make: Callable[[str], Path], tmp_path: Path) -> None:
    wheel = make(NEWER)
    assert wheel.name == "torchup_facts-2999.12.1-py3-none-any.whl"
    said = metadata_of(wheel)
    assert said is not None
    assert "Name: torchup-facts\nVersion: 2999.12.1\n" in said
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        record = archive.read("torchup_facts-2999.12.1.dist-info/RECORD").decode()
    assert not [name for name in names if name.endswith((".py", ".so", ".pth"))]
    assert {line.split(",")[0] for line in record.splitlines()} == set(names)
    again = build_facts_wheel.build(wheel.parent / NEWER / "data", tmp_path)
    assert again.read_bytes() == wheel.read_bytes(), "the same facts give the same bytes"


@pytest.mark.slow
def test_pip_can_install_it(make: Callable[[str], Path], tmp_path: Path) -> None:
    wheel = make(NEWER)
    arguments = ["install", "--no-deps", "--no-index", "--target", str(tmp_path), str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *arguments], check=True, capture_output=True)
    assert (tmp_path / "torchup_facts" / "data" / "cuda.toml").is_file()


def test_newer_facts_come_in_force_and_go_again(home: Home, make: Callable[[str], Path]) -> None:
    shipped = count(home)
    assert put(home, make(NEWER))
    assert summarize().origin == "updated"
    assert (summarize().version, summarize().checked) == ("2999.12.1", NEWER)
    assert count(home) < shipped
    assert not put(home, make(NEWER)), "they are in force already"
    assert reset(home)
    assert count(home) == shipped
    assert not reset(home)
    assert put(home, make(NEWER)), "what is there already is used again"


def test_an_overlay_lies_over_what_was_fetched(
    home: Home, make: Callable[[str], Path], tmp_path: Path
) -> None:
    put(home, make(NEWER))
    site = tmp_path / "site"
    site.mkdir()
    (site / "pythons.toml").write_text(
        'checked = 2026-11-22\n[sources]\nours = "us"\n[[pythons]]\nminor = "9.9"\n'
        'released = 2999-01-01\nend = 2999-01-02\nsource = ["ours"]\n'
    )
    use(RealHost(), home, str(site))
    assert load_catalogue().python("9.9") is not None
    assert load_catalogue().checked == NEWER


def test_older_facts_are_taken_only_by_force(home: Home, make: Callable[[str], Path]) -> None:
    shipped = count(home)
    with pytest.raises(NoAnswerError) as caught:
        put(home, make(OLDER))
    assert (caught.value.code, count(home)) == ("facts.older", shipped)
    assert put(home, make(OLDER), force=True)
    assert summarize().checked == OLDER
    put(home, make(NEWER))
    with pytest.raises(NoAnswerError):
        put(home, make(OLDER))
    assert summarize().checked == NEWER


def test_a_newer_torchup_overtakes_what_was_fetched(
    home: Home, make: Callable[[str], Path]
) -> None:
    shipped = count(home)
    put(home, make(OLDER), force=True)
    path = facts_folder(home) / CURRENT_FILE
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "shipped": "those of an older torchup"}))
    assert count(home) == shipped


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"folder": 3}', b"\xff\xfe"])
def test_a_damaged_record_leaves_the_shipped_facts(
    home: Home, make: Callable[[str], Path], damage: bytes
) -> None:
    shipped = count(home)
    put(home, make(NEWER))
    (facts_folder(home) / CURRENT_FILE).write_bytes(damage)
    assert count(home) == shipped


def test_fetched_facts_that_lost_a_file_are_said(home: Home, make: Callable[[str], Path]) -> None:
    put(home, make(NEWER))
    update = read_update(RealHost(), home)
    assert update is not None
    (facts_folder(home) / update.folder / "cuda.toml").unlink()
    shutil.rmtree(home.cache, ignore_errors=True)
    use(RealHost(), home)
    with pytest.raises(OutsideError) as caught:
        load_catalogue()
    assert caught.value.code == "facts.damaged"
    reset(home)
    assert put(home, make(NEWER)), "the damaged folder is replaced"
    assert load_catalogue().runtimes


DATA_FILE = "torchup_facts/data/cuda.toml"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({DATA_FILE: None}, "facts.bundle-damaged"),
        ({DATA_FILE: b"checked = "}, "facts.bundle-damaged"),
        ({"torchup_facts/data/extra.toml": b""}, "facts.bundle-damaged"),
        ({"torchup_facts/data/../../../../evil.toml": b""}, "facts.bundle-damaged"),
        ({"torchup_facts/data//etc/evil.toml": b""}, "facts.bundle-damaged"),
        ({"torchup_facts/data/c:evil.toml": b""}, "facts.bundle-damaged"),
        ({MANIFEST: b"{}"}, "facts.bundle-damaged"),
        ({MANIFEST: None}, "facts.not-a-bundle"),
    ],
)
def test_a_changed_wheel_is_refused(
    home: Home,
    make: Callable[[str], Path],
    tmp_path: Path,
    changes: Mapping[str, bytes | None],
    code: str,
) -> None:
    shipped = count(home)
    wheel = rewritten(make(NEWER), tmp_path, changes)
    with pytest.raises(TorchupError) as caught:
        put(home, wheel)
    assert caught.value.code == code
    assert count(home) == shipped
    assert list(tmp_path.rglob("evil.toml")) == []
    assert not list(facts_folder(home).glob("*")), "nothing is left"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"schema": SCHEMA + 1}, "facts.bundle-too-new"),
        ({"version": "../../up"}, "facts.bundle-damaged"),
        ({"checked": "2998-01-01"}, "facts.bundle-damaged"),
        ({"digest": "0" * 64}, "facts.bundle-damaged"),
    ],
)
def test_a_manifest_that_lies_is_refused(
    home: Home,
    make: Callable[[str], Path],
    tmp_path: Path,
    changes: Mapping[str, object],
    code: str,
) -> None:
    with zipfile.ZipFile(make(NEWER)) as archive:
        manifest = json.loads(archive.read(MANIFEST))
    data = json.dumps({**manifest, **changes}).encode()
    wheel = rewritten(make(NEWER), tmp_path, {MANIFEST: data})
    with pytest.raises(OutsideError) as caught:
        put(home, wheel)
    assert caught.value.code == code
    assert read_update(RealHost(), home) is None


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_what_is_no_wheel(data: bytes) -> None:
    with pytest.raises(TorchupError, match=r"facts\.(not-a-bundle|bundle-damaged)"):
        read_bundle(data, "it")


def test_a_home_that_cant_be_written(make: Callable[[str], Path], tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder")
    with pytest.raises(OutsideError) as caught:
        put(Home(blocked), make(NEWER))
    assert caught.value.code == "facts.unwritable"


KILLED = """
import os, signal, sys
from pathlib import Path
from torchup.facts import update
from torchup.facts.bundle import read_bundle
from torchup.host.real import RealHost
from torchup.state.home import Home
when, place = sys.argv[3:]
real = getattr(update, place)
def armed(*args, **named):
    if when == "after":
        real(*args, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(update, place, armed)
wheel = Path(sys.argv[1])
update.install(RealHost(), Home(Path(sys.argv[2])), read_bundle(wheel.read_bytes(), "it"), "it",
               force=False)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
@pytest.mark.parametrize(
    ("when", "place", "there"),
    [
        ("before", "lay_out", False),
        ("after", "lay_out", False),
        ("before", "_place", False),
        ("after", "_place", False),
        ("before", "write_atomic", False),
        ("after", "write_atomic", True),
    ],
)
def test_killed_on_the_way_the_former_facts_stay(
    home: Home, make: Callable[[str], Path], when: str, place: str, *, there: bool
) -> None:
    shipped = count(home)
    wheel = make(NEWER)
    arguments = [str(wheel), str(home.root), when, place]
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)
    assert done.returncode == -signal.SIGKILL, "the checkpoint was not reached"
    assert (count(home) < shipped) is there
    assert put(home, wheel) is not there
    assert count(home) < shipped
    left = {one.name for one in facts_folder(home).iterdir()}
    update = read_update(RealHost(), home)
    assert update is not None
    assert left == {update.folder, CURRENT_FILE} or there
