"""Running the payload inside an environment."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError
from torchup.model import Check, VerifyReport
from torchup.verify.expected import COMPILE
from torchup.verify.judge import judge, judge_compile, read_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.host import Completed, Host
    from torchup.verify.expected import Expected

PAYLOAD: Final = Path(__file__).with_name("payload.py")
LIMIT_S: Final = 300.0
"""For everything but compiling: measured 3 to 10 s; a slow disk takes longer."""
COMPILE_LIMIT_S: Final = 600.0
"""Measured 20 to 25 s on two cores with nothing cached."""
CLEAN: Final[dict[str, str | None]] = {
    "PYTHONPATH": None,
    "PYTHONHOME": None,
    "PYTHONSTARTUP": None,
    "PYTHONNOUSERSITE": "1",
    "PYTHONSAFEPATH": "1",
}
"""What keeps other Pythons' packages out of the processes that the framework starts."""

_QUICK: Final = Check(code=COMPILE, status="skip", detail="quick")


class _StoppedError(Exception):
    """The person stopped the verification while the compile check was running."""


class _Process:
    """One run of the payload, with the lines that it told."""

    def __init__(
        self, host: Host, python: str, cache: Path, expected: Expected, further: list[str]
    ) -> None:
        self._host = host
        self._env = {**CLEAN, **expected.environment}
        self._cwd = str(cache)
        arguments = [*_arguments(expected), *further, f"--cache={cache}", "--channel=stderr"]
        options = ["-I", "-B"] if expected.untouched else ["-I"]
        self._argv = [python, *options, str(PAYLOAD), *arguments]
        self.lines: list[str] = []

    def run(self, limit: float, on_line: Callable[[str], None]) -> Completed:
        def hear(line: str) -> None:
            self.lines.append(line)
            on_line(line)

        return self._host.stream(
            self._argv, on_line=hear, env=self._env, cwd=self._cwd, timeout=limit
        )


class _Beside:
    """The compile check, in a process of its own while the others run."""

    def __init__(self, process: _Process) -> None:
        self._process = process
        self._stopped = threading.Event()
        self._error: BaseException | None = None
        self._checks: tuple[Check, ...] = ()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Have the process killed at its next heartbeat, and wait for that."""
        self._stopped.set()
        self._thread.join(timeout=5)

    def result(self) -> tuple[Check, ...]:
        # A wait without a limit can't be interrupted on Windows.
        while self._thread.is_alive():
            self._thread.join(timeout=0.2)
        if self._error is not None:
            raise self._error
        return self._checks

    def _work(self) -> None:
        try:
            completed = self._process.run(COMPILE_LIMIT_S, self._hear)
            self._checks = judge_compile(self._process.lines, completed)
        except _StoppedError:
            return
        except Exception as error:  # noqa: BLE001 - raised again where the result is taken
            self._error = error

    def _hear(self, _line: str) -> None:
        if self._stopped.is_set():
            raise _StoppedError


def verify_environment(
    host: Host,
    python: str,
    expected: Expected,
    *,
    cache: str,
    quick: bool = False,
    on_check: Callable[[Check], None] = lambda _check: None,
) -> VerifyReport:
    """Import the framework inside an environment and compute with it.

    Args:
        host: the machine.
        python: the environment's interpreter, an absolute path.
        expected: what should be found there.
        cache: a folder for compiled code, kept between verifications; made if missing.
        quick: leave the compile check out; it is then skipped with the reason ``quick``.
        on_check: told each result once, as it comes, in the thread of the caller.

    Raises:
        OutsideError: ``verify.cache-unwritable``.
    """
    folder = Path(cache) / f"compiled-{expected.framework}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError("verify.cache-unwritable", path=folder, why=error.strerror) from error
    main = _Process(host, python, folder, expected, [f"--skip={COMPILE}"])
    alone = _Process(host, python, folder, expected, [f"--only={COMPILE}", "--heartbeat"])
    beside = _Beside(alone)
    told: list[Check] = []

    def hear(line: str) -> None:
        found = read_line(line)
        if found is not None and found.check is not None:
            told.append(found.check)
            on_check(found.check)

    if not quick:
        beside.start()
    try:
        completed = main.run(LIMIT_S, hear)
        compiled = (_QUICK,) if quick else beside.result()
    except BaseException:
        if not quick:
            beside.stop()
        raise
    at = host.now().isoformat(timespec="seconds")
    report = judge(main.lines, completed, expected, compiled=compiled, at=at)
    for check in report.checks[len(told) :]:
        on_check(check)
    return report


def _arguments(expected: Expected) -> list[str]:
    """Word the expectation as the payload's command line; ``=`` keeps odd values in one piece."""
    return [
        f"--framework={expected.framework}",
        f"--expect-version={expected.version}",
        f"--device={expected.device}",
        *(f"--companion={name}={version}" for name, version in expected.companions.items()),
    ]
