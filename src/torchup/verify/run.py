"""Running the payload inside an environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError
from torchup.verify.judge import judge, read_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchup.host import Host
    from torchup.model import Check, VerifyReport
    from torchup.verify.expected import Expected, Level

PAYLOAD: Final = Path(__file__).parent / "payload" / "main.py"
LIMIT_S: Final[dict[str, float]] = {"quick": 1800.0, "standard": 3600.0, "full": 6 * 3600.0}
"""For everything: each check has its own limit inside, so this one is for a payload that hangs."""
CLEAN: Final[dict[str, str | None]] = {
    "PYTHONPATH": None,
    "PYTHONHOME": None,
    "PYTHONSTARTUP": None,
    "PYTHONNOUSERSITE": "1",
    "PYTHONSAFEPATH": "1",
}
"""What keeps other Pythons' packages out of the processes that the framework starts."""


def verify_environment(
    host: Host,
    python: str,
    expected: Expected,
    *,
    cache: str,
    level: Level = "standard",
    bench: bool = False,
    only: Sequence[str] = (),
    limits: Mapping[str, float] | None = None,
    on_check: Callable[[Check], None] = lambda _check: None,
) -> VerifyReport:
    """Import the framework inside an environment and compute with it.

    Args:
        host: the machine.
        python: the environment's interpreter, an absolute path.
        expected: what should be found there.
        cache: a folder for compiled code, kept between verifications; made if missing.
        level: how much is tried.
        bench: measure how fast it is, too.
        only: these checks alone; import, version and a matrix product are needed all the same.
        limits: seconds for single checks by their code, ``*`` for all others.
        on_check: told each result once, as it comes.

    Raises:
        OutsideError: ``verify.cache-unwritable``.
    """
    folder = Path(cache) / f"compiled-{expected.framework}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError("verify.cache-unwritable", path=folder, why=error.strerror) from error
    lines: list[str] = []
    told: list[Check] = []

    def hear(line: str) -> None:
        lines.append(line)
        found = read_line(line)
        check = found.check(expected.cards) if found is not None else None
        if check is not None:
            told.append(check)
            on_check(check)

    # The first process needs no packages: without them no broken one is in its way.
    options = ["-I", "-S", *(["-B"] if expected.untouched else [])]
    arguments = [
        *_arguments(expected),
        *_how(level, bench=bench, only=only, limits=limits or {}),
        f"--search-path={host.env('PYTHONPATH') or ''}",
        f"--cache={folder}",
        "--channel=stderr",
    ]
    completed = host.stream(
        [python, *options, str(PAYLOAD), *arguments],
        on_line=hear,
        env={**CLEAN, **expected.environment},
        cwd=str(folder),
        timeout=LIMIT_S[level],
    )
    at = host.now().isoformat(timespec="seconds")
    report = judge(lines, completed, expected, level=level, only=only, at=at)
    for check in report.checks[len(told) :]:
        on_check(check)
    return report


def _how(
    level: Level, *, bench: bool, only: Sequence[str], limits: Mapping[str, float]
) -> list[str]:
    """Word what is tried, and for how long."""
    return [
        f"--level={level}",
        *(f"--limit={code}={seconds}" for code, seconds in limits.items()),
        *(f"--only={code}" for code in only),
        *(["--bench"] if bench else []),
    ]


def _arguments(expected: Expected) -> list[str]:
    """Word the expectation as the payload's command line; ``=`` keeps odd values in one piece."""
    return [
        f"--framework={expected.framework}",
        f"--expect-version={expected.version}",
        f"--device={expected.device}",
        *(f"--companion={name}={version}" for name, version in expected.companions.items()),
    ]
