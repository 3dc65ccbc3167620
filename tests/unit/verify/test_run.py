"""Starting the payload: what is asked for, what is told as it comes, and how it is stopped."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from torchup.errors import OutsideError
from torchup.host import Completed
from torchup.host.real import RealHost
from torchup.verify import Expected, verify_environment
from torchup.verify import run as room

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from torchup.model import Check
    from unit.verify.conftest import Env

EXPECTED = Expected(framework="torch", version="2.13.0+cpu", companions={"torchvision": "0.28.0"})
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
        codes = ("compile",) if "--only=compile" in argv else EXPECTED.codes
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
    assert told == [*EXPECTED.codes, "compile"] == [check.code for check in report.checks]
    assert len(host.calls) == 2
    for argv, env in host.calls:
        assert argv[:2] == ["/env/bin/python", "-I"]
        assert {"--expect-version=2.13.0+cpu", "--companion=torchvision=0.28.0"} <= set(argv)
        assert env["PYTHONPATH"] is None
        assert env["PYTHONHOME"] is None


def test_quick_leaves_compiling_out(tmp_path: Path) -> None:
    host = ToldHost()
    report = verify_environment(host, "python", EXPECTED, cache=str(tmp_path), quick=True)
    assert report.ok
    assert len(host.calls) == 1
    assert (report.checks[-1].code, report.checks[-1].detail) == ("compile", "quick")


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
    assert failed == {"start", "compile"}


def verify(env: Env, tmp_path: Path, body: str) -> dict[str, tuple[str, str]]:
    env.package("torch", __init__=VERSION + body)
    expected = Expected(framework="torch", version="2.13.0+cpu")
    told: list[Check] = []
    report = verify_environment(
        RealHost(),
        env.python,
        expected,
        cache=str(tmp_path / "ca che"),
        quick=True,
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
    assert told["threads"] == ("skip", "not-reached")


def test_a_crash_of_the_import(make_env: Callable[[], Env], tmp_path: Path) -> None:
    told = verify(make_env(), tmp_path, "import os\nos._exit(3)\n")
    assert told["import"] == ("fail", "stopped exit=3")
    assert told["matmul"] == ("skip", "not-reached")


def test_a_hang_in_the_middle(
    make_env: Callable[[], Env], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LIMIT_S", 1.0)
    body = "def Generator():\n    import time\n    time.sleep(60)\n"
    began = time.monotonic()
    told = verify(make_env(), tmp_path, body)
    assert time.monotonic() - began < 20
    assert told["matmul"] == ("fail", "timeout")
    assert told["conv"] == ("skip", "not-reached")


def test_a_stop_ends_the_compile_process_too(
    make_env: Callable[[], Env], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = make_env()
    env.package("torch", __init__=VERSION + "compile = print\nimport time\ntime.sleep(60)\n")
    monkeypatch.setattr(RealHost, "now", lambda _self: pytest.fail("it went on"))
    before = threading.active_count()
    host = RealHost()

    def interrupt(*_arguments: object, **_more: object) -> Completed:
        time.sleep(0.3)
        raise KeyboardInterrupt

    real = RealHost.stream

    def stream(self: RealHost, argv: Sequence[str], **more: object) -> Completed:
        chosen = real if "--only=compile" in argv else interrupt
        return chosen(self, argv, **more)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(RealHost, "stream", stream)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        verify_environment(host, env.python, EXPECTED, cache=str(tmp_path / "cache"))
    assert time.monotonic() - began < 5
    assert threading.active_count() == before
