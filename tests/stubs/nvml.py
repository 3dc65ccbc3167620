"""Stand-ins for NVIDIA's driver libraries, compiled once, so that the true bindings are tested."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from torchup.host.capture import CaptureHost
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.host import Completed
    from torchup.host.capture import Capture

SOURCES = {"libnvidia-ml.so.1": "fakenvml.c", "libcuda.so.1": "fakecuda.c"}
PAYLOADS = ("payload_nvml.py", "payload_cuda.py")
NO_COMPILER = "there is no gcc to compile the stand-in driver library with"


@cache
def library() -> Path | None:
    """Compile the library and return the folder that holds it; None where there is no gcc."""
    compiler = shutil.which("gcc")
    if compiler is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="fakenvml-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name, source in SOURCES.items():
        flags = ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", f"-Wl,-soname,{name}"]
        written = str(Path(__file__).with_name(source))
        subprocess.run([compiler, *flags, "-o", str(folder / name), written], check=True)
    return folder


class StubbedHost(CaptureHost):
    """A captured machine whose NVML is really asked, through the stand-in library.

    Args:
        capture: the machine's files.
        folder: what :func:`library` returned.
        config: the file with the library's answers.
        limit: seconds after which a child is given up, instead of its own limit.
    """

    def __init__(
        self, capture: Capture, folder: Path, config: Path, limit: float | None = None
    ) -> None:
        super().__init__(capture)
        self._stub = {"LD_LIBRARY_PATH": str(folder), "FAKENVML": str(config)}
        self._limit = limit

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float = 30,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
    ) -> Completed:
        """Run the libraries' payloads for real, answer everything else from the capture."""
        if not any(part.endswith(PAYLOADS) for part in argv):
            return super().run(argv, timeout=timeout, env=env, cwd=cwd)
        return RealHost().run(
            argv, timeout=self._limit or timeout, env={**(env or {}), **self._stub}
        )
