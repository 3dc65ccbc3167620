"""What ``bootstrap.py`` does: keep a private environment for the tool, and start the tool in it.

Standard library only, and little of it: this runs before every command.
"""

# Importing pathlib costs more than this whole file.
# ruff: noqa: PTH110, PTH111, PTH113, PTH118, PTH119, PTH123

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing would cost as much again
if TYPE_CHECKING:
    from collections.abc import Iterator

EXIT_OUTSIDE = 3
EXIT_INTERRUPTED = 130


def main(checkout: str, arguments: list[str]) -> int:
    """Run the project's checks for ``test``, the tool itself for everything else."""
    try:
        if arguments[:1] == ["test"]:
            from tools import run_checks

            return run_checks.main(checkout, arguments[1:])
        return _start(_ready(checkout), arguments)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except OSError as error:
        sys.stderr.write(f"torchup could not be prepared: {error}\n")
        return EXIT_OUTSIDE


def python_in(environment: str) -> str:
    """Find an environment's interpreter."""
    inside = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(environment, *inside)


def digest(checkout: str, names: tuple[str, ...], salt: str = "") -> str:
    """Sum up the content of files and folders of the checkout."""
    from hashlib import sha256

    total = sha256(salt.encode())
    for path in _files(checkout, names):
        total.update(os.path.relpath(path, checkout).encode("utf-8", "surrogateescape") + b"\0")
        with open(path, "rb") as stream:
            total.update(sha256(stream.read()).digest())
    return total.hexdigest()


def marked(environment: str) -> str:
    """Read the digest that an environment was finished with; empty where it is not finished."""
    try:
        with open(os.path.join(environment, "complete"), encoding="ascii") as stream:
            return stream.read() if os.path.exists(python_in(environment)) else ""
    except (OSError, ValueError):
        return ""


def _files(checkout: str, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        path = os.path.join(checkout, name)
        if os.path.isfile(path):
            yield path
        for folder, folders, files in os.walk(path):
            folders[:] = sorted(inner for inner in folders if inner != "__pycache__")
            yield from (os.path.join(folder, inner) for inner in sorted(files))


def _ready(checkout: str) -> str:
    """Return the tool's interpreter, after making or repairing its environment if need be."""
    wanted = digest(checkout, ("pyproject.toml", "README.md", "src"))
    for folder in _places(checkout):
        environment = os.path.join(folder, "tool")
        if marked(environment) == wanted:
            return python_in(environment)
    from tools import private_environment

    return private_environment.prepare(
        _places(checkout), "tool", wanted, private_environment.tool_commands(checkout)
    )


def _places(checkout: str) -> list[str]:
    """List where the environment may lie: beside the checkout, else in the user's cache."""
    from hashlib import sha256

    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if sys.platform == "win32":
        cache = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    elif sys.platform == "darwin":
        cache = os.path.expanduser("~/Library/Caches")
    name = sha256(os.path.realpath(checkout).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return [
        os.path.join(checkout, ".torchup"),
        os.path.join(cache, "torchup", f"checkout-{name}"),
    ]


def _start(python: str, arguments: list[str]) -> int:
    # What the tool tells people to run next has to start as this did.
    os.environ["TORCHUP_COMMAND"] = f"{os.path.basename(sys.executable)} {sys.argv[0]}"
    # Isolated, so that no file in the current folder stands in for one of the tool's modules.
    command = [python, "-I", "-m", "torchup", *arguments]
    if os.name != "nt":
        os.execv(python, command)
    # On Windows, exec returns to the shell before the new program has ended.
    import signal
    import subprocess

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(command)
