"""``bootstrap.py test``: every check of the project, in an environment made for that."""

# Paths are strings here, as in tools.start.
# ruff: noqa: PTH110, PTH118, PTH120

from __future__ import annotations

import os
import subprocess
import sys

from tools.private_environment import pip, prepare
from tools.start import digest, marked, python_in

MOST_WORKERS = 4
"""A container may show more cores than it gives, and a worker takes half a gigabyte."""
NOTHING_COLLECTED = 5  # pytest's status for a selection without a test


def main(checkout: str, selection: list[str]) -> int:
    """Run the checks; stop at the first that fails and return its status.

    Args:
        checkout: the project's folder.
        selection: further arguments for pytest, such as ``-k NAME``.
    """
    python = _ready(checkout)
    for label, command in _static(checkout, python):
        status = _run(checkout, label, command)
        if status != 0:
            return _failed(label, status)
    return _tests(checkout, python, selection)


def _ready(checkout: str) -> str:
    """Return the interpreter of the test environment; one per checkout, remade for each Python."""
    wanted = digest(checkout, ("pyproject.toml",), salt=sys.version)
    folder = os.path.join(checkout, ".torchup")
    environment = os.path.join(folder, "test")
    if marked(environment) == wanted:
        return python_in(environment)

    def commands(python: str, has_pip: bool) -> list[list[str]]:
        project = os.path.join(checkout, "pyproject.toml")
        if not has_pip:
            uv = ["uv", "pip", "install", "--quiet", "--python", python]
            return [[*uv, "--editable", checkout, "--group", f"{project}:dev"]]
        install = [*pip(python), "install", "--quiet"]
        return [
            [*install, "--upgrade", "pip>=25.1"],  # the first that knows --group
            [*install, "--editable", checkout, "--group", f"{project}:dev"],
        ]

    return prepare([folder], "test", wanted, commands)


def _static(checkout: str, python: str) -> list[tuple[str, list[str]]]:
    tools = os.path.dirname(python)
    steps = [
        ("ruff format", [os.path.join(tools, "ruff"), "format", "--check"]),
        ("ruff check", [os.path.join(tools, "ruff"), "check"]),
        ("mypy", [python, "-m", "mypy"]),
        ("lint-imports", [os.path.join(tools, "lint-imports")]),
    ]
    checks: tuple[tuple[str, list[str]], ...] = (
        ("check_words", []),
        ("build_words", ["--check"]),
        ("build_catalogue", ["--check"]),
    )
    for name, arguments in checks:
        path = os.path.join(checkout, "tools", f"{name}.py")
        if os.path.exists(path):
            steps.append((name, [python, path, *arguments]))
    if os.path.exists(os.path.join(checkout, "mkdocs.yml")):
        steps.append(("build_site", [python, "-m", "tools.build_site"]))
    return steps


def _tests(checkout: str, python: str, selection: list[str]) -> int:
    """Run the fast tests, then the slow ones. A selection may lie wholly in one of the two."""
    empty = 0
    for label, marker in (("pytest, fast", "not slow"), ("pytest, slow", "slow")):
        command = [python, "-m", "pytest", "-m", marker, *(selection or _side_by_side())]
        status = _run(checkout, label, command)
        if status == NOTHING_COLLECTED and selection:
            empty += 1
        elif status != 0:
            return _failed(label, status)
    both = 2
    return _failed("pytest", NOTHING_COLLECTED) if empty == both else 0


def _side_by_side() -> list[str]:
    """Run everything in a process for each core; tests of one file may share what they made."""
    seen = getattr(os, "sched_getaffinity", None)
    cores = len(seen(0)) if seen else os.cpu_count() or 1
    return ["-n", str(min(cores, MOST_WORKERS)), "--dist", "loadfile"]


def _run(checkout: str, label: str, command: list[str]) -> int:
    print(f"== {label}", flush=True)
    try:
        status = subprocess.call(command, cwd=checkout)
    except OSError as error:
        print(f"{command[0]} could not be started: {error}", file=sys.stderr)
        return 3
    return status if status >= 0 else 128 - status


def _failed(label: str, status: int) -> int:
    print(f"== {label} failed with status {status}", file=sys.stderr, flush=True)
    return status
