"""The status screen says again what it said before, and never what would not be worked out."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from cli.process import DEAD, clean_environment
from cli.test_again import CHANGES, TICK, again, at_once, kept, named, worked_out
from cli.test_startup import loaded
from indexserver import IndexServer, make_wheel
from madeenvironments import make_environment
from torchup.apply import size
from torchup.apply.looks import FILE, Looks
from torchup.cli.again import FOLDER, SCREENS
from torchup.early import EarlyHost
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.process import Torchup

__all__ = ["at_once"]

pytestmark = [
    pytest.mark.usefixtures("at_once"),
    pytest.mark.skipif(sys.platform != "linux", reason="other systems are asked by programs"),
]
OFFLINE: Final = ("--offline",)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without cards, one environment, and a folder to stand in."""
    variables = clean_environment(tmp_path)
    for name in [*os.environ]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        if not name.startswith("XDG_") and name not in {"PIP_CONFIG_FILE", "UV_NO_CONFIG"}:
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("TORCHUP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCHUP_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    make_environment(tmp_path / "home", "one")
    monkeypatch.setattr(RealHost, "which", _no_cards(RealHost.which))
    return tmp_path


def _no_cards(which: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, name: None if name.startswith("nvidia") else which(self, name)


def _document(home: Path) -> dict[str, Any]:
    (one,) = (home / FOLDER / SCREENS).iterdir()
    found: dict[str, Any] = json.loads(one.read_bytes())
    return found


def test_the_same_is_said_again() -> None:
    assert again(OFFLINE) is None
    text = kept(OFFLINE)
    assert b"one  torch 2.13.0+cpu" in text
    assert again(OFFLINE) == text
    assert again(()) is None
    assert again(("--offline", "--json")) is None


def _settings(place: Path, _: pytest.MonkeyPatch) -> None:
    (place / "config.toml").write_text('lang = "zh_CN"\n')


def _another_python(place: Path, _: pytest.MonkeyPatch) -> None:
    folder = place / "home" / "pythons" / "cpython-3.12" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)


def _on_the_path(place: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")


def _pip_config(place: Path, _: pytest.MonkeyPatch) -> None:
    path = place / ".config" / "pip" / "pip.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[global]\nindex-url = https://index.test/simple\n")


def _kernel(place: Path, _: pytest.MonkeyPatch) -> None:
    folder = place / ".local" / "share" / "jupyter" / "kernels" / "one"
    folder.mkdir(parents=True)


def _answers(said: dict[str, bytes | None]) -> Callable[[Path, pytest.MonkeyPatch], None]:
    """Let the system make other files up."""

    def lay(_: Path, patch: pytest.MonkeyPatch) -> None:
        read = EarlyHost.read
        patch.setattr(
            EarlyHost, "read", lambda self, at: said[at] if at in said else read(self, at)
        )

    return lay


def _one_more_card(_: Path, patch: pytest.MonkeyPatch) -> None:
    names, at = EarlyHost.listdir, "/sys/bus/pci/devices"
    patch.setattr(
        EarlyHost,
        "listdir",
        lambda self, path: (
            (*names(self, path), "0000:99:00.0") if path == at else names(self, path)
        ),
    )


def _a_driver(_: Path, patch: pytest.MonkeyPatch) -> None:
    is_dir = EarlyHost.is_dir
    patch.setattr(
        EarlyHost, "is_dir", lambda self, at: at == "/proc/driver/nvidia" or is_dir(self, at)
    )


def _elsewhere(place: Path, patch: pytest.MonkeyPatch) -> None:
    (place / "there").mkdir()
    patch.chdir(place / "there")


def _newer_facts(place: Path, _: pytest.MonkeyPatch) -> None:
    (place / "home" / "facts").mkdir()
    (place / "home" / "facts" / "current.json").write_text("{}")


def _another_torchup(_: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("torchup.cli.again.__version__", "9.9.9")


CHANGED: Final[dict[str, Callable[[Path, pytest.MonkeyPatch], object]]] = {
    "settings": _settings,
    "language": lambda _, patch: patch.setenv("LANG", "zh_CN.UTF-8"),
    "colours": lambda _, patch: patch.setenv("FORCE_COLOR", "1"),
    "command": lambda _, patch: patch.setenv("TORCHUP_COMMAND", "python3 bootstrap.py"),
    "day": lambda _, patch: patch.setattr(EarlyHost, "today", lambda _: "2031-01-01"),
    "folder": _elsewhere,
    "user": lambda _, patch: patch.setattr(os, "geteuid", lambda: 12345),
    "torchup": _another_torchup,
    "python of torchup": lambda _, patch: patch.setattr(sys, "executable", "/opt/other/python"),
    "newer facts": _newer_facts,
    "overlay": lambda _, patch: patch.setenv("TORCHUP_FACTS_OVERLAY", "facts"),
    "python": _another_python,
    "search path": _on_the_path,
    "pip's settings": _pip_config,
    "pip's variable": lambda _, patch: patch.setenv("PIP_INDEX_URL", "https://index.test/simple"),
    "uv's variable": lambda _, patch: patch.setenv("UV_DEFAULT_INDEX", "https://index.test/simple"),
    "an index": lambda _, patch: patch.setenv("TORCHUP_FRAMEWORK_INDEX", "https://index.test/whl"),
    "a kernel": _kernel,
    "an IDE": lambda place, _: (place / "project" / ".vscode").mkdir(),
    "processor": _answers({"/proc/cpuinfo": b"processor\t: 0\nflags\t: fpu\n"}),
    "memory": _answers({"/proc/meminfo": b"MemTotal: 1024 kB\n"}),
    "kernel": _answers({"/proc/sys/kernel/osrelease": b"5.15.0-microsoft-standard-WSL2\n"}),
    "container": _answers({"/proc/1/cgroup": b"1:name=systemd:/kubepods/pod1\n"}),
    "card": _one_more_card,
    "driver": _a_driver,
    "libc": lambda _, patch: patch.setattr(EarlyHost, "libc", lambda _: "glibc 2.17"),
    "architecture": lambda _, patch: patch.setattr(EarlyHost, "machine", "aarch64"),
    "asked interpreters": lambda place, _: (place / "home/cache/interpreters.json").write_text(""),
    "a listing": lambda place, _: (place / "home" / "cache" / "listings").mkdir(),
    "a change under way": lambda place, _: (place / "home/cache/work/1-x").mkdir(parents=True),
}


@pytest.mark.parametrize("change", CHANGED)
def test_whatever_differs_is_worked_out(
    place: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    kept(OFFLINE)
    assert again(OFFLINE) is not None
    time.sleep(TICK)
    CHANGED[change](place, monkeypatch)
    assert again(OFFLINE) is None


@pytest.mark.parametrize("change", sorted(set(CHANGES) - {"nothing"}))
def test_every_change_of_an_environment_is_noticed(place: Path, change: str) -> None:
    (one,) = named(place / "home")
    kept(OFFLINE)
    time.sleep(TICK)
    CHANGES[change](one)
    said = again(OFFLINE)
    assert said is None
    assert worked_out(OFFLINE)


def test_each_thing_that_it_rests_on_is_looked_at(place: Path) -> None:
    kept(OFFLINE)
    home = place / "home"
    (file,) = (home / FOLDER / SCREENS).iterdir()
    document = _document(home)
    for at, _ in enumerate(document["stamps"]):
        _spoiled(file, document, "stamps", at)
        assert again(OFFLINE) is None, document["files"][at // 4]
    for at, path in enumerate(document["missing"]):
        changed = [*document["missing"][:at], str(place), *document["missing"][at + 1 :]]
        file.write_text(json.dumps(document | {"missing": changed}))
        assert again(OFFLINE) is None, path
    for name, was in document["variables"].items():
        file.write_text(
            json.dumps(document | {"variables": document["variables"] | {name: f"{was}x"}})
        )
        assert again(OFFLINE) is None, name
    for question, answers in document["again"].items():
        for about in answers:
            other = {question: answers | {about: "another"}}
            file.write_text(json.dumps(document | {"again": document["again"] | other}))
            assert again(OFFLINE) is None, (question, about)
    file.write_text(json.dumps(document))
    assert again(OFFLINE) is not None


def _spoiled(file: Path, document: dict[str, Any], key: str, at: int) -> None:
    row = [*document[key]]
    row[at] += 1
    file.write_text(json.dumps(document | {key: row}))


def test_nothing_is_read_that_is_not_noted(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file that a run looks at, by whichever way, is in what is kept, or is Python's own."""
    kept(OFFLINE)
    seen: set[str] = set()
    watched = [True]

    def hear(event: str, args: tuple[object, ...]) -> None:
        if watched[0] and event in {"open", "os.listdir", "os.scandir"}:
            seen.add(os.fspath(args[0]) if isinstance(args[0], (str, os.PathLike)) else "")

    sys.addaudithook(hear)
    for name in ("stat", "lstat", "access"):
        real = getattr(os, name)

        def ask(path: Any, *a: Any, _real: Any = real, **k: Any) -> Any:  # noqa: ANN401
            if isinstance(path, (str, os.PathLike)):
                seen.add(os.fspath(path))
            return _real(path, *a, **k)

        monkeypatch.setattr(os, name, ask)
    (place / "home" / "cache" / FILE).unlink()  # so that everything is looked at
    monkeypatch.setattr(Looks, "keep", lambda _: None)
    worked_out(OFFLINE)
    watched[0] = False
    monkeypatch.undo()
    home = place / "home"
    document = _document(home)
    noted = {*document["files"], *document["missing"]}
    noted |= {about for answers in document["again"].values() for about in answers}
    links = {str(above) for one in document["again"]["link"] for above in Path(one).parents}
    ours = (sys.prefix, sys.base_prefix, str(Path(size.__file__).parents[1]), str(home / FOLDER))
    unseen = {one for one in seen if not _is_noted(one, noted | links)}
    fine = {str(home), *map(str, home.parents), str(home / "cache" / FILE)}
    assert {one for one in unseen if not one.startswith(ours)} <= fine


def _is_noted(path: str, noted: set[str]) -> bool:
    """Tell whether a change of a path shows: it is noted, or a folder above it isn't there."""
    return path in noted or any(
        str(above) in noted and not above.exists() for above in Path(path).parents
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b'{"speaker": []}', b"\xff\0", b"[" * 10**6, b'{"asked": 1}'],
)
def test_a_kept_answer_that_is_damaged_is_worked_out_again(place: Path, data: bytes) -> None:
    before = kept(OFFLINE)
    (file,) = (place / "home" / FOLDER / SCREENS).iterdir()
    file.write_bytes(data)
    assert again(OFFLINE) is None
    assert worked_out(OFFLINE) == before
    assert again(OFFLINE) == before


@pytest.mark.parametrize(
    "change",
    [
        {"again": {"run": {"rm": ""}}},
        {"again": {"env": {"HOME": None}}},
        {"again": []},
        {"files": ["\0"]},
        {"text": 1},
        {"code": "0"},
        {"variables": None},
    ],
)
def test_what_somebody_else_wrote_is_not_believed(place: Path, change: dict[str, object]) -> None:
    kept(OFFLINE)
    (file,) = (place / "home" / FOLDER / SCREENS).iterdir()
    file.write_text(json.dumps(_document(place / "home") | change))
    assert again(OFFLINE) is None


def test_a_server_is_asked_each_time(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHUP_FRAMEWORK_INDEX", f"{DEAD}/whl")
    monkeypatch.setenv("PIP_INDEX_URL", f"{DEAD}/simple")
    for _ in range(2):
        worked_out(())
    assert not (place / "home" / FOLDER / SCREENS).exists()
    assert again(()) is None


def test_a_page_that_its_server_lets_hold_is_not_asked_for(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9111: an answer may be used again for as many seconds as ``max-age`` says."""
    tag = "cp311-cp311-manylinux_2_28_x86_64"
    for name, version in (("torch", "2.13.0"), ("torchvision", "0.28.0"), ("torchaudio", "2.11.0")):
        make_wheel(place / "whl" / "cpu", name, f"{version}+cpu", tag=tag)
    monkeypatch.setattr("torchup.backends.uv.can_fetch_python", lambda _: True)
    with IndexServer(place, max_age=600).start() as server:
        monkeypatch.setenv("TORCHUP_FRAMEWORK_INDEX", server.index("whl"))
        monkeypatch.setenv("PIP_INDEX_URL", server.index("whl/cpu"))
        text = kept(())
        asked = len(server.requests)
        assert asked
        assert again(()) == text
        assert len(server.requests) == asked
        now = time.time()
        for later in (-3600, 601):
            monkeypatch.setattr(time, "time", lambda later=later: now + later)
            assert again(()) is None


def test_an_index_on_a_disk_is_looked_at(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = place / "whl" / "cpu" / "torch" / "index.html"
    page.parent.mkdir(parents=True)
    wheel = "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl"
    page.write_text(f'<a href="{wheel}">{wheel}</a>')
    monkeypatch.setenv("TORCHUP_FRAMEWORK_INDEX", (place / "whl").as_uri())
    monkeypatch.setenv("PIP_INDEX_URL", (place / "whl" / "cpu").as_uri())
    monkeypatch.setattr("torchup.backends.uv.can_fetch_python", lambda _: True)
    text = kept(())
    assert again(()) == text
    time.sleep(TICK)
    page.write_text("")
    assert again(()) is None


def test_a_home_that_cannot_be_written_is_looked_at_each_time(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = kept(OFFLINE)
    shutil.rmtree(place / "home" / FOLDER)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr("torchup.state.files.write_atomic", refuse)
    assert worked_out(OFFLINE) == text
    assert again(OFFLINE) is None


def test_two_folders_have_an_answer_each(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(OFFLINE)
    _elsewhere(place, monkeypatch)
    kept(OFFLINE)
    assert again(OFFLINE) is not None
    monkeypatch.chdir(place / "project")
    assert again(OFFLINE) is not None


def test_two_terminals_have_an_answer_each(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(OFFLINE)
    with monkeypatch.context() as patch:
        patch.setattr("torchup.cli.again._width", lambda _: [None, 50])
        assert again(OFFLINE) is None
        kept(OFFLINE)
        assert again(OFFLINE) is not None
    assert again(OFFLINE) is not None


def test_room_on_disks_is_told_as_it_is(place: Path) -> None:
    worked_out(("--offline", "--json"))
    found = json.loads(worked_out(("--offline", "--json")))
    assert found["machine"]["disks"]
    kept(OFFLINE)
    assert not any("statvfs" in one for one in _document(place / "home"))


def test_a_status_that_is_said_again_loads_next_to_nothing(torchup: Torchup) -> None:
    make_environment(torchup.home, "one")
    del torchup.env["TORCHUP_FRAMEWORK_INDEX"]  # as :func:`loaded` asks
    torchup(*OFFLINE)
    time.sleep(2.1)  # what is younger may change without a trace
    first = torchup(*OFFLINE)
    assert torchup(*OFFLINE) == first
    found = loaded(torchup, *OFFLINE)
    assert {one for one in found if one.startswith("torchup")} == {
        *("torchup", "torchup.__main__", "torchup.early"),
        *("torchup.cli", "torchup.cli.again", "torchup.state", "torchup.state.folders"),
    }
    assert not found & {"typing", "msgspec", "argparse", "pathlib", "gettext"}


def test_many_at_once_say_the_same(torchup: Torchup) -> None:
    make_environment(torchup.home, "one")
    first = torchup(*OFFLINE)
    time.sleep(2.1)
    for _ in range(2):
        running = [torchup.start(*OFFLINE) for _ in range(4)]
        said = [one.communicate()[0].decode() for one in running]
        assert said == [first.out] * 4
