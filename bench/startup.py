"""Short commands: beside a bare interpreter, beside uv and pip, beside PyTorch's own report."""

from __future__ import annotations

import re
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.measure import Figure, Took, compare, seconds
from bench.sides import inside

if TYPE_CHECKING:
    from bench.sides import Bench

_TAB: Final = """. {script}
COMP_WORDS=({tool} {word}) COMP_CWORD=1
{function} {tool} {word} {tool}
"""
"""What a shell does when Tab is pressed behind a tool's name and the start of a word."""


def startup(bench: Bench) -> list[Figure]:
    """Compare what is over at once; no environment is needed."""
    pip = str(Path(bench.python).with_name("pip"))

    def beside(arguments: str, peer: str, command: list[str], goal: float = 0) -> Figure:
        return compare(
            f"`torchup {arguments}` / `{peer}`",
            partial(bench.ours, *arguments.split()),
            lambda: bench.plain(command),
            runs=bench.often,
            goal=goal,
        )

    bare = [bench.python, "-I", "-c", "pass"]
    return [
        beside("--version", "python -I -c pass", bare, 1.5),
        beside("--version", "uv --version", [bench.uv, "--version"]),
        beside("--version", "pip --version", [pip, "--version"]),
        beside("--help", "python -I -c pass", bare),
        beside("--help", "uv --help", [bench.uv, "--help"]),
        beside("--help", "pip --help", [pip, "--help"]),
        *_completion(bench, pip),
        beside("probe --hardware", "python -I -c pass", bare),
        beside("plan --offline", "python -I -c pass", bare),
    ]


def collect(bench: Bench) -> list[Figure]:
    """Compare looking at the machine with PyTorch's report, from an environment made for it."""
    python = inside(bench.plan())
    report = [python, "-m", "torch.utils.collect_env"]
    return [
        compare(
            f"`torchup {name}` / `python -m torch.utils.collect_env`",
            partial(bench.ours, *name.split()),
            lambda: bench.plain(report),
            runs=bench.runs,
            goal=goal,
        )
        for name, goal in (("probe --hardware", 0.05), ("probe", 0.0), ("plan", 0.0))
    ]


def _completion(bench: Bench, pip: str) -> list[Figure]:
    """Compare a press of Tab: all that bash does for it, from the lines that each tool gives."""
    bash = shutil.which("bash")
    if bash is None:
        sys.stderr.write("no bash here: completion is left out\n")
        return []
    presses = {
        "torchup": _press(bench, "torchup", "cre", [bench.torchup, "shell-init", "bash"]),
        "uv": _press(bench, "uv", "ven", [bench.uv, "generate-shell-completion", "bash"]),
        "pip": _press(bench, pip, "ins", [pip, "completion", "--bash"]),
    }
    env = {**bench.env, "TORCHUP_HOME": str(bench.home)}

    def press(tool: str) -> Took:
        return seconds([[bash, "-c", presses[tool]]], env, bench.folder, fine=(0, 1))

    return [
        compare(
            f"`torchup cre` and Tab, in bash / `{shown}` and Tab",
            lambda: press("torchup"),
            partial(press, tool),
            runs=bench.often,
        )
        for tool, shown in (("uv", "uv ven"), ("pip", "pip ins"))
    ]


def _press(bench: Bench, tool: str, word: str, command: list[str]) -> str:
    """Word what bash runs: what it reads at its start for a tool, and its function for that."""
    lines = bench.said(command)
    script = bench.folder / f"{Path(tool).name}.bash"
    script.write_bytes(lines)
    function = re.findall(r"^\s*complete .*-F (\S+)", lines.decode(), re.MULTILINE)[-1]
    return _TAB.format(script=script, tool=tool, word=word, function=function)
