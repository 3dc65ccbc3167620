"""A folder of its own with the peers installed, and certificates for the stand-in."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

PEERS: Final = ("uv", "torchruntime", "light-the-torch")
TOOLS: Final = ("pip", "trustme")
INSTALL_S: Final = 300
RUN_S: Final = 120


class NoScratchError(Exception):
    """The peers can't be run here; the message says why."""


class Scratch:
    """The peers' environment.

    Args:
        folder: an empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "peers" / "bin"
        self.python = self.bin / "python"
        self.authority = folder / "client.pem"
        self.certificate = folder / "server.pem"
        self.key = folder / "server.key"

    def install(self) -> dict[str, str]:
        """Install the newest version of every peer, and name the versions.

        Raises:
            NoScratchError: the package index can't be reached, or an installation failed.
        """
        uv = [sys.executable, "-m", "uv"]
        target = ["--python", str(self.python)]
        _made([*uv, "venv", "--quiet", "--python", sys.executable, str(self.folder / "peers")])
        _made([*uv, "pip", "install", "--quiet", *target, *PEERS, *TOOLS])
        ask = "import sys; from importlib.metadata import version as v; "
        ask += "print(*(v(name) for name in sys.argv[1:]))"
        told = _made([str(self.python), "-c", ask, *PEERS])
        return dict(zip(PEERS, told.split(), strict=True))

    def certify(self, hosts: Iterable[str]) -> None:
        """Make an authority and one certificate for all the hosts.

        Raises:
            NoScratchError: that failed.
        """
        _made([str(self.python), "-m", "trustme", "-q", "-d", str(self.folder), "-i", *hosts])


def _made(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    if done.returncode != 0:
        raise NoScratchError(f"{' '.join(command[:5])} … failed: {done.stderr.strip()}")
    return done.stdout


def run(
    command: list[str], environment: Mapping[str, str], given: str = ""
) -> tuple[int, str, str]:
    """Run a peer with nothing of this machine's own settings.

    Args:
        command: the program by its whole path, and its arguments.
        environment: every variable that it sees.
        given: what it reads from standard input.

    Returns:
        Its exit status, what it printed, and what it said on standard error.

    Raises:
        NoScratchError: it never ends.
    """
    try:
        done = subprocess.run(
            command,
            input=given,
            env=dict(environment),
            capture_output=True,
            text=True,
            timeout=RUN_S,
            check=False,
            cwd=os.sep,
        )
    except subprocess.TimeoutExpired as error:
        raise NoScratchError(f"{command[0]} gave no answer in {RUN_S} seconds") from error
    return done.returncode, done.stdout, done.stderr
