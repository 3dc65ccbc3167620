"""Macs: Apple's chips and Intel's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from captures.parts import GIB, Described, Piece, file, machine, program, python
from stubs.machines import ran
from torchup.host import Room

if TYPE_CHECKING:
    from torchup.host.capture import Ran

_FEATURES = ("sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features")
_CLANG = "Apple clang version 17.0.0 (clang-1700.0.13.5)\n"


def mac(chip: str, version: str, kernel: str, *, cores: int, memory_gib: int) -> Piece:
    """A Mac; Apple's chips are known by their names."""
    apple = chip.startswith("Apple")
    brand = ("sysctl", "-n", "machdep.cpu.brand_string")
    answers: tuple[Ran, ...] = (
        ran("sw_vers", out=f"ProductName:\t\tmacOS\nProductVersion:\t\t{version}\n"),
        ran(*brand, out=f"{chip}\n"),
        ran("sysctl", "-n", "kern.osrelease", out=f"{kernel}\n"),
        ran("sysctl", "-n", "hw.memsize", out=f"{memory_gib * GIB}\n"),
        ran(
            "sysctl",
            "machdep.cpu.brand_string",
            "hw.logicalcpu",
            out=f"machdep.cpu.brand_string: {chip}\nhw.logicalcpu: {cores}\n",
        ),
    )
    if not apple:
        answers += (
            ran("sysctl", "-n", "sysctl.proc_translated", err="unknown oid\n", code=1),
            ran(*_FEATURES, out="FPU SSE SSE2 SSE3 SSSE3 SSE4.1 SSE4.2 AVX1.0\nAVX2 BMI1\n"),
        )
    return {
        "system": "macos",
        "machine": "arm64" if apple else "x86_64",
        "env": {"HOME": "/Users/user", "PATH": "/opt/homebrew/bin:/usr/bin"},
        "rooms": {"/Users/user": Room(free=100 * GIB, total=460 * GIB)},
        "ran": answers,
    }


_TOOLS = (
    file("/Library/Developer/CommandLineTools/usr/lib/x"),
    python("/usr/bin/python3", "3.9.6"),
    program("clang", "/usr/bin/clang", _CLANG),
)
MACHINES = (
    Described(
        name="mac-m1-macos-12",
        shows="a MacBook Air of the first kind with macOS 12; no developer tools, so no Python",
        capture=machine(
            mac("Apple M1", "12.7.6", "21.6.0", cores=8, memory_gib=8),
            {"executables": ("/usr/bin/python3",)},
        ),
    ),
    Described(
        name="mac-m2-ultra-macos-13",
        shows="a Mac Studio with Apple's developer tools",
        capture=machine(
            mac("Apple M2 Ultra", "13.7.1", "22.6.0", cores=24, memory_gib=192), *_TOOLS
        ),
    ),
    Described(
        name="mac-m3-pro-macos-14",
        shows="a MacBook Pro with Homebrew's Python beside Apple's",
        capture=machine(
            mac("Apple M3 Pro", "14.6.1", "23.6.0", cores=12, memory_gib=36),
            *_TOOLS,
            python("/opt/homebrew/bin/python3.13", "3.13.1"),
        ),
    ),
    Described(
        name="mac-m4-macos-15",
        shows="a Mac mini with macOS 15 and conda-forge's installer",
        capture=machine(
            mac("Apple M4", "15.3", "24.3.0", cores=10, memory_gib=16),
            python("/Users/user/miniforge3/bin/python3.12", "3.12.8"),
            {
                "links": {
                    "/Users/user/miniforge3/bin/python": "/Users/user/miniforge3/bin/python3.12"
                }
            },
            file("/Users/user/miniforge3/conda-meta/conda-24.11.3-py312h81bd7bf_0.json", "{}"),
            file("/Users/user/miniforge3/conda-meta/python-3.12.8-hc22306f_1_cpython.json", "{}"),
        ),
    ),
    Described(
        name="mac-rosetta",
        shows="an x86_64 program on an M2: Rosetta is seen through",
        capture=machine(
            mac("Apple M2", "14.5", "23.5.0", cores=8, memory_gib=16),
            {
                "machine": "x86_64",
                "ran": (ran("sysctl", "-n", "sysctl.proc_translated", out="1\n"),),
            },
        ),
    ),
    Described(
        name="mac-intel-macos-13",
        shows="an Intel MacBook Pro, for which no build after 2.2 is published",
        capture=machine(
            mac(
                "Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz",
                "13.7.1",
                "22.6.0",
                cores=12,
                memory_gib=16,
            )
        ),
    ),
    Described(
        name="mac-intel-macos-15",
        shows="an Intel iMac with an AMD card, which no build serves",
        capture=machine(
            mac(
                "Intel(R) Core(TM) i9-10910 CPU @ 3.60GHz",
                "15.1",
                "24.1.0",
                cores=20,
                memory_gib=64,
            ),
            *_TOOLS,
        ),
    ),
    Described(
        name="mac-virtual",
        shows="a virtual Mac of a test service",
        capture=machine(
            mac("Apple M1 (Virtual)", "14.7.1", "23.6.0", cores=3, memory_gib=7), *_TOOLS
        ),
    ),
)
