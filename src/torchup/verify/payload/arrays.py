"""Checks of a framework whose tensors become NumPy arrays and back, with NumPy as the judge.

The framework's own module brings an :class:`Ops`; the references are computed in float64 on the
CPU. How exact is exact is what the checks of ``torch_base`` say, and for the same reasons.

Long: part of a program that runs in other Pythons, one check a function.
"""

import importlib
import io

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Found = tuple[str, dict[str, object]]
    Check = tuple[Callable[..., Found], tuple[str, ...]]

# See torch_base: float32 sums of 256 terms, and narrow types whose inputs are rounded first.
ALLOWED = 1e-4
UNIT_FP16 = 2.0**-11
UNIT_BF16 = 2.0**-9
UNITS = 8
SIZE = 256
STEPS = 5
RATE = 0.1
MIB = 1024 * 1024


class Ops:
    """What a framework must be able to do; numbers go in and come out as NumPy arrays.

    Every method takes the imported framework and the planned device, as ``cuda`` or ``cuda:1``.
    """

    def put(self, framework: "Any", wanted: str, array: "Any") -> "Any":
        """Bring an array to the device."""
        raise NotImplementedError

    def get(self, value: "Any") -> "Any":
        """Bring a value back, in float64 or in whole numbers."""
        np = numpy_of()
        array = np.asarray(value)
        return array if array.dtype.kind in "iu" else array.astype("float64")

    def wait(self, framework: "Any", value: "Any") -> None:
        """Wait until a value, and all that was asked before it, is computed."""
        del framework
        for one in value if isinstance(value, (tuple, list)) else (value,):
            self.get(one)

    def on(self, framework: "Any", wanted: str) -> "Any":
        """Compute on the device within a block."""
        raise NotImplementedError


def numpy_of() -> "Any":
    """NumPy, which such a framework itself can't be without."""
    return importlib.import_module("numpy")


def random(*shape: int) -> "Any":
    """Make float32 numbers between -1 and 1 that are the same every time."""
    np = numpy_of()
    return np.random.RandomState(sum(shape)).uniform(-1.0, 1.0, shape).astype("float32")


def compare(got: "Any", reference: "Any", allowed: float = ALLOWED) -> "Found":
    """Judge numbers by their largest error, relative to the largest reference value."""
    np = numpy_of()
    if got.shape != reference.shape:
        return "fail", {"reason": "wrong-result", "expected": reference.shape, "found": got.shape}
    error = float(np.abs(got - reference).max() / np.abs(reference).max())
    values: dict[str, object] = {"max_error": f"{error:.2g}", "allowed": f"{allowed:.0e}"}
    if error <= allowed:  # false for NaN too
        return "pass", values
    return "fail", dict(values, reason="wrong-numbers")


def layers() -> "tuple[Any, Any, Any, Any]":
    """A small network's inputs, targets and two layers of weights, in float32."""
    return random(64, 16), random(64, 4), random(16, 32), random(32, 4)


def exact_gradients(x: "Any", y: "Any", w: "Any", v: "Any") -> "tuple[Any, Any]":
    """Gradients of mean((tanh(x w) v - y)**2) by hand, in float64."""
    np = numpy_of()
    hidden = np.tanh(x @ w)
    off = 2.0 * (hidden @ v - y) / y.size
    return x.T @ ((off @ v.T) * (1.0 - hidden**2)), hidden.T @ off


def exact_steps() -> "tuple[Any, Any]":
    """The network's weights after some steps of plain gradient descent, in float64."""
    x, y, w, v = (one.astype("float64") for one in layers())
    for _ in range(STEPS):
        down = exact_gradients(x, y, w, v)
        w, v = w - RATE * down[0], v - RATE * down[1]
    return w, v


def exact_convolution(images: "Any", kernels: "Any") -> "Any":
    """Correlate without borders, in float64; channels last, kernels as height, width, in, out."""
    np = numpy_of()
    height, width = kernels.shape[:2]
    rows, columns = images.shape[1] - height + 1, images.shape[2] - width + 1
    total = np.zeros((images.shape[0], rows, columns, kernels.shape[3]))
    for i in range(height):
        for j in range(width):
            total += images[:, i : i + rows, j : j + columns, :].astype("float64") @ kernels[
                i, j
            ].astype("float64")
    return total


def exact_attention(q: "Any", k: "Any", v: "Any") -> "Any":
    """Attend in float64; the last two dimensions are places and features."""
    np = numpy_of()
    scores = (q.astype("float64") @ k.astype("float64").swapaxes(-1, -2)) / q.shape[-1] ** 0.5
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (scores / scores.sum(axis=-1, keepdims=True)) @ v.astype("float64")


def rounded(array: "Any", bits: int) -> "Any":
    """Keep so many bits of each number behind its first; what a narrow type makes of it."""
    np = numpy_of()
    fraction, exponent = np.frexp(array.astype("float64"))
    return np.ldexp(np.round(fraction * 2.0 ** (bits + 1)) / 2.0 ** (bits + 1), exponent)


class ArrayChecks:
    """The checks, made of a framework's operations."""

    def __init__(self, ops: "Any") -> None:
        self.ops = ops

    def all(self) -> "dict[str, Check]":
        """The checks by their codes."""
        found = {
            "allocate": self.allocate,
            "elementwise": self.elementwise,
            "matmul": self.matmul,
            "matmul-fp16": self.matmul_fp16,
            "matmul-bf16": self.matmul_bf16,
            "conv": self.conv,
            "autograd": self.autograd,
            "train": self.train,
            "fft": self.fft,
            "solve": self.solve,
            "attention": self.attention,
            "repeat": self.repeat,
            "memory": self.memory,
            "save-load": self.save_load,
            "compile": self.compiled,
        }
        return {code: (check, ()) for code, check in found.items()}

    def allocate(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Put numbers on the device and take them back unchanged."""
        sent = random(1024, 64)
        got = self.ops.put(framework, wanted, sent)
        where = self.ops.place_of(got)
        expected = self.ops.place(framework, wanted)
        if where != expected:
            return "fail", {"reason": "wrong-result", "expected": expected, "found": where}
        return compare(self.ops.get(got), sent.astype("float64"), 0.0)

    def elementwise(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Add, multiply and take a sine, each number by itself."""
        np = numpy_of()
        a, b = random(SIZE, 8), random(SIZE, 9)[:, :8]
        with self.ops.on(framework, wanted):
            got = self.ops.elementwise(framework, *self._put(framework, wanted, a, b))
        exact = np.sin(a.astype("float64")) * b + a
        return compare(self.ops.get(got), exact)

    def matmul(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Multiply two float32 matrices on the device."""
        a, b = random(SIZE, SIZE), random(SIZE, SIZE + 1)
        with self.ops.on(framework, wanted):
            got = self.ops.matmul(framework, *self._put(framework, wanted, a, b))
        return compare(self.ops.get(got), a.astype("float64") @ b.astype("float64"))

    def matmul_fp16(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Multiply in float16."""
        return self._narrow(framework, wanted, "float16", 10, UNIT_FP16)

    def matmul_bf16(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Multiply in bfloat16."""
        return self._narrow(framework, wanted, "bfloat16", 7, UNIT_BF16)

    def _narrow(self, framework: "Any", wanted: str, name: str, bits: int, unit: float) -> "Found":
        a, b = random(SIZE, SIZE), random(SIZE, SIZE + 1)
        with self.ops.on(framework, wanted):
            got = self.ops.matmul_in(framework, name, *self._put(framework, wanted, a, b))
        exact = rounded(a, bits) @ rounded(b, bits)
        return compare(self.ops.get(got), exact, unit * UNITS)

    def conv(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Convolve small images."""
        images, kernels = random(2, 16, 16, 3), random(3, 3, 3, 8)
        with self.ops.on(framework, wanted):
            got = self.ops.conv(framework, *self._put(framework, wanted, images, kernels))
        return compare(self.ops.get(got), exact_convolution(images, kernels))

    def autograd(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Take the gradients of a small network whose values are known."""
        given = layers()
        with self.ops.on(framework, wanted):
            got = self.ops.gradients(framework, *self._put(framework, wanted, *given))
        exact = exact_gradients(*(one.astype("float64") for one in given))
        return worst([compare(self.ops.get(g), e) for g, e in zip(got, exact)])

    def train(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Train a small network for some steps; its weights must be those computed by hand."""
        given = layers()
        with self.ops.on(framework, wanted):
            x, y, w, v = self._put(framework, wanted, *given)
            for _ in range(STEPS):
                w, v = self.ops.step(framework, (x, y), (w, v), RATE)
        return worst([compare(self.ops.get(g), e) for g, e in zip((w, v), exact_steps())])

    def fft(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Transform real numbers, and compare both parts."""
        np = numpy_of()
        given = random(8, SIZE)
        with self.ops.on(framework, wanted):
            got = self.ops.fft(framework, *self._put(framework, wanted, given))
        exact = np.fft.rfft(given.astype("float64"))
        pair = np.stack([exact.real, exact.imag])
        return compare(np.stack([self.ops.get(one) for one in got]), pair)

    def solve(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Solve linear equations that are well conditioned."""
        np = numpy_of()
        a = random(64, 64) + 16.0 * np.eye(64, dtype="float32")
        b = random(64, 3)
        with self.ops.on(framework, wanted):
            got = self.ops.solve(framework, *self._put(framework, wanted, a, b))
        return compare(self.ops.get(got), np.linalg.solve(a.astype("float64"), b))

    def attention(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Attend."""
        q, k, v = (random(2, 4, 64, extra)[..., :32] for extra in (32, 33, 34))
        with self.ops.on(framework, wanted):
            got = self.ops.attention(framework, *self._put(framework, wanted, q, k, v))
        return compare(self.ops.get(got), exact_attention(q, k, v))

    def repeat(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Compute the same twice; with fixed algorithms it is the same, bit by bit."""
        np = numpy_of()
        a, b = random(SIZE, SIZE), random(SIZE, SIZE + 1)
        with self.ops.on(framework, wanted):
            sent = self._put(framework, wanted, a, b)
            first, second = (self.ops.get(self.ops.matmul(framework, *sent)) for _ in range(2))
        if not np.array_equal(first, second):
            return "fail", {"reason": "not-repeatable", "what": "matmul"}
        return "pass", {}

    def memory(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Fill 64 MiB with patterns and read all of it back."""
        np = numpy_of()
        ramp = np.arange(16 * MIB, dtype="int32")
        for pattern in (0x55555555, -0x55555556, None):
            sent = ramp if pattern is None else np.full_like(ramp, pattern)
            got = self.ops.get(self.ops.put(framework, wanted, sent))
            wrong = int((got != sent).sum())
            if wrong:
                return "fail", {"reason": "memory-wrong", "words": wrong, "chunk": 0, "mib": 64}
        return "pass", {"mib": 64}

    def save_load(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Save numbers of the device and bring them there again."""
        np = numpy_of()
        sent, stream = random(64, 64), io.BytesIO()
        np.save(stream, np.asarray(self.ops.put(framework, wanted, sent)))
        stream.seek(0)
        got = self.ops.put(framework, wanted, np.load(stream))
        found = compare(self.ops.get(got), sent.astype("float64"), 0.0)
        return found[0], dict(found[1], bytes=len(stream.getvalue()))

    def compiled(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Compile a small function and compare it with the one computed by hand."""
        np = numpy_of()
        given = random(64, 32)
        with self.ops.on(framework, wanted):
            got = self.ops.compiled(framework, *self._put(framework, wanted, given))
        exact = np.maximum(np.sin(given.astype("float64")) + given.astype("float64") ** 2, 0.0)
        return compare(self.ops.get(got), exact.sum(axis=1))

    def _put(self, framework: "Any", wanted: str, *arrays: "Any") -> "list[Any]":
        return [self.ops.put(framework, wanted, one) for one in arrays]


def worst(results: "list[Found]") -> "Found":
    """Return the first that did not pass, else the last."""
    return next((found for found in results if found[0] != "pass"), results[-1])
