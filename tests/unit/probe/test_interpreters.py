from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from torchup.host import Completed
from torchup.host.capture import Capture, CaptureHost, Ran
from torchup.host.real import RealHost
from torchup.probe.ask import ASK, parse_answer
from torchup.probe.interpreters import Candidate, find_interpreters, list_candidates

if TYPE_CHECKING:
    from pathlib import Path

HOME = "/home/user"
PYENV = f"{HOME}/.pyenv/versions"


def answers(path: str, line: str, *, code: int = 0, timed_out: bool = False) -> Ran:
    done = Completed(code=code, out=line, timed_out=timed_out)
    return Ran(argv=(path, "-E", "-s", "-S", "-c", ASK), done=done)


def python(version: str, *, name: str = "cpython", free: int = 0, virtual: int = 0) -> str:
    return f"torchup|{version}|{name}|{free}|64|{virtual}\n"


PYTHONS = {
    f"{PYENV}/3.12.1/bin/python3.12": python("3.12.1"),
    f"{PYENV}/3.9.18/bin/python3.9": python("3.9.18"),
    f"{PYENV}/3.5.10/bin/python3.5": python("3.5.10"),
    f"{PYENV}/2.7.18/bin/python2.7": "torchup|2.7.18|python2|0|64|0\n",
    f"{PYENV}/pypy3.10-7.3.17/bin/pypy3.10": python("3.10.14", name="pypy"),
    f"{PYENV}/graalpy-24/bin/graalpy": python("3.11.7", name="graalpy"),
    "/usr/bin/python3.10": python("3.10.12"),
    "/data/pythons/cpython-3.14.0+freethreaded/bin/python3.14t": python("3.14.0", free=1),
    f"{HOME}/miniconda3/bin/python3.13": python("3.13.5"),
}
LINKS = {
    **{f"{path.rpartition('/')[0]}/python": path for path in PYTHONS if path[:5] != "/usr/"},
    "/usr/bin/python3": "/usr/bin/python3.10",
}
MACHINE = Capture(
    system="linux",
    machine="x86_64",
    env={
        "HOME": HOME,
        "PATH": f"{HOME}/.pyenv/shims:{HOME}/work/venv/bin:/usr/bin:/opt/broken/bin",
    },
    files={f"{HOME}/work/venv/pyvenv.cfg": "home = /usr/bin\n"},
    executables=(
        *PYTHONS,
        f"{HOME}/.pyenv/shims/python3.12",
        f"{HOME}/work/venv/bin/python3",
        "/opt/broken/bin/python3.11",
        "/usr/bin/python3-config",
        "/usr/bin/pytest",
    ),
    links=LINKS,
    ran=(
        *(answers(path, line) for path, line in PYTHONS.items()),
        answers("/opt/broken/bin/python3.11", "cannot open shared object", code=127),
    ),
)


def test_finds_each_real_python_once_newest_first() -> None:
    host = CaptureHost(MACHINE)
    found = find_interpreters(host, extra_roots=("/data/pythons",))
    assert [(one.minor, one.version, one.implementation, one.origin) for one in found] == [
        ("3.14t", "3.14.0", "CPython", "uv"),
        ("3.13", "3.13.5", "CPython", "conda"),
        ("3.12", "3.12.1", "CPython", "pyenv"),
        ("3.10", "3.10.14", "PyPy", "pyenv"),
        ("3.10", "3.10.12", "CPython", "system"),
        ("3.9", "3.9.18", "CPython", "pyenv"),
    ]
    assert len({argv[0] for argv in host.asked}) == len(host.asked)


def test_shims_and_virtual_environments_are_never_started() -> None:
    host = CaptureHost(MACHINE)
    find_interpreters(host)
    started = {argv[0] for argv in host.asked}
    assert not [path for path in started if "shims" in path or "venv" in path]
    assert not started & {"/usr/bin/python3-config", "/usr/bin/pytest"}


def test_second_probe_starts_nothing_and_finds_the_same(tmp_path: Path) -> None:
    cache = tmp_path / "deep" / "interpreters.json"
    first = find_interpreters(CaptureHost(MACHINE), cache=cache)
    again = CaptureHost(MACHINE)
    assert find_interpreters(again, cache=cache) == first
    assert again.asked == []


def test_changed_interpreter_is_asked_again(tmp_path: Path) -> None:
    cache = tmp_path / "interpreters.json"
    find_interpreters(CaptureHost(MACHINE), cache=cache)
    changed = msgspec.structs.replace(
        MACHINE,
        modified={"/usr/bin/python3.10": (5, 5)},
        ran=(answers("/usr/bin/python3.10", python("3.10.15")),),
    )
    host = CaptureHost(changed)
    found = find_interpreters(host, cache=cache)
    assert [argv[0] for argv in host.asked] == ["/usr/bin/python3.10"]
    assert "3.10.15" in [one.version for one in found]


@pytest.mark.parametrize(("code", "timed_out"), [(-15, True), (-11, False)])
def test_slow_answer_or_crash_is_not_remembered(tmp_path: Path, code: int, timed_out: bool) -> None:
    cache = tmp_path / "interpreters.json"
    slow = (answers("/usr/bin/python3.10", "", code=code, timed_out=timed_out),)
    find_interpreters(CaptureHost(msgspec.structs.replace(MACHINE, ran=slow)), cache=cache)
    again = CaptureHost(MACHINE)
    find_interpreters(again, cache=cache)
    assert [argv[0] for argv in again.asked] == ["/usr/bin/python3.10"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b'{"/usr": {"modified": 1}}'])
def test_broken_cache_is_made_anew(tmp_path: Path, content: bytes) -> None:
    cache = tmp_path / "interpreters.json"
    cache.write_bytes(content)
    assert find_interpreters(CaptureHost(MACHINE), cache=cache)
    assert b"3.12.1" in cache.read_bytes()


def test_unwritable_cache_costs_nothing_but_time(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    assert find_interpreters(CaptureHost(MACHINE), cache=blocker / "cache.json")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (python("3.15.0rc1"), "3.15.0rc1"),
        ("a warning\n" + python("3.12.1"), "3.12.1"),
        (python("3.12.1", virtual=1), None),
        ("torchup|3.12.1\n", None),
        ("torchup|²|cpython|0|64|0\n", None),
        ("", None),
    ],
)
def test_answers(text: str, version: str | None) -> None:
    found = parse_answer(text, Candidate("/p", "path", (0, 1)))
    assert (found.version if found else None) == version


def test_this_very_python_answers() -> None:
    real = os.path.realpath(sys.executable)
    done = RealHost().run([real, "-E", "-s", "-S", "-c", ASK])
    found = parse_answer(done.out, Candidate(real, "path", (0, 1)))
    assert found is not None
    assert found.version.startswith("{}.{}.{}".format(*sys.version_info[:3]))
    assert found.bits == 64


def test_apple_stub_is_used_only_with_the_developer_tools() -> None:
    bare = Capture(
        system="macos",
        machine="arm64",
        env={"HOME": "/Users/user", "PATH": "/usr/bin:/opt/homebrew/bin"},
        executables=("/usr/bin/python3", "/opt/homebrew/bin/python3.13"),
    )
    assert [c.path for c in list_candidates(CaptureHost(bare))] == ["/opt/homebrew/bin/python3.13"]
    folders = {"/Library/Developer/CommandLineTools": ("usr",)}
    tools = CaptureHost(msgspec.structs.replace(bare, folders=folders))
    assert "/usr/bin/python3" in [c.path for c in list_candidates(tools)]
