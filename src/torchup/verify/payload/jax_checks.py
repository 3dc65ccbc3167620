"""The checks that know JAX, by their codes; see ``arrays`` for what they compare.

The names are those of JAX's documentation ("JAX configuration", "GPU memory allocation").
"""

import os
from contextlib import contextmanager

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
    "numpy",
    "prepare",
    "runtime",
    "settle",
]

GPU = ("cuda", "rocm")
METAL = "METAL"
# What Apple's plugin says where it has no kernel; it has no complex numbers at all (its page).
LACKING = ("UNIMPLEMENTED", "failed to legalize", "not supported", "complex64")


def prepare(cache: str, *, repeatable: bool) -> None:
    """Set what must be set before the import: full float32, and no more memory than is used."""
    os.environ["JAX_DEFAULT_MATMUL_PRECISION"] = "highest"
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if repeatable:
        flags = os.environ.get("XLA_FLAGS", "")
        os.environ["XLA_FLAGS"] = (flags + " --xla_gpu_deterministic_ops=true").strip()
    del cache  # kernels are compiled anew each time: that they can be is what is tried


def settle(_jax: "Any") -> None:
    """Everything is set before the import."""


def begin_with(jax: "Any", device: str) -> None:
    """Compute on a device (cuda:1) whatever names none."""
    jax.config.update("jax_default_device", one(jax, device))


def kind_of(jax: "Any", device: str) -> str:
    """Return the kind of device: cpu, or what computes on a card; ``auto`` is the best."""
    kind = device.partition(":")[0]
    if kind == "auto":
        found = cards(jax)
        return "cpu" if not found else ("mps" if found[0].platform == METAL else "cuda")
    return "cuda" if kind in GPU else kind


def cards(jax: "Any") -> "list[Any]":
    """The cards that JAX sees; none where it was installed without its plugin, too."""
    try:
        return _cards(jax)
    except RuntimeError:
        return []


def _cards(jax: "Any") -> "list[Any]":
    """The same; RuntimeError says why there are none. Apple's plugin doesn't call them GPUs."""
    try:
        return list(jax.devices("gpu"))
    except RuntimeError:
        try:
            return list(jax.devices(METAL))
        except RuntimeError:
            pass
        raise


def one(jax: "Any", wanted: str) -> "Any":
    """The device that a name means."""
    if kind_of(jax, wanted) == "cpu":
        return jax.devices("cpu")[0]
    return cards(jax)[int(wanted.partition(":")[2] or 0)]


def runtime(jax: "Any") -> "dict[str, object]":
    """Name what the kernels are compiled for and with."""
    devices = jax.devices()
    client = getattr(devices[0], "client", None)
    said = str(getattr(client, "platform_version", "") or "").strip().splitlines()
    return {"runtime": said[-1] if said and devices[0].platform != "cpu" else "none"}


def numpy(jax: "Any", np: "Any") -> "Found":
    """Exchange arrays with NumPy, both ways."""
    sent = np.arange(6, dtype="float32")
    got = np.asarray(jax.numpy.asarray(sent) + 1)
    if got.tolist() != [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]:
        return "fail", {"reason": "wrong-result", "expected": "1 to 6", "found": got.tolist()}
    return "pass", {"version": np.__version__}


def device(jax: "Any", wanted: str, _options: "Any") -> "Found":
    """See that the planned device is there, and name what is."""
    if kind_of(jax, wanted) == "cpu":
        return "pass", {"device": "cpu"}
    try:
        found = _cards(jax)
    except RuntimeError as error:
        why = (str(error).strip().splitlines() or [""])[0]
        return "fail", {"reason": "absent", "device": wanted, "why": why}
    index = wanted.partition(":")[2]
    if index and int(index) >= len(found):
        return "fail", {"reason": "absent", "device": wanted, "why": f"{len(found)} found"}
    names = "; ".join(str(each.device_kind) for each in found)
    shown = kind_of(jax, wanted) if wanted == "auto" else wanted
    values: dict[str, object] = {"device": shown, "count": len(found), "names": names}
    capable = [str(getattr(each, "compute_capability", "")) for each in found]
    values.update({"capabilities": " ".join(capable)} if all(capable) else {})
    if not index:
        kind = "mps" if found[0].platform == METAL else "cuda"
        values["devices"] = [f"{kind}:{number}" for number in range(len(found))]
    return "pass", values


class _Jax(Ops):
    """JAX's operations."""

    def put(self, jax: "Any", wanted: str, array: "Any") -> "Any":
        """Bring an array to the device."""
        return jax.device_put(array, one(jax, wanted))

    def place(self, jax: "Any", wanted: str) -> str:
        """Name the device that a name means."""
        return str(one(jax, wanted))

    def place_of(self, value: "Any") -> str:
        """Name the device that a value lies on."""
        return ", ".join(str(each) for each in value.devices())

    @contextmanager
    def on(self, jax: "Any", wanted: str) -> "Iterator[None]":
        """Compute on the device within a block."""
        with jax.default_device(one(jax, wanted)):
            try:
                yield
            except Exception as error:
                if kind_of(jax, wanted) == "mps" and any(each in str(error) for each in LACKING):
                    raise NotImplementedError(str(error)) from error
                raise

    def elementwise(self, jax: "Any", a: "Any", b: "Any") -> "Any":
        """Compute sin(a) b + a."""
        return jax.numpy.sin(a) * b + a

    def matmul(self, jax: "Any", a: "Any", b: "Any") -> "Any":
        """Multiply."""
        return jax.numpy.matmul(a, b)

    def matmul_in(self, jax: "Any", name: str, a: "Any", b: "Any") -> "Any":
        """Multiply in a narrow type."""
        kind = getattr(jax.numpy, name)
        return jax.numpy.matmul(a.astype(kind), b.astype(kind)).astype(jax.numpy.float32)

    def conv(self, jax: "Any", images: "Any", kernels: "Any") -> "Any":
        """Correlate without borders."""
        order = ("NHWC", "HWIO", "NHWC")
        return jax.lax.conv_general_dilated(
            images, kernels, (1, 1), "VALID", dimension_numbers=order
        )

    def _loss(self, jax: "Any") -> "Any":
        def loss(weights: "Any", x: "Any", y: "Any") -> "Any":
            w, v = weights
            return jax.numpy.mean((jax.numpy.tanh(x @ w) @ v - y) ** 2)

        return loss

    def gradients(self, jax: "Any", x: "Any", y: "Any", w: "Any", v: "Any") -> "Any":
        """Take the gradients of both layers."""
        return jax.grad(self._loss(jax))((w, v), x, y)

    def stepper(self, jax: "Any", rate: float) -> "Any":
        """Make what takes a step from data and weights, compiled as programs do it."""
        slopes = jax.jit(jax.grad(self._loss(jax)))

        def stepped(data: "Any", weights: "Any") -> "Any":
            down = slopes(tuple(weights), *data)
            return tuple(one - rate * slope for one, slope in zip(weights, down))

        return stepped

    def step(self, jax: "Any", data: "Any", weights: "Any", rate: float) -> "Any":
        """Take a step."""
        return self.stepper(jax, rate)(data, weights)

    def wait(self, jax: "Any", value: "Any") -> None:
        """Wait until it is computed; work on one device is done in order."""
        jax.block_until_ready(value)

    def fft(self, jax: "Any", given: "Any") -> "Any":
        """Transform; return the real and the imaginary part."""
        found = jax.numpy.fft.rfft(given)
        return jax.numpy.real(found), jax.numpy.imag(found)

    def solve(self, jax: "Any", a: "Any", b: "Any") -> "Any":
        """Solve."""
        return jax.numpy.linalg.solve(a, b)

    def attention(self, jax: "Any", q: "Any", k: "Any", v: "Any") -> "Any":
        """Attend."""
        scores = jax.numpy.matmul(q, jax.numpy.swapaxes(k, -1, -2)) / q.shape[-1] ** 0.5
        return jax.numpy.matmul(jax.nn.softmax(scores, axis=-1), v)

    def compiled(self, jax: "Any", given: "Any") -> "Any":
        """Compile a small function."""

        def small(x: "Any") -> "Any":
            return jax.numpy.maximum(jax.numpy.sin(x) + x**2, 0.0).sum(axis=1)

        return jax.jit(small)(given)


_OPS = _Jax()
CHECKS = dict(ArrayChecks(_OPS).all(), device=(device, ()))
CHECKS.update(ArrayBench(_OPS, kind_of).all())
