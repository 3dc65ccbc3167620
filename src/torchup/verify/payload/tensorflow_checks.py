"""The checks that know TensorFlow, by their codes; see ``arrays`` for what they compare.

The names are those of TensorFlow's documentation ("Use a GPU", ``tf.config``).

Long: part of a program that runs in other Pythons, one check a function.
"""

import os
import sys
from contextlib import contextmanager

from . import tensorflow_board
from .array_bench import ArrayBench
from .arrays import ArrayChecks, Ops

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Found = tuple[str, dict[str, object]]

__all__ = [
    "CHECKS",
    "begin_with",
    "kind_of",
    "lacking",
    "numpy",
    "prepare",
    "runtime",
    "settle",
]

GPU = ("cuda", "rocm", "mps", "directml")
# What a plugin computes on: it calls its devices GPUs, too.
PLUGGED = ("mps", "directml")
FIRST: "list[str]" = []


def prepare(cache: str, *, repeatable: bool) -> None:
    """Set what must be set before the import: quiet, exact, and no more memory than is used."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    os.environ["NVIDIA_TF32_OVERRIDE"] = "0"
    if repeatable:
        os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")
    del cache  # kernels for a newer card are made by the driver, which keeps them itself


def settle(tf: "Any") -> None:
    """Switch TF32 off after the import, so that one limit fits all devices (2.4 and newer)."""
    switch = getattr(tf.config.experimental, "enable_tensor_float_32_execution", None)
    if switch is not None:
        switch(False)


def begin_with(_tf: "Any", device: str) -> None:
    """Compute on a device (cuda:1) whatever names none."""
    FIRST[:] = [device]


def kind_of(tf: "Any", device: str) -> str:
    """Return the kind of device: cpu, or what computes on a card; ``auto`` is the best."""
    kind = device.partition(":")[0]
    if kind == "auto":
        return "cuda" if tf.config.list_physical_devices("GPU") else "cpu"
    return "cuda" if kind in GPU else kind


def named(tf: "Any", wanted: str) -> str:
    """The device that a name means, as TensorFlow calls it."""
    if kind_of(tf, wanted) == "cpu":
        return "/device:CPU:0"
    shown = wanted if ":" in wanted or not FIRST else FIRST[0]
    return "/device:GPU:" + (shown.partition(":")[2] or "0")


def runtime(tf: "Any") -> "dict[str, object]":
    """Name the CUDA and cuDNN that the build was made for."""
    built = _built(tf)
    cuda = str(built.get("cuda_version", ""))
    told: dict[str, object] = {"runtime": "cuda " + cuda if cuda else "none"}
    told.update({"cudnn": built["cudnn_version"]} if "cudnn_version" in built else {})
    return told


def _built(tf: "Any") -> "dict[str, Any]":
    """What the build says of itself; nothing before 2.3."""
    ask = getattr(tf.sysconfig, "get_build_info", None)
    return dict(ask()) if ask is not None else {}


def lacking(_tf: "Any", feature: str) -> "Found":
    """A release that is too old has it not yet."""
    return "skip", {"reason": "no-feature", "feature": feature}


def numpy(tf: "Any", np: "Any") -> "Found":
    """Exchange arrays with NumPy, both ways."""
    sent = np.arange(6, dtype="float32")
    got = (tf.constant(sent) + 1.0).numpy()
    if got.tolist() != [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]:
        return "fail", {"reason": "wrong-result", "expected": "1 to 6", "found": got.tolist()}
    return "pass", {"version": np.__version__}


def device(tf: "Any", wanted: str, _options: "Any") -> "Found":
    """See that the planned device is there, and name what is."""
    if kind_of(tf, wanted) == "cpu":
        return "pass", {"device": "cpu"}
    found = list(tf.config.list_physical_devices("GPU"))
    if not found:
        if not tf.test.is_built_with_cuda() and wanted.startswith("cuda"):
            return "fail", {"reason": "not-built", "device": wanted}
        why = "TensorFlow sees no GPU: its CUDA libraries or the driver can't be loaded"
        if wanted.partition(":")[0] in PLUGGED:
            why = "TensorFlow sees no GPU: the plugin for it isn't there, or was made for another"
        return "fail", {"reason": "absent", "device": wanted, "why": why}
    index = wanted.partition(":")[2]
    if index and int(index) >= len(found):
        return "fail", {"reason": "absent", "device": wanted, "why": f"{len(found)} found"}
    told = [_details(tf, one) for one in found]
    shown = _best(tf) if wanted == "auto" else wanted
    values: dict[str, object] = {"device": shown, "count": len(found)}
    values["names"] = "; ".join(str(each.get("device_name", "GPU")) for each in told)
    if not index:
        kind = shown.partition(":")[0]
        values["devices"] = [f"{kind}:{number}" for number in range(len(found))]
    return "pass", values


def _best(tf: "Any") -> str:
    """Name the kind of the GPUs that are there; all builds and plugins call them the same."""
    if tf.test.is_built_with_cuda():
        return "cuda"
    on_rocm = getattr(tf.test, "is_built_with_rocm", None)  # from 2.1 on
    if on_rocm is not None and on_rocm():
        return "rocm"
    return "mps" if sys.platform == "darwin" else "directml"


def _details(tf: "Any", one: "Any") -> "dict[str, Any]":
    ask = getattr(tf.config.experimental, "get_device_details", None)
    return dict(ask(one)) if ask is not None else {}


def fit(tf: "Any", wanted: str, _options: "Any") -> "Found":
    """Tell what was compiled in and what is there; it is judged elsewhere.

    A capability that is named compute_ is compiled for and kept as PTX, too.
    """
    best = _best(tf) if wanted == "auto" else wanted.partition(":")[0]
    if kind_of(tf, wanted) != "cuda" or best in PLUGGED:
        return "skip", {"reason": "not-here", "device": wanted}
    cards = []
    for one in tf.config.list_physical_devices("GPU"):
        told = _details(tf, one)
        pair = told.get("compute_capability")
        arch = "sm_%d%d" % tuple(pair) if pair else ""
        cards.append({"name": str(told.get("device_name", "")), "arch": arch})
    built = _built(tf)
    names = [str(one) for one in built.get("cuda_compute_capabilities", ())]
    compiled = names + [one.replace("compute_", "sm_") for one in names if "compute_" in one]
    told_runtime = str(built.get("cuda_version", "")).rpartition("_")[2]
    return "pass", {
        "facts": {
            "kind": "fit",
            "compiled": compiled,
            "cards": cards,
            "runtime": told_runtime if "." in told_runtime else "",
            "driver": "",
        }
    }


class _TensorFlow(Ops):
    """TensorFlow's operations."""

    def put(self, tf: "Any", wanted: str, array: "Any") -> "Any":
        """Bring an array to the device."""
        with tf.device(named(tf, wanted)):
            return tf.identity(tf.constant(array))

    def place(self, tf: "Any", wanted: str) -> str:
        """Name the device that a name means."""
        return named(tf, wanted)

    def place_of(self, value: "Any") -> str:
        """Name the device that a value lies on."""
        return "/device:" + str(value.device).rpartition("/device:")[2]

    @contextmanager
    def on(self, tf: "Any", wanted: str) -> "Iterator[None]":
        """Compute on the device within a block."""
        with tf.device(named(tf, wanted)):
            yield

    def elementwise(self, tf: "Any", a: "Any", b: "Any") -> "Any":
        """Compute sin(a) b + a."""
        return tf.sin(a) * b + a

    def matmul(self, tf: "Any", a: "Any", b: "Any") -> "Any":
        """Multiply."""
        return tf.matmul(a, b)

    def matmul_in(self, tf: "Any", name: str, a: "Any", b: "Any") -> "Any":
        """Multiply in a narrow type."""
        kind = getattr(tf, name)
        return tf.cast(tf.matmul(tf.cast(a, kind), tf.cast(b, kind)), tf.float32)

    def conv(self, tf: "Any", images: "Any", kernels: "Any") -> "Any":
        """Correlate without borders."""
        return tf.nn.conv2d(images, kernels, strides=1, padding="VALID")

    def gradients(self, tf: "Any", x: "Any", y: "Any", w: "Any", v: "Any") -> "Any":
        """Take the gradients of both layers."""
        with tf.GradientTape() as tape:
            tape.watch([w, v])
            loss = tf.reduce_mean((tf.matmul(tf.tanh(tf.matmul(x, w)), v) - y) ** 2)
        return tape.gradient(loss, [w, v])

    def stepper(self, tf: "Any", rate: float) -> "Any":
        """Make what takes a step from data and weights, traced as programs do it."""

        def stepped(data: "Any", weights: "Any") -> "Any":
            down = self.gradients(tf, data[0], data[1], weights[0], weights[1])
            return weights[0] - rate * down[0], weights[1] - rate * down[1]

        return tf.function(stepped)

    def step(self, tf: "Any", data: "Any", weights: "Any", rate: float) -> "Any":
        """Take a step."""
        return self.stepper(tf, rate)(data, weights)

    def wait(self, tf: "Any", value: "Any") -> None:
        """Wait for all devices, where the release can; else bring the values."""
        sync = getattr(getattr(tf.test, "experimental", None), "sync_devices", None)
        if sync is None:
            super().wait(tf, value)
        else:
            sync()

    def fft(self, tf: "Any", given: "Any") -> "Any":
        """Transform; return the real and the imaginary part."""
        found = tf.signal.rfft(given)
        return tf.math.real(found), tf.math.imag(found)

    def solve(self, tf: "Any", a: "Any", b: "Any") -> "Any":
        """Solve."""
        return tf.linalg.solve(a, b)

    def attention(self, tf: "Any", q: "Any", k: "Any", v: "Any") -> "Any":
        """Attend."""
        scores = tf.matmul(q, k, transpose_b=True) / q.shape[-1] ** 0.5
        return tf.matmul(tf.nn.softmax(scores, axis=-1), v)

    def compiled(self, tf: "Any", given: "Any") -> "Any":
        """Trace a small function into a graph."""

        def small(x: "Any") -> "Any":
            return tf.reduce_sum(tf.nn.relu(tf.sin(x) + x**2), axis=1)

        return tf.function(small)(given)


_OPS = _TensorFlow()
CHECKS = dict(
    ArrayChecks(_OPS).all(),
    device=(device, ()),
    fit=(fit, ()),
    tensorboard=(tensorflow_board.answers, ("summary.create_file_writer",)),
)
CHECKS.update(ArrayBench(_OPS, kind_of).all())
