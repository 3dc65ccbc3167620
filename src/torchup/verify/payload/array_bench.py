"""How fast a framework is whose tensors become NumPy arrays; figures as ``torch_bench`` tells them.

What is measured is what its checks compute: products, the smallest work there is, and training
steps of a small network, each many times with one wait at the end.
"""

import time

from .arrays import random

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Found = tuple[str, dict[str, object]]
    Figure = dict[str, object]

# As in torch_bench, whose reasons these are.
SAMPLES = 9
SAMPLE_S = 0.06
LONGEST_S = 1.0
MOST_RUNS = 20000
SIZES = (256, 512, 1024, 2048)
SIZES_ELSE = (512, 1024, 2048, 4096, 8192)
RATE = 1e-4


class ArrayBench:
    """The measurements, made of a framework's operations.

    Args:
        ops: the operations.
        kind_of: tells the kind of a device, as ``cpu``.
    """

    def __init__(self, ops: "Any", kind_of: "Callable[[Any, str], str]") -> None:
        self.ops = ops
        self.kind_of = kind_of

    def all(self) -> "dict[str, tuple[Callable[..., Found], tuple[str, ...]]]":
        """The measurements by their codes."""
        found = {
            "bench-matmul": self.matmul,
            "bench-launch": self.launch,
            "bench-train": self.train,
        }
        return {code: (check, ()) for code, check in found.items()}

    def matmul(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Multiply square matrices of growing size."""
        on_cpu = self.kind_of(framework, wanted) == "cpu"
        figures: list[Figure] = []
        for name in ("fp32",) if on_cpu else ("fp32", "fp16"):
            for size in SIZES if on_cpu else SIZES_ELSE:
                a = self.ops.put(framework, wanted, random(size, size))
                with self.ops.on(framework, wanted):
                    samples = self._samples(framework, self._product(framework, name, a))
                if not samples:
                    break
                rates = [2.0 * size**3 / one for one in samples]
                figures.append(_figure("matmul", name, size, "FLOP/s", rates))
        return _told(figures)

    def _product(self, framework: "Any", name: str, a: "Any") -> "Callable[[], object]":
        if name == "fp16":
            return lambda: self.ops.matmul_in(framework, "float16", a, a)
        return lambda: self.ops.matmul(framework, a, a)

    def launch(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Start the smallest work there is: what remains is the way to the device."""
        one = self.ops.put(framework, wanted, random(1, 1))
        with self.ops.on(framework, wanted):
            samples = self._samples(framework, lambda: self.ops.matmul(framework, one, one))
        return _told([_figure("launch", "matmul", 1, "s", samples)] if samples else [])

    def train(self, framework: "Any", wanted: str, _options: "Any") -> "Found":
        """Train a network of two layers, a compiled step at a time."""
        small = self.kind_of(framework, wanted) == "cpu"
        rows, width = (64, 256) if small else (1024, 2048)
        given = [random(rows, width), random(rows, 64), random(width, width), random(width, 64)]
        with self.ops.on(framework, wanted):
            x, y, w, v = (self.ops.put(framework, wanted, one) for one in given)
            step = self.ops.stepper(framework, RATE)
            samples = self._samples(framework, lambda: step((x, y), (w, v)))
        rates = [1.0 / one for one in samples]
        return _told([_figure("train", "layers", rows * width, "1/s", rates)] if rates else [])

    def _once(self, framework: "Any", work: "Callable[[], object]", runs: int) -> float:
        """Return the seconds that one run takes among so many."""
        began = time.perf_counter()
        last: object = None
        for _ in range(runs):
            last = work()
        self.ops.wait(framework, last)
        return (time.perf_counter() - began) / runs

    def _samples(self, framework: "Any", work: "Callable[[], object]") -> "list[float]":
        """Return seconds for one run, several times; empty where one takes too long."""
        self._once(framework, work, 1)
        first = self._once(framework, work, 1)
        if first > LONGEST_S:
            return []
        first = self._once(framework, work, _runs(first))  # what one takes says little of many
        runs = _runs(first)
        return [self._once(framework, work, runs) for _ in range(SAMPLES)]


def _runs(first: float) -> int:
    """Tell how many runs fill a sample."""
    return min(MOST_RUNS, max(1, int(SAMPLE_S / max(first, 1e-7))))


def _figure(name: str, kind: str, size: int, unit: str, samples: "list[float]") -> "Figure":
    return {"name": name, "type": kind, "size": size, "unit": unit, "samples": samples}


def _told(figures: "list[Figure]") -> "Found":
    if not figures:
        return "skip", {"reason": "too-slow"}
    return "pass", {"figures": figures}
