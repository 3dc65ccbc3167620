"""What all of PyTorch's checks share: places, numbers to compute with, and how exact is exact."""

# The framework is whatever version is there; pathlib is slow to import.

import importlib
import os
from contextlib import contextmanager

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Found = tuple[str, dict[str, object]]

# All errors are relative to the largest reference value.
#
# float32 rounds each term by 2**-24 = 6e-8; 256 terms in any order stay below 256 * 6e-8 = 1.5e-5
# of the sum of magnitudes (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
# section 3.1), and Winograd convolution loses about one digit more. TF32 and bfloat16 (1e-3 and
# worse) and wrong results are above it.
ALLOWED = 1e-4
# A sum of 256 products of numbers in [-1, 1] has magnitudes of 64 together and about 23 as its
# largest result: the factor of 3 below. TF32 rounds both inputs to 10 bits (2 * 2**-11; NVIDIA
# A100 whitepaper, "TF32"), so 2 * 2**-11 * 3.
ALLOWED_TF32 = 3e-3
# The references for narrow types are computed from the narrowed inputs. What is left is rounding
# the result (a unit is 2**-11 for float16, 2**-9 for bfloat16) and sums that a library may keep in
# the narrow type between blocks (PyTorch, "Numerical accuracy", reduced precision reduction): 8 of
# them. Old releases add all 256 terms in the narrow type, where the error grows with the root of
# their number (Higham and Mary, 2019): 16 units, twice. 1.4.0 was measured at 18 units.
UNIT_FP16 = 2.0**-11
UNIT_BF16 = 2.0**-9
UNITS = 8
UNITS_OLD = 32
# float8 tensor cores keep about 14 bits between steps (DeepSeek-V3, arXiv 2412.19437, section
# 3.3.2) and the result is bfloat16.
ALLOWED_FP8 = 3e-2
SIZE = 256


def prepare(cache: str, *, repeatable: bool) -> None:
    """Set what must be set before the import: full float32, and compiled code in ``cache``.

    Args:
        cache: a folder; empty for the framework's own.
        repeatable: products have to repeat themselves, which may cost speed.
    """
    for name in ("NVIDIA_TF32_OVERRIDE", "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE"):
        os.environ.pop(name, None)
    os.environ["ONEDNN_DEFAULT_FPMATH_MODE"] = "STRICT"
    if repeatable:  # cuBLAS does so only with a workspace of a fixed size (its documentation)
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # A pool of compile workers would outlive the check and hold its pipes open.
    os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
    # The compiler's command line breaks at spaces (2.13); there the framework's own place is taken.
    if cache and " " not in cache:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = cache
        os.environ.setdefault("TRITON_CACHE_DIR", os.path.join(cache, "triton"))


def settle(torch: "Any") -> None:
    """Switch shortcuts off after the import, so that one limit fits all devices."""
    tf32(torch, on=False)


def begin_with(torch: "Any", device: str) -> None:
    """Compute on a device (cuda:1) whatever names none."""
    getattr(torch, device.partition(":")[0]).set_device(device)


def tf32(torch: "Any", *, on: bool) -> None:
    """Switch TF32 for matrix products and convolutions, where a release has the switch (1.7)."""
    for name in ("cuda.matmul", "cudnn"):
        part = getattr(torch, "backends", None)
        for step in name.split("."):
            part = getattr(part, step, None)
        if part is not None and hasattr(part, "allow_tf32"):
            part.allow_tf32 = on


@contextmanager
def with_tf32(torch: "Any") -> "Iterator[None]":
    """Allow TF32 for a while."""
    tf32(torch, on=True)
    try:
        yield
    finally:
        tf32(torch, on=False)


def runtime(torch: "Any") -> "dict[str, object]":
    """Name the runtime that the build was made for, and what else was compiled into it."""
    version = torch.version
    cuda, hip = getattr(version, "cuda", None), getattr(version, "hip", None)
    told: dict[str, object] = {
        "runtime": f"hip {hip}" if hip else f"cuda {cuda}" if cuda else "none"
    }
    try:
        xnnpack = importlib.import_module("torch.backends.xnnpack")
        told["xnnpack"] = "yes" if xnnpack.enabled else "no"
    except (ImportError, AttributeError):  # before 1.7 nobody could ask
        pass
    told.update({"debug": "yes"} if getattr(version, "debug", False) else {})
    if hip:
        told["miopen"] = torch.backends.cudnn.version()
    return told


def place(torch: "Any", device: str) -> str:
    """Name a device as PyTorch does: its ROCm builds call it ``cuda``. ``auto`` is the best."""
    if device != "auto":
        return device.replace("rocm", "cuda")
    for name in ("cuda", "xpu"):
        family = getattr(torch, name, None)
        if family is not None and getattr(family, "is_available", bool)():
            return name
    mps = getattr(getattr(torch, "backends", None), "mps", None)
    return "mps" if mps is not None and mps.is_available() else "cpu"


def kind_of(torch: "Any", device: str) -> str:
    """Return the kind of device in PyTorch's words: cpu, cuda, xpu or mps."""
    return place(torch, device).partition(":")[0]


def family_of(torch: "Any", device: str) -> "Any":
    """Return the module that knows a kind of device: ``torch.cuda`` and its like."""
    return getattr(torch, kind_of(torch, device), None)


def wait(torch: "Any", device: str) -> None:
    """Wait until everything on the device is done."""
    family = family_of(torch, device)
    if kind_of(torch, device) != "cpu" and hasattr(family, "synchronize"):
        family.synchronize()


def compare(torch: "Any", got: "Any", reference: "Any", allowed: float = ALLOWED) -> "Found":
    """Judge numbers by their largest error, relative to the largest reference value."""
    exact = reference.detach()
    off = (got.detach().cpu().to(torch.float64) - exact).abs().max()
    error = float(off / exact.abs().max())
    values: dict[str, object] = {"max_error": f"{error:.2g}", "allowed": f"{allowed:.0e}"}
    if error <= allowed:  # false for NaN too
        return "pass", values
    return "fail", dict(values, reason="wrong-numbers")


def worst(results: "list[Found]") -> "Found":
    """Return the first that did not pass, else the last."""
    return next((found for found in results if found[0] != "pass"), results[-1])


def of_device(error: BaseException) -> bool:
    """Tell whether a device itself refused: that is never a release that lacks an operation.

    "CUDA error: operation not supported" reads like one (cudaErrorNotSupported).
    """
    return "CUDA error" in str(error) or "HIP error" in str(error)


def refuses_type(error: BaseException) -> bool:
    """Tell whether cuBLAS has no product of a type for this card; the card is none the worse.

    So it says on cards before tensor cores (pytorch/pytorch#57773: bfloat16 on a P100).
    """
    said = str(error)
    return "CUBLAS_STATUS_NOT_SUPPORTED" in said or "CUBLAS_STATUS_ARCH_MISMATCH" in said


def narrow(torch: "Any", unit: float) -> float:
    """Return what is allowed in a narrow type."""
    return unit * (UNITS if hasattr(torch, "compile") else UNITS_OLD)


def random(torch: "Any", *shape: int) -> "Any":
    """Make numbers between -1 and 1 that are the same every time."""
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.rand(*shape, generator=generator) * 2 - 1


def not_here(device: str) -> "Found":
    """Say that a kind of device has no such thing."""
    return "skip", {"reason": "not-here", "device": device}
