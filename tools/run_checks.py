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
EXIT_USAGE = 2
ONLY = "--only"
CHAOS_RUNS = "5000"
PARTS = ("lint", "types", "docs", "tests", "slow")
"""What a change is judged by, in this order."""
_FUZZ = ("-m", "pytest", "-m", "fuzz", "--hypothesis-profile=fuzz", "--timeout=0")
MORE = ("bench", "chaos", "fuzz")
"""What takes minutes to hours, and is run on its own."""


def main(checkout: str, arguments: list[str]) -> int:
    """Run the checks; stop at the first that fails and return its status.

    Args:
        checkout: the project's folder.
        arguments: further arguments for pytest, such as ``-k NAME``; or ``--only PART``, of
            `PARTS` or `MORE`, and arguments for what that part runs.
    """
    if arguments[:1] == [ONLY]:
        return _only(checkout, *arguments[1:])
    python = _ready(checkout)
    for part in PARTS[:-2]:
        status = _steps(checkout, _static(checkout, python, part))
        if status != 0:
            return status
    return _tests(checkout, python, arguments)


def _only(checkout: str, part: str = "", *arguments: str) -> int:
    if part not in (*PARTS, *MORE):
        print(f"{ONLY} takes one of {', '.join((*PARTS, *MORE))}", file=sys.stderr)
        return EXIT_USAGE
    python = _ready(checkout)
    if part in ("tests", "slow"):
        return _steps(checkout, [_pytest(python, part, list(arguments))])
    if part in MORE:
        return _steps(checkout, [_long(python, part, list(arguments))])
    return _steps(checkout, _static(checkout, python, part))


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


def _static(checkout: str, python: str, part: str) -> list[tuple[str, list[str]]]:
    """List what reads the checkout without running the program's tests."""
    if part == "types":
        return [("mypy", [python, "-m", "mypy"])]
    if part == "docs":
        return _there(checkout, "mkdocs.yml", [("build_site", [python, "-m", "tools.build_site"])])
    tools = os.path.dirname(python)
    steps = [
        ("ruff format", [os.path.join(tools, "ruff"), "format", "--check"]),
        ("ruff check", [os.path.join(tools, "ruff"), "check"]),
        ("lint-imports", [os.path.join(tools, "lint-imports")]),
    ]
    checks: tuple[tuple[str, list[str]], ...] = (
        ("check_words", []),
        ("build_words", ["--check"]),
        ("build_catalogue", ["--check"]),
        ("file_sizes", ["--check"]),
    )
    for name, arguments in checks:
        path = os.path.join("tools", f"{name}.py")
        steps += _there(checkout, path, [(name, [python, path, *arguments])])
    page = [("bench --check", [python, "-m", "bench", "--check"])]
    return steps + _there(checkout, os.path.join("bench", "__main__.py"), page)


def _there(
    checkout: str, path: str, steps: list[tuple[str, list[str]]]
) -> list[tuple[str, list[str]]]:
    """Leave out what the checkout has no file for."""
    return steps if os.path.exists(os.path.join(checkout, path)) else []


def _long(python: str, part: str, arguments: list[str]) -> tuple[str, list[str]]:
    commands = {
        "bench": ["-m", "bench", *(arguments or ["--write"])],
        "chaos": ["-m", "chaos", *(arguments or ["--runs", CHAOS_RUNS])],
        "fuzz": [*_FUZZ, *(arguments or _side_by_side())],
    }
    return part, [python, *commands[part]]


def _pytest(python: str, part: str, selection: list[str]) -> tuple[str, list[str]]:
    label, marker = ("fast", "not slow") if part == "tests" else ("slow", "slow")
    command = [python, "-m", "pytest", "-m", marker, *(selection or _side_by_side())]
    return f"pytest, {label}", command


def _tests(checkout: str, python: str, selection: list[str]) -> int:
    """Run the fast tests, then the slow ones. A selection may lie wholly in one of the two."""
    empty = 0
    for part in PARTS[-2:]:
        label, command = _pytest(python, part, selection)
        status = _run(checkout, label, command)
        if status == NOTHING_COLLECTED and selection:
            empty += 1
        elif status != 0:
            return _failed(label, status)
    both = 2
    return _failed("pytest", NOTHING_COLLECTED) if empty == both else 0


def _steps(checkout: str, steps: list[tuple[str, list[str]]]) -> int:
    for label, command in steps:
        status = _run(checkout, label, command)
        if status != 0:
            return _failed(label, status)
    return 0


def _side_by_side() -> list[str]:
    """Run everything in a process for each core; tests of one file may share what they made."""
    seen = getattr(os, "sched_getaffinity", None)
    cores = len(seen(0)) if seen else os.cpu_count() or 1
    return ["-n", str(min(cores, MOST_WORKERS)), "--dist", "loadfile"]


def _run(checkout: str, label: str, command: list[str]) -> int:
    print(f"== {label}", flush=True)
    # The campaign is a package of the tests.
    folder = os.path.join(checkout, "tests") if command[1:3] == ["-m", "chaos"] else checkout
    try:
        status = subprocess.call(command, cwd=folder)
    except OSError as error:
        print(f"{command[0]} could not be started: {error}", file=sys.stderr)
        return 3
    return status if status >= 0 else 128 - status


def _failed(label: str, status: int) -> int:
    print(f"== {label} failed with status {status}", file=sys.stderr, flush=True)
    return status
