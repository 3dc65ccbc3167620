"""A machine whose uv gives the answers of a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torchup.host.real import RealHost

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchup.host import Completed


class Run(NamedTuple):
    """One command that was started."""

    argv: Sequence[str]
    env: Mapping[str, str | None]


class UvHost(RealHost):
    """Answers each command as ``answer`` does, and keeps all of them in ``runs``."""

    def __init__(self, answer: Callable[[Run], Completed]) -> None:
        super().__init__()
        self.runs: list[Run] = []
        self._answer = answer

    def stream(
        self,
        argv: Sequence[str],
        *,
        on_line: Callable[[str], None],
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
        timeout: float | None = None,
    ) -> Completed:
        del on_line, cwd, timeout
        self.runs.append(Run(argv, env or {}))
        return self._answer(self.runs[-1])
