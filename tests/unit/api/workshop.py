"""A machine to compile on, made up: what it has of tools and memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.compiled.fitted import Fitted
from torchup.api.context import Context
from torchup.facts.wheels import Compiles
from torchup.host.real import RealHost
from torchup.model import Cpu, Gpu, Machine, Os, Stack
from torchup.state.home import find_home

if TYPE_CHECKING:
    from pathlib import Path

NEEDS = Compiles(memory_gib=9.0, minutes=(5, 120), needs=(), source=("x",))
STACK = Stack(
    python="3.12", packages={"torch": "2.9.1"}, build="cu128", runtime="12.8", device="cuda"
)
MACHINE = Machine(
    os=Os(system="linux"),
    arch="x86_64",
    cpu=Cpu(cores=64),
    gpus=(Gpu(arch="sm_86"), Gpu(arch="sm_90")),
)
FLASH = Fitted(line="flash-attn", name="flash-attn", state="source", compiles=NEEDS)


class Workshop(RealHost):
    """A machine with some tools, and so much memory."""

    def __init__(self, *, compiler: bool = True, cuda: str = "", free_gib: int = 40) -> None:
        super().__init__()
        self._compiler = compiler
        self._cuda = cuda
        self._free = free_gib * 1024 * 1024

    @property
    def system(self) -> str:  # type: ignore[override]
        return "linux"

    def env(self, name: str) -> str | None:
        return "/opt/kit" if name == "CUDA_HOME" and self._cuda else None

    def which(self, name: str) -> str | None:
        return "/usr/bin/g++" if name == "g++" and self._compiler else None

    def real_path(self, path: str) -> str:
        return path

    def listdir(self, path: str) -> tuple[str, ...]:
        return () if path else ("nothing",)

    def modified(self, path: str) -> tuple[int, int] | None:
        return None if path else (0, 0)

    def read(self, path: str) -> bytes | None:
        if path == "/proc/meminfo":
            return f"MemTotal: 99999999 kB\nMemAvailable: {self._free} kB\n".encode()
        if path == "/opt/kit/version.json":
            return f'{{"cuda": {{"name": "CUDA", "version": "{self._cuda}"}}}}'.encode()
        return None


def context(folder: Path, host: RealHost) -> Context:
    return Context(host, find_home(RealHost(), None, named=str(folder)))
