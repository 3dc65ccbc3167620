"""torchup on a machine that was captured: its hardware is the capture's, all else is really here.

Run as ``python -m walks.simulated CAPTURE ARGUMENT...``. For machines whose cards are seen by
files of the kernel, for which there is no stand-in as there is for NVIDIA's libraries.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from captures.registry import capture_file
from cli.process import Torchup
from torchup.api.machines import machine
from torchup.cli.main import run
from torchup.host.capture import read_capture
from torchup.probe import probe_machine

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.model import Machine


class Simulated(Torchup):
    """Runs torchup on a captured machine."""

    def __init__(self, root: Path, capture: str, **variables: str) -> None:
        super().__init__(root, **variables)
        self._capture = capture
        self.env["PYTHONPATH"] = str(Path(__file__).parents[1])

    def argv(self, *arguments: str) -> list[str]:
        """The command line of a run."""
        return [sys.executable, "-m", "walks.simulated", self._capture, *arguments]


def be(name: str) -> None:
    """Let every look at this machine's hardware see the captured one's."""
    look = probe_machine
    seen = machine.replay_hardware(read_capture(capture_file(name).read_bytes()))

    def probe(host: Host, *given: object, **more: object) -> Machine:
        here = look(host, *given, **more)  # type: ignore[arg-type]  # passed on
        return replace(here, gpus=seen.gpus, drivers=seen.drivers, cpu=seen.cpu)

    vars(machine)["probe_machine"] = probe


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)
    be(sys.argv.pop(1))
    sys.exit(run(sys.argv[1:]))
