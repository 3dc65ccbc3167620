"""What a processor can do, in Linux's flag names, where the system is not Linux."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.host import Host

_SYSCTL: Final = ("sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features")
_ON_MACOS: Final = {
    "sse3": "pni",
    "sse4.1": "sse4_1",
    "sse4.2": "sse4_2",
    "avx1.0": "avx",
    "clfsopt": "clflushopt",
    "xsave": "xsave xsavec xsaveopt",
}
"""macOS' name → Linux's, as archspec has it: ``conversions.darwin_flags`` of
https://github.com/archspec/archspec-json/blob/master/cpu/microarchitectures.json, and Linux's
``pni``."""
_LEAST: Final = "ssse3"
"""Every processor that Windows 10 and PyTorch run on has it: a Windows that says no knows none."""


def features_on_macos(host: Host) -> tuple[str, ...] | None:
    """Ask ``sysctl``, which knows them of Intel's processors alone; Apple's are no question."""
    done = host.run(_SYSCTL, timeout=5)
    return parse_sysctl(done.out) if done.out.strip() else None


def parse_sysctl(text: str) -> tuple[str, ...]:
    """Read ``FPU VME … AVX1.0`` and the like."""
    words = (_ON_MACOS.get(word, word) for word in text.lower().split())
    return tuple(dict.fromkeys(" ".join(words).split()))


def features_on_windows(host: Host) -> tuple[str, ...] | None:
    """Ask Windows in a child process; None where it can't tell."""
    if not sys.executable or host.machine.upper() != "AMD64":
        return None
    payload = __file__.removesuffix("features.py") + "payload_features.py"
    done = host.run([sys.executable, "-I", payload], timeout=5)
    names = tuple(done.out.split()) if done.code == 0 else ()
    return names if _LEAST in names else None
