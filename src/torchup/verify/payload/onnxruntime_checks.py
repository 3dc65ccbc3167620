"""The checks that know ONNX Runtime, by their codes; see ``arrays`` for what they compare.

What can't be done on a card is done on the CPU without an error, by the whole session or by single
operations. So each session must have the provider that was asked for, and may not fall back
(ONNX Runtime: "Execution Providers", ``session.disable_cpu_ep_fallback``).

Long: part of a program that runs in other Pythons, one check a function.
"""

import importlib
import os
import struct
import sys
from contextlib import contextmanager, suppress

from .array_bench import ArrayBench
from .arrays import ArrayChecks, Ops
from .onnxruntime_models import FLOAT, FLOAT16, INT64, model, tensor

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .onnxruntime_models import Node

    Found = tuple[str, dict[str, object]]

__all__ = ["CHECKS", "begin_with", "kind_of", "numpy", "prepare", "runtime", "settle"]

GPU = ("cuda", "rocm")
CPU_PROVIDER = "CPUExecutionProvider"
CUDA_PROVIDER = "CUDAExecutionProvider"
# Kind of device -> the provider that computes on it, the preferred first.
PROVIDERS = {
    "cuda": CUDA_PROVIDER,
    "directml": "DmlExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
}
STRICT = "session.disable_cpu_ep_fallback"
FIRST: "list[str]" = []
AUTO: "list[str]" = []
SESSIONS: "dict[tuple[str, str], Any]" = {}
SMALLEST = model(["a"], [("Add", ["a", "a"], "out", {})], shapes=[[1]])


class OtherProviderError(Exception):
    """A session was given another provider than the one that was asked for."""


def prepare(cache: str, *, repeatable: bool) -> None:
    """Set what must be set before the import: full float32 in NVIDIA's libraries."""
    os.environ["NVIDIA_TF32_OVERRIDE"] = "0"
    del cache, repeatable  # nothing is compiled or chosen anew


def settle(ort: "Any") -> None:
    """Load the CUDA and cuDNN of the environment's own packages, which no path leads to."""
    preload = getattr(ort, "preload_dlls", None)  # from 1.21 on
    if preload is not None and CUDA_PROVIDER in ort.get_available_providers():
        preload()
    if sys.platform == "win32" and PROVIDERS["openvino"] in ort.get_available_providers():
        tools = importlib.import_module(ort.__name__ + ".tools.add_openvino_win_libs")
        with suppress(SystemExit):  # OpenVINO isn't there: the check of the device says so
            tools.add_openvino_libs_to_path()


def begin_with(_ort: "Any", device: str) -> None:
    """Compute on a device (cuda:1) whatever names none."""
    FIRST[:] = [device]


def kind_of(ort: "Any", device: str) -> str:
    """Return the kind of device: cpu, or what computes on a card; ``auto`` is the best."""
    kind = device.partition(":")[0]
    if kind != "auto":
        return "cuda" if kind in GPU else kind
    if not AUTO:
        there = ort.get_available_providers()
        able = [one for one, provider in PROVIDERS.items() if provider in there]
        AUTO.append(next((one for one in able if _why_not(ort, one) is None), "cpu"))
    return AUTO[0]


def _why_not(ort: "Any", wanted: str) -> "str | None":
    """Say why a card can't be computed on; None where it can."""
    there = ort.get_available_providers()
    if PROVIDERS.get(kind_of(ort, wanted)) not in there:
        return "this package has " + ", ".join(there)
    try:
        session(ort, wanted, "smallest", lambda: SMALLEST)
    except Exception as error:
        return (str(error).strip().splitlines() or [type(error).__name__])[0]
    return None


def session(ort: "Any", wanted: str, name: str, content: "Callable[[], bytes]") -> "Any":
    """Make a session on a device, once for each model, and see that it is really there.

    The model is written only then: this is within what is timed.

    Raises:
        OtherProviderError: it would compute elsewhere.
    """
    kind = kind_of(ort, wanted)
    on_card = kind != "cpu"
    shown = wanted if ":" in wanted or not FIRST else FIRST[0]
    key = (name, shown)
    if key in SESSIONS:
        return SESSIONS[key]
    options = ort.SessionOptions()
    options.log_severity_level = 3
    asked: list[Any] = [CPU_PROVIDER]
    if on_card:
        options.add_session_config_entry(STRICT, "1")
        if kind == "directml":  # "Configuration Options" of its page: neither is supported
            options.enable_mem_pattern = False
            options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        asked = [(PROVIDERS[kind], _options_of(kind, shown.partition(":")[2]))]
    made = ort.InferenceSession(content(), options, providers=asked)
    provider = PROVIDERS.get(kind, CPU_PROVIDER)
    if made.get_providers()[:1] != [provider]:
        found = ", ".join(made.get_providers())
        raise OtherProviderError("asked for " + provider + ", got " + found)
    SESSIONS[key] = made
    return made


def _options_of(kind: str, number: str) -> "dict[str, str]":
    """Name a card as a provider does; OpenVINO computes on the processor unless it is told."""
    if kind == "openvino":
        return {"device_type": "GPU." + number if number else "GPU"}
    return {"device_id": number or "0"}


def runtime(ort: "Any") -> "dict[str, object]":
    """Name the CUDA that the package was made for."""
    return {"runtime": getattr(ort, "cuda_version", "") or "none"}


def numpy(ort: "Any", np: "Any") -> "Found":
    """Exchange arrays with NumPy, both ways."""
    sent = np.arange(6, dtype="float32")
    got = ort.OrtValue.ortvalue_from_numpy(sent).numpy()
    if got.tolist() != sent.tolist():
        return "fail", {"reason": "wrong-result", "expected": "0 to 5", "found": got.tolist()}
    return "pass", {"version": np.__version__}


def device(ort: "Any", wanted: str, _options: "Any") -> "Found":
    """See that the planned device computes, and not the CPU in its place."""
    if kind_of(ort, wanted) == "cpu":
        return "pass", {"device": "cpu"}
    why = _why_not(ort, wanted)
    if why is not None:
        return "fail", {"reason": "absent", "device": wanted, "why": why}
    shown = kind_of(ort, wanted) if wanted == "auto" else wanted
    return "pass", {"device": shown, "names": PROVIDERS[kind_of(ort, wanted)]}


class _OnnxRuntime(Ops):
    """ONNX Runtime's operations: models of a few nodes each."""

    def __init__(self) -> None:
        self._at = "cpu"

    def put(self, ort: "Any", wanted: str, array: "Any") -> "Any":
        """Bring an array to the device."""
        shown = wanted if ":" in wanted or not FIRST else FIRST[0]
        number = int(shown.partition(":")[2] or 0)
        place = self.place(ort, wanted)
        return ort.OrtValue.ortvalue_from_numpy(array, place, number if place != "cpu" else 0)

    def get(self, value: "Any") -> "Any":
        """Bring a value back."""
        return super().get(value.numpy() if hasattr(value, "numpy") else value)

    def wait(self, framework: "Any", value: "Any") -> None:
        """A session's run ends when its outputs are there."""

    def place(self, ort: "Any", wanted: str) -> str:
        """Name the memory that arrays lie in: some sessions fetch them from the host's."""
        return "cuda" if kind_of(ort, wanted) == "cuda" else "cpu"

    def place_of(self, value: "Any") -> str:
        """Name the device that a value lies on."""
        return str(value.device_name()).lower()

    @contextmanager
    def on(self, _ort: "Any", wanted: str) -> "Iterator[None]":
        """Make the sessions of a block on the device."""
        before, self._at = self._at, wanted
        try:
            yield
        finally:
            self._at = before

    def _run(
        self,
        ort: "Any",
        name: str,
        takes: "list[str]",
        nodes: "list[Node]",
        *values: "Any",
        constants: "tuple[bytes, ...]" = (),
    ) -> "Any":
        shapes = [list(one.shape()) for one in values if hasattr(one, "shape")]
        known = shapes if len(shapes) == len(takes) else None
        made = session(
            ort, self._at, name + str(known), lambda: model(takes, nodes, constants, known)
        )
        names = [one.name for one in made.get_inputs()]
        return made.run_with_ort_values(None, dict(zip(names, values)))[0]

    def elementwise(self, ort: "Any", a: "Any", b: "Any") -> "Any":
        """Compute sin(a) b + a."""
        nodes: list[Node] = [
            ("Sin", ["a"], "sine", {}),
            ("Mul", ["sine", "b"], "product", {}),
            ("Add", ["product", "a"], "out", {}),
        ]
        return self._run(ort, "elementwise", ["a", "b"], nodes, a, b)

    def matmul(self, ort: "Any", a: "Any", b: "Any") -> "Any":
        """Multiply."""
        nodes: list[Node] = [("MatMul", ["a", "b"], "out", {})]
        return self._run(ort, "matmul", ["a", "b"], nodes, a, b)

    def matmul_in(self, ort: "Any", name: str, a: "Any", b: "Any") -> "Any":
        """Multiply in float16, the one narrow type that every provider has."""
        nodes: list[Node] = [
            ("Cast", ["a"], "left", {"to": FLOAT16}),
            ("Cast", ["b"], "right", {"to": FLOAT16}),
            ("MatMul", ["left", "right"], "product", {}),
            ("Cast", ["product"], "out", {"to": FLOAT}),
        ]
        return self._run(ort, name, ["a", "b"], nodes, a, b)

    def conv(self, ort: "Any", images: "Any", kernels: "Any") -> "Any":
        """Correlate without borders; ONNX has the channels first."""
        nodes: list[Node] = [
            ("Transpose", ["images"], "planes", {"perm": [0, 3, 1, 2]}),
            ("Transpose", ["kernels"], "filters", {"perm": [3, 2, 0, 1]}),
            ("Conv", ["planes", "filters"], "found", {}),
            ("Transpose", ["found"], "out", {"perm": [0, 2, 3, 1]}),
        ]
        return self._run(ort, "conv", ["images", "kernels"], nodes, images, kernels)

    def attention(self, ort: "Any", q: "Any", k: "Any", v: "Any") -> "Any":
        """Attend."""
        scale = struct.pack("<f", float(q.shape()[-1]) ** -0.5)
        nodes: list[Node] = [
            ("Transpose", ["k"], "turned", {"perm": [0, 1, 3, 2]}),
            ("MatMul", ["q", "turned"], "products", {}),
            ("Mul", ["products", "scale"], "scores", {}),
            ("Softmax", ["scores"], "shares", {"axis": 3}),
            ("MatMul", ["shares", "v"], "out", {}),
        ]
        constants = (tensor("scale", FLOAT, [], scale),)
        return self._run(ort, "attention", ["q", "k", "v"], nodes, q, k, v, constants=constants)

    def compiled(self, ort: "Any", given: "Any") -> "Any":
        """Run a small function as one model, whose nodes a session may fuse."""
        nodes: list[Node] = [
            ("Sin", ["x"], "sine", {}),
            ("Mul", ["x", "x"], "square", {}),
            ("Add", ["sine", "square"], "both", {}),
            ("Relu", ["both"], "above", {}),
            ("ReduceSum", ["above", "axes"], "out", {"keepdims": 0}),
        ]
        axes = tensor("axes", INT64, [1], struct.pack("<q", 1))
        return self._run(ort, "small", ["x"], nodes, given, constants=(axes,))


_OPS = _OnnxRuntime()
CHECKS = dict(ArrayChecks(_OPS).all(), device=(device, ()))
CHECKS.update(ArrayBench(_OPS, kind_of).all())
