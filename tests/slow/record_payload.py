"""Record what the payload tells, for ``tests/unit/verify/recorded``.

``python tests/slow/record_payload.py ENVIRONMENT`` with an environment that holds the real
framework and NumPy. Devices are simulated: what is sent there is computed on the CPU.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from slow import breakage as by
from torchup.verify.payload.codes import all_codes
from torchup.verify.run import PAYLOAD

INTO: Final = Path(__file__).parents[1] / "unit" / "verify" / "recorded"
# What can't be simulated: tensors never really say that they are on another device.
NOT_SIMULATED: Final = {"compile", "save-load", "dataloader", "graphs"}
TWO: Final = ["NVIDIA H100 80GB HBM3"] * 2
NEW: Final[dict[str, Any]] = {"names": ["NVIDIA GeForce RTX 5090"], "capability": (12, 0)}
OLD_CODE: Final = ["sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86", "sm_90"]
NO_KERNEL: Final = """
def fails(*a, **k): raise RuntimeError("CUDA error: an illegal memory access was encountered")
torch.nn.functional.conv2d = fails
"""
AMD: Final[dict[str, Any]] = {
    "cuda": None,
    "hip": "6.4.43482",
    "driver": 0,
    "names": ["AMD Radeon RX 7900 XTX"],
}
XPU: Final[dict[str, Any]] = {
    "kind": "xpu",
    "cuda": None,
    "driver": 0,
    "names": ["Intel(R) Arc(TM) B580 Graphics"],
}
MPS: Final = "torch.backends.mps.is_built = torch.backends.mps.is_available = lambda: True"
CONV: Final = "torch.nn.functional.conv2d"
OFF: Final = "right(*a, **k) * (1.001 if a[0].dtype == torch.float32 else 1)"

CASES: Final[dict[str, tuple[Any, dict[str, Any]]]] = {
    "cpu": (by.variables(), {"level": "standard"}),
    "cpu-bench": (by.variables(), {"bench": True}),
    "cpu-crash": (by.patched(CONV, by.SEGFAULT), {}),
    "cpu-hang": (by.patched(CONV, by.SLEEP), {"limit": "conv=1"}),
    "cpu-killed": (by.patched(CONV, "__import__('os').kill(__import__('os').getpid(), 9)"), {}),
    "cpu-wrong": (by.patched(CONV, OFF), {}),
    "cpu-no-library": (by.gone("torch/lib/libtorch_cpu.so"), {}),
    "cpu-foreign-library": (by.foreign("libc10.so"), {}),
    "cpu-two-openmp": (by.TWO_OPENMP, {}),
    "cpu-build-for-cuda": (by.variables(), {"device": "cuda"}),
    "cuda": (by.simulated(names=TWO), {"level": "standard", "device": "cuda"}),
    "cuda-no-code": (by.simulated(archs=OLD_CODE, **NEW), {"device": "cuda"}),
    "cuda-jit": (by.simulated(archs=["sm_90", "compute_90"], **NEW), {"device": "cuda"}),
    "cuda-jit-old-driver": (
        by.simulated(archs=["sm_90", "compute_90"], driver=12040, **NEW),
        {"device": "cuda"},
    ),
    "cuda-minor": (by.simulated(cuda="12.9"), {"device": "cuda"}),
    "cuda-old-driver": (by.simulated(cuda="13.0"), {"device": "cuda"}),
    "cuda-kernel-error": (by.simulated(NO_KERNEL), {"device": "cuda"}),
    "rocm": (by.simulated(gfx="gfx1100", archs=["gfx90a", "gfx1100"], **AMD), {"device": "rocm"}),
    "rocm-no-code": (by.simulated(gfx="gfx1103", archs=["gfx1100"], **AMD), {"device": "rocm"}),
    "xpu": (by.simulated(**XPU), {"level": "standard", "device": "xpu"}),
    "mps": (by.simulated(MPS, kind="mps", cuda=None), {"level": "standard", "device": "mps"}),
}


def record(place: by.Place, name: str, cache: str) -> None:
    """Run the payload in an environment that is broken or simulated, and keep its lines."""
    harm, asked = CASES[name]
    level, device = asked.get("level", "quick"), asked.get("device", "cpu")
    arguments = [f"--level={level}", f"--device={device}", f"--cache={cache}"]
    arguments += ["--bench"] if asked.get("bench") else []
    arguments += [f"--limit={asked['limit']}"] if "limit" in asked else []
    if device != "cpu" and level != "quick":
        arguments += [f"--skip={code}" for code in NOT_SIMULATED]
    with harm(place):
        argv = [place.python, "-I", "-S", str(PAYLOAD), "--framework=torch", *arguments]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    lines = done.stdout.replace(str(place.root), "/env").replace(str(place.outside), "/elsewhere")
    kept = [line for line in lines.splitlines() if '"alive"' not in line]
    head = {"level": level, "device": device, "exit": done.returncode}
    skipped = NOT_SIMULATED & set(all_codes(level)) if device != "cpu" else set()
    head["skipped"] = sorted(skipped)
    text = "\n".join([json.dumps({"recorded": head}), *kept])
    (INTO / f"{name}.jsonl").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Record all, or the named ones."""
    INTO.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as outside, contextlib.suppress(BrokenPipeError):
        place = by.Place(Path(sys.argv[1]).absolute(), Path(outside))
        for name in sys.argv[2:] or CASES:
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()
            record(place, name, str(Path(outside) / "cache"))


if __name__ == "__main__":
    main()
