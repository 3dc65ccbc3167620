"""Sources older than the tools that build them are built with tools of their time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.backends.uv_process import call
from torchup.host import Completed
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

OPTION = "--build-constraints"
LACKING = (
    "  × Failed to build `albumentations==0.4.3`\n"
    '      File "<string>", line 6, in <module>\n'
    "      ModuleNotFoundError: No module named 'pkg_resources'\n"
)


class Building(RealHost):
    """A machine whose uv builds with the newest tools, unless it is told otherwise."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.runs: list[Sequence[str]] = []
        self.held: list[str] = []
        self._said = said

    def stream(
        self,
        argv: Sequence[str],
        *,
        on_line: Callable[[str], None],
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
        timeout: float | None = None,
    ) -> Completed:
        del on_line, env, cwd, timeout
        self.runs.append(argv)
        if OPTION not in argv:
            return Completed(code=1, err=self._said)
        self.held.append(Path(argv[list(argv).index(OPTION) + 1]).read_text())
        return Completed(code=0)


def test_what_new_tools_lack_old_ones_have(tmp_path: Path) -> None:
    host = Building(LACKING)
    assert call(host, Home(tmp_path / "a home"), "pip", "compile", "r.txt").code == 0
    assert len(host.runs) == 2
    assert host.held == ["setuptools<82\n"]


def test_no_tools_have_what_nobody_knows(tmp_path: Path) -> None:
    host = Building("ModuleNotFoundError: No module named 'torch'\n")
    assert call(host, Home(tmp_path), "pip", "compile", "r.txt").code == 1
    assert len(host.runs) == 1


def test_only_what_builds_is_told(tmp_path: Path) -> None:
    host = Building(LACKING)
    assert call(host, Home(tmp_path), "venv", "x").code == 1
    assert len(host.runs) == 1


def test_a_full_disk_leaves_the_first_answer(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder")
    host = Building(LACKING)
    assert call(host, Home(tmp_path), "pip", "sync", "l").code == 1
    assert len(host.runs) == 1
