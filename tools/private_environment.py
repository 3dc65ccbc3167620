"""Make an environment that belongs to this checkout alone, whole or not at all.

The file ``complete`` inside it is written last and says what it was made from. Without it the
environment is made anew. A lock, which the installer inherits, keeps two starts apart.
"""

# Paths are strings here, as in tools.start.
# ruff: noqa: PTH103, PTH105, PTH107, PTH112, PTH118, PTH123

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tools.start import marked, python_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Commands = Callable[[str, bool], list[list[str]]]

# Settings for pip or Python that would send packages, or imports, past a private environment.
# Which index to use, which certificates and which proxy is the user's business and stays.
MISLEADING = ("PIP_PREFIX", "PIP_ROOT", "PIP_TARGET", "PYTHONHOME", "PYTHONPATH")
BUSY_WAIT_S = 0.2


class UnpreparedError(OSError):
    """The environment can't be made; the message says what to do."""


def tool_commands(checkout: str) -> Commands:
    """Say how the tool is installed from its checkout, with pip or, without one, with uv."""

    def commands(python: str, has_pip: bool) -> list[list[str]]:
        if has_pip:
            return [[*pip(python), "install", "--quiet", checkout]]
        return [["uv", "pip", "install", "--quiet", "--python", python, checkout]]

    return commands


def pip(python: str) -> list[str]:
    """Name pip inside an environment."""
    return [python, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]


def prepare(places: list[str], name: str, wanted: str, commands: Commands) -> str:
    """Make or renew an environment and return its interpreter.

    Args:
        places: folders to hold it, best first; the first that can be written to is taken.
        name: the environment's name.
        wanted: the digest of what it is made from.
        commands: the installation, from the interpreter and whether there is pip.

    Raises:
        OSError: no place can be written to, or a step failed.
    """
    folder = _writable(places)
    environment = os.path.join(folder, name)
    with _locked(os.path.join(folder, f"{name}.lock")) as lock:
        found = marked(environment)
        if found != wanted:
            why = "the checkout changed" if found else "first start only"
            sys.stderr.write(f"Preparing torchup ({why}) …\n")
            sys.stderr.flush()
            _renew(environment, wanted, commands, lock, keep=bool(found))
    return python_in(environment)


def _renew(environment: str, wanted: str, commands: Commands, lock: int, *, keep: bool) -> None:
    marker = os.path.join(environment, "complete")
    if keep:
        os.remove(marker)
    else:
        if os.path.isdir(environment):
            shutil.rmtree(environment)
        _create(environment, lock)
    python = python_in(environment)
    has_pip = _call([python, "-I", "-c", "import pip"], lock).returncode == 0
    for command in commands(python, has_pip):
        done = _call(command, lock)
        if done.returncode != 0:
            raise UnpreparedError(f"the installation failed.\n{done.stdout.strip()}")
    beside = marker + ".new"
    with open(beside, "w", encoding="ascii") as stream:
        stream.write(wanted)
    os.replace(beside, marker)


def _create(environment: str, lock: int) -> None:
    done = _call([sys.executable, "-I", "-m", "venv", environment], lock)
    if done.returncode == 0:
        return
    shutil.rmtree(environment, ignore_errors=True)
    without_pip = find_spec("ensurepip") is None or "ensurepip" in done.stdout
    if not without_pip:
        raise UnpreparedError(f"no environment could be made.\n{done.stdout.strip()}")
    uv = shutil.which("uv")
    if uv is None:
        raise UnpreparedError(
            "this Python comes without the means to make environments. On Debian and Ubuntu:\n"
            f"    sudo apt install python3-venv python3.{sys.version_info.minor}-venv"
        )
    done = _call([uv, "venv", "--quiet", "--python", sys.executable, environment], lock)
    if done.returncode != 0:
        raise UnpreparedError(f"no environment could be made.\n{done.stdout.strip()}")


def _call(command: list[str], lock: int) -> subprocess.CompletedProcess[str]:
    """Run a step with its output kept for the case that it fails.

    The step inherits the lock: if this process is killed, the next start waits until the step
    that was left behind has ended.
    """
    environ = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**environ, "PIP_USER": "0", "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
        errors="replace",
        pass_fds=() if os.name == "nt" else (lock,),
        check=False,
    )


def _writable(places: list[str]) -> str:
    """Return the first of the folders that files can be made in; make it if need be."""
    error: OSError | None = None
    for folder in places:
        probe = os.path.join(folder, f"probe-{os.getpid()}")
        try:
            os.makedirs(folder, exist_ok=True)
            with open(probe, "wb"):
                pass
            os.remove(probe)
        except OSError as found:
            error = found
        else:
            return folder
    raise error or UnpreparedError("there is no folder to prepare it in.")


@contextmanager
def _locked(path: str) -> Iterator[int]:
    """Hold a lock on a file; wait while another start holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        while not _take(descriptor):
            time.sleep(BUSY_WAIT_S)
        yield descriptor
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
