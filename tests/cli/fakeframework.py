"""Stand-ins for the framework and its companions, small enough to install in no time.

The tensors of this torch hold one number in all their places: it multiplies, convolves and
differentiates truly within that limit, so that a verification passes for the right reasons and
fails when a number is wrong (see ``broken``). Its cards are those of :mod:`cli.fakecuda`.
"""

from __future__ import annotations

from typing import Final

from packaging.version import Version

from cli.fakecuda import ON_CARDS, cuda_files

TORCH: Final = '''
"""One number in all places."""
import math
import time

from . import nn, version
from .version import __version__

float32, float64, int64 = "float32", "float64", "int64"
_threads = [2]


class Tensor:
    def __init__(self, value, shape=(), slope=0.0, leaf=None):
        self.value, self.shape, self.slope, self.leaf = value, tuple(shape), slope, leaf
        self.grad, self.exact = None, False

    def _new(self, value, slope=0.0, shape=None):
        made = Tensor(value, self.shape if shape is None else shape, slope, self.leaf)
        made.exact = self.exact
        return made

    def double(self):
        made = self._new(self.value)
        made.exact = True
        return made

    def _same(self, *args, **kwargs):
        return self

    detach = cpu = relu = transpose = __getitem__ = _same

    def softmax(self, dim):
        return self._new(1 / self.shape[1])

    def abs(self):
        return self._new(abs(self.value))

    max = sum = _same

    def __float__(self):
        return float(self.value)

    def __mul__(self, other):
        return self._new(self.value * float(other), self.slope * float(other))

    __rmul__ = __mul__

    def __add__(self, other):
        slope = self.slope + (other.slope if isinstance(other, Tensor) else 0)
        return self._new(self.value + float(other), slope)

    __radd__ = __add__

    def __sub__(self, other):
        return self._new(self.value - float(other), self.slope)

    def __truediv__(self, other):
        return self._new(self.value / float(other))

    def __pow__(self, power):
        return self._new(self.value**power, power * self.value ** (power - 1) * self.slope)

    def __matmul__(self, other):
        time.sleep(PAUSE_S)
        shape = (self.shape[0], other.shape[1])
        fault = 1.0 if self.exact else FAULT
        return self._new(self.value * other.value * self.shape[1] * fault, shape=shape)

    def sin(self):
        return self._new(math.sin(self.value), math.cos(self.value) * self.slope)

    def cos(self):
        return self._new(math.cos(self.value))

    def requires_grad_(self):
        made = Tensor(self.value, self.shape, 1.0)
        made.leaf = made
        return made

    def backward(self):
        self.leaf.grad = Tensor(self.slope, self.leaf.shape)


class Numbers:
    """The numbers below a length, times one, plus another."""

    def __init__(self, length, times=1, plus=0):
        self.length, self.times, self.plus = length, times, plus

    def __mul__(self, other):
        return Numbers(self.length, self.times * other, self.plus * other)

    def __add__(self, other):
        return Numbers(self.length, self.times, self.plus + other)

    def sum(self):
        return self.times * (self.length * (self.length - 1) // 2) + self.plus * self.length


class Shared:
    """A view of somebody else's list."""

    def __init__(self, array):
        self.array = array

    def __iadd__(self, other):
        self.array += other
        return self

    def to(self, *args, **kwargs):
        return self

    def tolist(self):
        return list(self.array)

    def numpy(self):
        return self.array


class Generator:
    def manual_seed(self, seed):
        self.seed = seed
        return self


def rand(*shape, generator=None):
    seed = generator.seed if generator else 7
    return Tensor(0.5 + (seed % 97 + 1) / 250, shape)


def randn(*shape):
    return rand(*shape)


def ones(*shape):
    return Tensor(1.0, shape)


def arange(length, dtype=None, device=None):
    return Numbers(length)


def tensor(values, dtype=None):
    return Shared(list(values))


def from_numpy(array):
    return Shared(array)


def get_num_threads():
    return _threads[0]


def set_num_threads(count):
    _threads[0] = count
'''

MODERN: Final = """
class backends:
    class cuda:
        matmul = type("matmul", (), {"allow_tf32": False})


class fft:
    @staticmethod
    def rfft(signal):
        return signal

    @staticmethod
    def irfft(spectrum, n):
        return spectrum


class linalg:
    @staticmethod
    def solve(a, b):
        return b / a


def view_as_real(spectrum):
    return spectrum


def eye(length):
    return Tensor(0.0, (length, length))


def compile(function):
    return function


class autocast:
    pass


float8_e4m3fn = "float8_e4m3fn"
"""
"""What a release of today also has; mixed precision needs more, and is not tried."""

FUNCTIONAL: Final = """
def conv2d(images, kernels, padding=0):
    return images._new(images.value * kernels.value * 9 * images.shape[1])
"""

ATTENTION: Final = """

def scaled_dot_product_attention(q, k, v):
    return v
"""

TORCHVISION: Final = """
class ops:
    @staticmethod
    def nms(boxes, scores, limit):
        boxes, scores = boxes.tolist(), scores.tolist()
        kept = []
        for index in sorted(range(len(boxes)), key=lambda i: -scores[i]):
            if all(overlap(boxes[index], boxes[other]) <= limit for other in kept):
                kept.append(index)
        return type("Kept", (), {"tolist": lambda self: kept})()


def overlap(a, b):
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / (sum(areas) - width * height)
"""

RESAMPLE: Final = """
def resample(signal, old, new):
    return signal._new(signal.value, shape=(signal.shape[0], signal.shape[1] * new // old))
"""

NUMPY: Final = """
class Array(list):
    def __iadd__(self, other):
        self[:] = [one + other for one in self]
        return self

    def tolist(self):
        return list(self)


def zeros(length, dtype=None):
    return Array([0.0] * length)
"""


def torch_files(
    version: str, *, build: str = "", broken: bool = False, pause_s: float = 0
) -> dict[str, str]:
    """A torch; a ``broken`` one multiplies float32 matrices wrongly.

    ``build`` is which one it is where its version doesn't say, as on PyPI. ``pause_s`` is how many
    seconds a multiplication takes.
    """
    local = build or version.partition("+")[2]
    cuda = f"'{local[2:-1]}.{local[-1]}'" if local.startswith("cu") else "None"
    hip = f"'{local[4:]}'" if local.startswith("rocm") else "None"
    release = Version(version).release[:2]
    modern, attentive = release >= (1, 7), release >= (2, 0)
    manners = f"\nFAULT, PAUSE_S = {1.5 if broken else 1.0}, {pause_s}\n"
    return {
        "torch/__init__.py": TORCH + MODERN * modern + ON_CARDS + manners,
        "torch/version.py": f"__version__ = '{version}'\ncuda = {cuda}\nhip = {hip}\n",
        **cuda_files(version.partition("+")[0], local),
        "torch/nn/__init__.py": "from . import functional\n",
        "torch/nn/functional.py": FUNCTIONAL + ATTENTION * attentive,
    }


def companion_files(name: str, version: str) -> dict[str, str]:
    """A torchvision or a torchaudio."""
    said = f"__version__ = '{version}'\n"
    if name == "torchvision":
        return {"torchvision/__init__.py": said + TORCHVISION}
    return {"torchaudio/__init__.py": said, "torchaudio/functional.py": RESAMPLE}


def numpy_files(version: str) -> dict[str, str]:
    """A numpy."""
    return {"numpy/__init__.py": f"__version__ = '{version}'\n" + NUMPY}
