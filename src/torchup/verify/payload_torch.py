"""The checks that know PyTorch; loaded by ``payload.py`` inside the environment.

Every check takes the imported framework and the planned device, and returns a status with values
that go into the result's detail. Numbers are compared with float64 references from the CPU.
"""

# The framework is whatever version is there; pathlib is slow to import.
# ruff: noqa: ANN401, PTH110, PTH118

import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

    Found = tuple[str, dict[str, object]]

# Relative to the largest reference value. float32 rounds each term by 2**-24 = 6e-8; 256 terms in
# any order stay below 256 * 6e-8 = 1.5e-5 of the sum of magnitudes (Higham, Accuracy and Stability
# of Numerical Algorithms, 2nd ed., section 3.1), and Winograd convolution loses about one digit
# more. TF32 and bfloat16 (1e-3 and worse) and wrong results are above it.
ALLOWED = 1e-4
SIZE = 256
COMPILER_TIMEOUT_S = 20


def prepare(cache: str) -> None:
    """Set what must be set before the import: full float32, and compiled code in ``cache``."""
    os.environ["NVIDIA_TF32_OVERRIDE"] = "0"
    os.environ["ONEDNN_DEFAULT_FPMATH_MODE"] = "STRICT"
    os.environ.pop("TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", None)
    # A pool of compile workers would outlive the check and hold its pipes open.
    os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
    # The compiler's command line breaks at spaces (2.13); there the framework's own place is taken.
    if cache and " " not in cache:
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = cache
        os.environ.setdefault("TRITON_CACHE_DIR", os.path.join(cache, "triton"))


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


def place(device: str) -> str:
    """Name a device as PyTorch does: its ROCm builds call it ``cuda``."""
    return device.replace("rocm", "cuda")


def device(torch: "Any", wanted: str) -> "Found":
    """See that the planned device is there, and name what is."""
    kind = place(wanted).partition(":")[0]
    if kind == "cpu":
        return "pass", {"device": "cpu"}
    if wanted.startswith("rocm") and not getattr(torch.version, "hip", None):
        return "fail", {"reason": "not-built", "device": wanted}
    if kind == "mps":
        if not torch.backends.mps.is_built():
            return "fail", {"reason": "not-built", "device": wanted}
        found = torch.backends.mps.is_available()
        return ("pass", {"device": wanted}) if found else _absent(wanted, "")
    if kind == "cuda" and not (torch.version.cuda or getattr(torch.version, "hip", None)):
        return "fail", {"reason": "not-built", "device": wanted}
    family = getattr(torch, kind, None)
    if family is None or not family.is_available():
        return _absent(wanted, _why_absent(family))
    names = [family.get_device_name(index) for index in range(family.device_count())]
    values: dict[str, object] = {"device": wanted, "count": len(names), "names": "; ".join(names)}
    if kind == "cuda":
        pairs = [torch.cuda.get_device_capability(index) for index in range(len(names))]
        values["capabilities"] = " ".join(f"{major}.{minor}" for major, minor in pairs)
    return "pass", values


def _absent(wanted: str, why: str) -> "Found":
    return "fail", {"reason": "absent", "device": wanted, "why": why or "not available"}


def _why_absent(family: "Any") -> str:
    try:
        family.init()
    except Exception as error:  # noqa: BLE001 - whatever it raises is the answer
        return (str(error).strip().splitlines() or [""])[0]
    return ""


def _compare(torch: "Any", got: "Any", reference: "Any") -> "Found":
    """Judge numbers by their largest error, relative to the largest reference value."""
    exact = reference.detach()
    off = (got.detach().cpu().to(torch.float64) - exact).abs().max()
    error = float(off / exact.abs().max())
    values: dict[str, object] = {"max_error": f"{error:.2g}", "allowed": f"{ALLOWED:.0e}"}
    if error <= ALLOWED:  # false for NaN too
        return "pass", values
    return "fail", dict(values, reason="wrong-numbers")


def _random(torch: "Any", *shape: int) -> "Any":
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.rand(*shape, generator=generator) * 2 - 1


def matmul(torch: "Any", wanted: str) -> "Found":
    """Multiply two float32 matrices on the device."""
    a, b = _random(torch, SIZE, SIZE), _random(torch, SIZE, SIZE + 1)
    got = a.to(place(wanted)) @ b.to(place(wanted))
    return _compare(torch, got, a.double() @ b.double())


def conv(torch: "Any", wanted: str) -> "Found":
    """Convolve float32 images on the device: 16 channels of 3 x 3 are 144 terms."""
    run = torch.nn.functional.conv2d
    images, kernels = _random(torch, 2, 16, 32, 32), _random(torch, 8, 16, 3, 3)
    got = run(images.to(place(wanted)), kernels.to(place(wanted)), padding=1)
    return _compare(torch, got, run(images.double(), kernels.double(), padding=1))


def autograd(torch: "Any", wanted: str) -> "Found":
    """Take a gradient whose value is known: d/dx sum(x**3 + sin x) = 3 x**2 + cos x."""
    values = _random(torch, SIZE)
    x = values.to(place(wanted)).requires_grad_()
    (x**3 + x.sin()).sum().backward()
    reference = values.double()
    return _compare(torch, x.grad, 3 * reference**2 + reference.cos())


def threads(torch: "Any", _wanted: str) -> "Found":
    """Compute in parallel what was computed serially; integers must agree exactly."""
    count = torch.get_num_threads()
    if count < 1:
        return "fail", {"reason": "no-threads", "count": count}
    length = 1 << 20
    numbers = torch.arange(length)
    sums = []
    for wanted in (1, max(2, count)):
        torch.set_num_threads(wanted)
        sums.append(int((numbers * 3 + 1).sum()))
    torch.set_num_threads(count)
    expected = 3 * (length * (length - 1) // 2) + length
    if sums != [expected, expected]:
        return "fail", {"reason": "wrong-sums", "serial": sums[0], "parallel": sums[1]}
    return "pass", {"count": count}


def numpy(torch: "Any", np: "Any") -> "Found":
    """Share memory with NumPy, both ways."""
    array = np.zeros(6, dtype="float32")
    tensor = torch.from_numpy(array)
    array += 1
    tensor += 1
    expected = [2.0] * 6
    if tensor.tolist() != expected or tensor.numpy().tolist() != expected:
        return "fail", {"reason": "not-shared"}
    return "pass", {"version": np.__version__}


def compile_function(torch: "Any", wanted: str) -> "Found":
    """Compile a small function and compare it with the plain one."""
    target = "cpu" if wanted == "mps" else place(wanted)
    obstacle = _obstacle(torch, target)
    if obstacle:
        return "skip", obstacle

    def small(x: "Any") -> "Any":
        return (x.sin() + x**2).relu().sum(dim=1)

    x = _random(torch, 64, 32)
    try:
        got = torch.compile(small)(x.to(target))
    except Exception as error:
        if " " not in sys.prefix or "CppCompileError" not in str(error):
            raise
        return "skip", {"reason": "space-in-path", "path": sys.prefix}
    return _compare(torch, got, small(x.double()))


def _obstacle(torch: "Any", target: str) -> "dict[str, object]":
    """Say why compiling can't be tried here; nothing where it can."""
    if not hasattr(torch, "compile"):
        return {"reason": "no-compile"}
    try:
        importlib.import_module("torch._dynamo.eval_frame").check_if_dynamo_supported()
    except (AttributeError, ImportError):
        pass  # a release without this question answers when it compiles
    except RuntimeError as error:
        return {"reason": "compile-unsupported", "why": error}
    if target != "cpu" and importlib.util.find_spec("triton") is None:
        return {"reason": "no-triton"}
    if not _compiler_works():
        return {"reason": "no-compiler"}
    header = os.path.join(sysconfig.get_paths()["include"], "Python.h")
    return {} if os.path.exists(header) else {"reason": "no-python-headers", "path": header}


def _compiler_works() -> bool:
    """Run the compiler that PyTorch would take: CXX, else the system's usual one."""
    usual = {"win32": "cl", "darwin": "clang++"}.get(sys.platform, "g++")
    name = os.environ.get("CXX") or usual
    if sys.platform == "darwin" and not _answers(["xcode-select", "-p"]):
        return False  # there clang++ is a stand-in that opens a window to ask for its installation
    return _answers([name] if name == "cl" else [name, "--version"])


def _answers(command: "list[str]") -> bool:
    path = shutil.which(command[0])
    if path is None:
        return False
    try:
        done = subprocess.run(
            [path] + command[1:],  # noqa: RUF005 - Python 3.6
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=COMPILER_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


CHECKS = {
    "device": device,
    "matmul": matmul,
    "conv": conv,
    "autograd": autograd,
    "threads": threads,
    "compile": compile_function,
}
NEEDS_DEVICE = {"matmul", "conv", "autograd", "compile"}
