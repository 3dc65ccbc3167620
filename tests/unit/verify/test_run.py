"""Starting the payload: what is asked for, what is told as it comes, and how it is stopped."""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from torchup.errors import OutsideError
from torchup.host import Completed
from torchup.host.real import RealHost
from torchup.verify import Expected, verify_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchup.model import Check
    from unit.verify.conftest import Env

EXPECTED = Expected(framework="torch", version="2.13.0+cpu", companions={"torchvision": "0.28.0"})
LIMITS = {"*": 0.3, "start": 20.0, "import": 20.0}
VERSION = "__version__ = '2.13.0+cpu'\nclass version: cuda = None\n"


class ToldHost(RealHost):
    """A machine whose environment says what it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[list[str], Mapping[str, str | None]]] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 2, tzinfo=timezone.utc)

    def stream(
        self,
        argv: Sequence[str],
        *,
        on_line: Callable[[str], None],
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
        timeout: float | None = None,
    ) -> Completed:
        assert cwd
        assert timeout
        self.calls.append((list(argv), env or {}))
        level = next(part.partition("=")[2] for part in argv if part.startswith("--level="))
        codes = EXPECTED.codes("quick" if level == "quick" else "standard")
        for code in codes:
            on_line(f'{{"start": "{code}"}}')
            on_line(f'{{"code": "{code}", "status": "pass"}}')
        on_line('{"end": true, "packages": {"torch": "2.13.0+cpu"}, "python": "3.11.7"}')
        return Completed(code=0)


def test_what_the_stack_needs_is_there(tmp_path: Path) -> None:
    host = ToldHost()
    needs = replace(EXPECTED, environment={"HSA_OVERRIDE_GFX_VERSION": "10.3.0"})
    verify_environment(host, "/env/bin/python", needs, cache=str(tmp_path))
    assert {env["HSA_OVERRIDE_GFX_VERSION"] for _, env in host.calls} == {"10.3.0"}


def test_what_is_started(tmp_path: Path) -> None:
    host, told = ToldHost(), list[str]()
    report = verify_environment(
        host,
        "/env/bin/python",
        EXPECTED,
        cache=str(tmp_path),
        on_check=lambda c: told.append(c.code),
    )
    assert report.ok
    assert report.at == "2026-01-02T00:00:00+00:00"
    assert told == [*EXPECTED.codes("standard")] == [check.code for check in report.checks]
    for argv, env in host.calls:
        assert argv[:3] == ["/env/bin/python", "-I", "-S"]
        assert {"--expect-version=2.13.0+cpu", "--companion=torchvision=0.28.0"} <= set(argv)
        assert env["PYTHONPATH"] is None
        assert env["PYTHONHOME"] is None


def test_quick_leaves_compiling_out(tmp_path: Path) -> None:
    host = ToldHost()
    report = verify_environment(host, "python", EXPECTED, cache=str(tmp_path), level="quick")
    assert report.ok
    assert "compile" not in {check.code for check in report.checks}
    assert report.level == "quick"


def test_a_cache_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(OutsideError) as caught:
        verify_environment(ToldHost(), "python", EXPECTED, cache=str(tmp_path / "cache"))
    assert caught.value.code == "verify.cache-unwritable"


def test_a_python_that_is_gone(tmp_path: Path) -> None:
    told: list[Check] = []
    report = verify_environment(
        RealHost(), str(tmp_path / "gone"), EXPECTED, cache=str(tmp_path), on_check=told.append
    )
    assert not report.ok
    assert tuple(told) == report.checks
    failed = {check.code for check in report.checks if check.status == "fail"}
    assert failed == {"start"}


def verify(env: Env, tmp_path: Path, body: str) -> dict[str, tuple[str, str]]:
    env.package("torch", __init__=VERSION + body)
    expected = Expected(framework="torch", version="2.13.0+cpu")
    told: list[Check] = []
    report = verify_environment(
        RealHost(),
        env.python,
        expected,
        cache=str(tmp_path / "ca che"),
        level="quick",
        limits=LIMITS,
        on_check=told.append,
    )
    assert not report.ok
    assert tuple(told) == report.checks
    return {check.code: (check.status, check.detail) for check in report.checks}


def test_a_crash_in_the_middle(make_env: Callable[[], Env], tmp_path: Path) -> None:
    body = "def Generator():\n    import os\n    os.abort()\n"
    told = verify(make_env(), tmp_path, body)
    assert told["import"][0] == told["version"][0] == told["device"][0] == "pass"
    assert told["matmul"][0] == "fail"
    assert told["matmul"][1].startswith(("crash signal=", "stopped exit="))
    # Workers went on until four had died; a convolution was not even begun with.
    assert [code for code, (status, _) in told.items() if status == "fail"] == [
        *("allocate", "elementwise", "matmul", "conv", "autograd")
    ]
    assert told["threads"] == ("skip", "not-reached")


def test_a_crash_of_the_import(make_env: Callable[[], Env], tmp_path: Path) -> None:
    told = verify(make_env(), tmp_path, "import os\nos._exit(3)\n")
    assert told["import"] == ("fail", "stopped exit=3")
    assert told["matmul"] == ("skip", "no-import")


def test_a_hang_in_the_middle(make_env: Callable[[], Env], tmp_path: Path) -> None:
    body = "def arange(*_): ...\ndef Generator():\n    import time\n    time.sleep(60)\n"
    began = time.monotonic()
    told = verify(make_env(), tmp_path, body)
    assert time.monotonic() - began < 20
    assert told["matmul"] == ("fail", "timeout")


def test_what_chatters_is_late_all_the_same(make_env: Callable[[], Env], tmp_path: Path) -> None:
    body = (
        "def arange(*_): ...\ndef Generator():\n    import os\n"
        "    while True: os.write(2, b'still here\\n')\n"
    )
    began = time.monotonic()
    told = verify(make_env(), tmp_path, body)
    assert time.monotonic() - began < 20
    assert told["matmul"] == ("fail", "timeout")


@pytest.mark.skipif(os.name == "nt", reason="a child of sh")
def test_a_child_that_holds_the_output_open(make_env: Callable[[], Env], tmp_path: Path) -> None:
    env = make_env()
    pid = tmp_path / "pid"
    start = (
        "import os, sys, subprocess\n"
        f"if '-S' not in sys.orig_argv: open({str(pid)!r}, 'w').write(str(subprocess.Popen("
        "['sleep', '60'], stdin=subprocess.DEVNULL).pid)); os._exit(3)\n"
    )
    (env.site / "sitecustomize.py").write_text(start, encoding="utf-8")
    began = time.monotonic()
    told = verify(env, tmp_path, "")
    assert time.monotonic() - began < 15  # the start may take 20 s
    assert told["start"] == ("fail", "stopped exit=3")
    if sys.platform == "linux":
        _gone(int(pid.read_text()))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such sessions")
def test_what_a_late_check_started_ends_with_it(
    make_env: Callable[[], Env], tmp_path: Path
) -> None:
    pid = tmp_path / "pid"
    body = (
        "def Generator():\n    import subprocess, time\n"
        f"    open({str(pid)!r}, 'a').write(str(subprocess.Popen(['sleep', '60']).pid) + '\\n')\n"
        "    time.sleep(60)\n"
    )
    assert verify(make_env(), tmp_path, body)["matmul"] == ("fail", "timeout")
    started = pid.read_text().split()  # each check does; on a busy machine not all get so far
    assert started
    for one in started:
        _gone(int(one))


def _gone(number: int) -> None:
    until = time.monotonic() + 5
    while _runs(number) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(number)


@pytest.mark.skipif(os.name == "nt", reason="signal 0 asks nothing there")
def test_a_stop_ends_the_workers_too(make_env: Callable[[], Env], tmp_path: Path) -> None:
    env = make_env()
    pid = tmp_path / "pid"
    wait = f"import os, pathlib, time\npathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\n"
    env.package("torch", __init__=VERSION + wait + "time.sleep(60)\n")

    class Stopped(RealHost):
        def stream(self, argv: Sequence[str], **more: object) -> Completed:
            heard = more.pop("on_line")

            def interrupt(line: str) -> None:
                heard(line)  # type: ignore[operator]
                if pid.exists():
                    raise KeyboardInterrupt

            return super().stream(argv, on_line=interrupt, **more)  # type: ignore[arg-type]

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        verify_environment(Stopped(), env.python, EXPECTED, cache=str(tmp_path / "cache"))
    assert time.monotonic() - began < 10
    until = time.monotonic() + 5
    while _runs(int(pid.read_text())) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(int(pid.read_text()))


def _runs(number: int) -> bool:
    """Tell whether a process still runs; one that nobody has buried yet doesn't."""
    try:
        os.kill(number, 0)
        stat = Path(f"/proc/{number}/stat")
        return not stat.exists() or ") Z " not in stat.read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False


CARD = """
import os
class version: cuda, hip = '12.6', None
class cuda:
    is_available = staticmethod(lambda: True)
    device_count = staticmethod(lambda: 1)
    get_device_name = staticmethod(lambda index: 'One')
    get_device_capability = staticmethod(lambda index: (8, 6))
def Generator(): raise RuntimeError('CUDA error: misaligned address')
def get_num_threads(): return -os.getpid()
"""


def test_an_error_of_a_card_ends_its_process(make_env: Callable[[], Env], tmp_path: Path) -> None:
    env = make_env()
    env.package("torch", __init__=VERSION + CARD)
    expected = replace(EXPECTED, device="cuda", companions={})
    only = ("import", "device", "allocate", "matmul", "autograd", "threads")
    report = verify_environment(
        RealHost(), env.python, expected, cache=str(tmp_path), level="quick", only=only
    )
    found = {check.code: (check.status, check.detail) for check in report.checks}
    for code in ("allocate", "matmul", "autograd"):
        assert found[code] == (
            "fail",
            "error error=RuntimeError message='CUDA error: misaligned address'",
        )
    # Every other check was reached, in the fourth process.
    assert found["threads"][1].startswith("no-threads count=-")
    assert "not-reached" not in {detail for _, detail in found.values()}
