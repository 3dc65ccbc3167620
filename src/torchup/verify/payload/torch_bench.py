"""How fast: what a device reaches, told as samples; whether that is much is judged elsewhere.

Each figure is ``{"name", "type", "size", "unit", "samples"}``; units are FLOP/s, B/s, s and 1/s.
A sample is many runs one after another with one wait at the end, after a first one that counts
for nothing.

Long: part of a program that runs in other Pythons, one measurement a function.
"""

import time

from . import nvml
from .lines import OUT_OF_MEMORY
from .torch_base import kind_of, not_here, of_device, place, random, refuses_type, with_tf32
from .torch_base import wait as wait_for
from .torch_cards import served

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Found = tuple[str, dict[str, object]]
    Figure = dict[str, object]

SAMPLES = 9
SAMPLE_S = {"cpu": 0.06}
SAMPLE_ELSE_S = 0.03
LONGEST_S = 1.0
MOST_RUNS = 20000
MIB = 1024 * 1024
SIZES = {"cpu": (256, 512, 1024, 2048)}
SIZES_ELSE = (512, 1024, 2048, 4096, 8192, 16384)
COPIES_MIB = {"cpu": (1, 4, 16, 64, 256)}
COPIES_ELSE_MIB = (1, 4, 16, 64, 256, 1024)
TYPES = (
    ("fp32", "float32"),
    ("tf32", "float32"),
    ("fp16", "float16"),
    ("bf16", "bfloat16"),
    ("fp8", "float8_e4m3fn"),
)
# From which compute capability on tensor cores have a type.
SINCE = {"tf32": (8, 0), "fp8": (8, 9)}


class Clock:
    """Takes samples of work on one device."""

    def __init__(self, torch: "Any", wanted: str) -> None:
        self.torch, self.wanted = torch, wanted
        self.kind = kind_of(torch, wanted)
        self.at = place(torch, wanted)

    def once(self, work: "Callable[[], object]", runs: int) -> float:
        """Return the seconds that one run takes among so many."""
        wait_for(self.torch, self.wanted)
        began = time.perf_counter()
        for _ in range(runs):
            work()
        wait_for(self.torch, self.wanted)
        return (time.perf_counter() - began) / runs

    def samples(self, work: "Callable[[], object]") -> "list[float]":
        """Return seconds for one run, several times; empty where one takes too long."""
        self.once(work, 1)
        first = self.once(work, 1)
        if first > LONGEST_S:
            return []
        aim = SAMPLE_S.get(self.kind, SAMPLE_ELSE_S)
        runs = min(MOST_RUNS, max(1, int(aim / max(first, 1e-7))))
        first = self.once(work, runs)  # what a single run takes says little of many
        runs = min(MOST_RUNS, max(1, int(aim / max(first, 1e-7))))
        return [self.once(work, runs) for _ in range(SAMPLES)]


def _figure(name: str, kind: str, size: int, unit: str, samples: "list[float]") -> "Figure":
    return {"name": name, "type": kind, "size": size, "unit": unit, "samples": samples}


def _told(figures: "list[Figure]", **more: object) -> "Found":
    if not figures:
        return "skip", {"reason": "too-slow"}
    return "pass", dict(more, figures=figures)


def matmul(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Multiply square matrices of growing size in every type that the device has."""
    clock = Clock(torch, wanted)
    figures: list[Figure] = []
    values: dict[str, object] = {}
    for name, dtype in TYPES:
        if not _had(clock, name, dtype):
            continue
        for size in SIZES.get(clock.kind, SIZES_ELSE):
            samples = _products(clock, name, getattr(torch, dtype), size)
            if not samples:
                break
            rates = [2.0 * size**3 / one for one in samples]
            figures.append(_figure("matmul", name, size, "FLOP/s", rates))
    if clock.kind == "cuda" and not getattr(torch.version, "hip", None):
        values = _conditions(clock)
    return _told(figures, **values)


def _had(clock: Clock, name: str, dtype: str) -> bool:
    """Tell whether a type is there: in the release, and where it needs tensor cores in the card."""
    if not hasattr(clock.torch, dtype):
        return False
    if name not in SINCE:
        return True
    if clock.kind != "cuda" or getattr(clock.torch.version, "hip", None):
        return False
    return tuple(clock.torch.cuda.get_device_capability(clock.at)) >= SINCE[name]


def _products(clock: Clock, name: str, dtype: "Any", size: int) -> "list[float]":
    try:
        a = random(clock.torch, size, size).to(clock.at).to(dtype)
        if name == "fp8":
            return clock.samples(_scaled(clock, a))
        out = clock.torch.empty_like(a)
        if name == "tf32":
            with with_tf32(clock.torch):
                return clock.samples(lambda: clock.torch.mm(a, a, out=out))
        return clock.samples(lambda: clock.torch.mm(a, a, out=out))
    except (RuntimeError, TypeError) as error:  # no such kernel here, or no memory for this size
        _pass_on(error)
        return []


def _pass_on(error: BaseException) -> None:
    """Raise what a device refuses for good: that is neither too little memory nor too slow.

    Raises:
        RuntimeError: the error itself.
    """
    memory = any(said in str(error).lower() for said in OUT_OF_MEMORY)
    if of_device(error) and not memory and not refuses_type(error):
        raise error


def _scaled(clock: Clock, a: "Any") -> "Callable[[], object]":
    """Make a product of float8; its second matrix lies column by column, as cuBLASLt wants it."""
    torch = clock.torch
    b, one = a.t().contiguous().t(), torch.ones((), device=clock.at)
    more = {"scale_a": one, "scale_b": one, "out_dtype": torch.bfloat16, "use_fast_accum": True}
    return lambda: torch._scaled_mm(a, b, **more)


def _conditions(clock: Clock) -> "dict[str, object]":
    """Look at clocks and power while the device is busy."""
    size = 4096
    try:
        a = random(clock.torch, size, size).to(clock.at)
        for _ in range(50):
            clock.torch.mm(a, a)
        time.sleep(0.05)
        about = clock.torch.cuda.get_device_properties(clock.at)
        index = int(clock.at.partition(":")[2] or 0)
        found = nvml.look(index, str(getattr(about, "uuid", "")))
    except RuntimeError as error:
        _pass_on(error)
        return {}
    finally:
        wait_for(clock.torch, clock.wanted)
    return dict(found)


def memory(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Copy within the device's memory; each byte is read and written."""
    clock = Clock(torch, wanted)
    figures: list[Figure] = []
    for mib in COPIES_MIB.get(clock.kind, COPIES_ELSE_MIB):
        try:
            a = torch.empty(mib * MIB // 4, device=clock.at).fill_(1)
            b = torch.empty_like(a)
            samples = clock.samples(lambda a=a, b=b: b.copy_(a))  # type: ignore[misc]
        except RuntimeError as error:
            _pass_on(error)
            break
        if samples:
            rates = [2.0 * mib * MIB / one for one in samples]
            figures.append(_figure("memory", "copy", mib * MIB, "B/s", rates))
    return _told(figures)


def copy(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Copy between the machine's memory and the device's, and between each two devices."""
    clock = Clock(torch, wanted)
    if clock.kind in ("cpu", "mps"):
        return not_here(wanted)
    figures: list[Figure] = []
    for mib in (1, 16, 256):
        there = torch.empty(mib * MIB // 4, device=clock.at).fill_(1)
        plain = torch.empty(mib * MIB // 4).fill_(1)
        held = plain.pin_memory()
        ways = (
            ("to-device", lambda: there.copy_(plain)),  # noqa: B023
            ("to-device-pinned", lambda: there.copy_(held, non_blocking=True)),  # noqa: B023
            ("from-device-pinned", lambda: held.copy_(there, non_blocking=True)),  # noqa: B023
        )
        for name, way in ways:
            rates = [mib * MIB / one for one in clock.samples(way)]
            figures.append(_figure("copy", name, mib * MIB, "B/s", rates))
    figures += _pairs(clock)
    return _told(figures)


def _pairs(clock: Clock) -> "list[Figure]":
    cards = served(clock.torch, clock.wanted)
    here = int(clock.at.partition(":")[2] or cards[0])
    size = 256 * MIB
    figures: list[Figure] = []
    for other in (index for index in cards if index != here):
        a = clock.torch.empty(size // 4, device=f"{clock.kind}:{here}").fill_(1)
        b = clock.torch.empty(size // 4, device=f"{clock.kind}:{other}")
        rates = [size / one for one in clock.samples(lambda a=a, b=b: b.copy_(a))]  # type: ignore[misc]
        figures.append(_figure("peer", f"{here}>{other}", size, "B/s", rates))
    return figures


def launch(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Start the smallest work there is, many times over: what remains is the way to the device."""
    clock = Clock(torch, wanted)
    one = torch.empty(1, device=clock.at).fill_(1)
    return _told([_figure("launch", "add", 1, "s", clock.samples(lambda: one.add_(1)))])


def train(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Train a ResNet block and a transformer block: forward, backward, one step of SGD."""
    clock = Clock(torch, wanted)
    small = clock.kind == "cpu"
    torch.manual_seed(0)
    resnet = _Residual(torch, 64).made.to(clock.at)
    images = random(torch, 4 if small else 64, 64, 28, 28).to(clock.at)
    width, length = (128, 64) if small else (1024, 512)
    block = torch.nn.TransformerEncoderLayer(width, 8, 4 * width).to(clock.at)
    tokens = random(torch, length, 4 if small else 16, width).to(clock.at)
    figures: list[Figure] = []
    for name, model, inputs in (("resnet", resnet, images), ("transformer", block, tokens)):
        step = _step(torch, model, inputs)
        rates = [1.0 / one for one in clock.samples(step)]
        if rates:
            figures.append(_figure("train", name, int(inputs.numel()), "1/s", rates))
    return _told(figures)


class _Residual:
    """Two 3 x 3 convolutions with batch norm, and a way around them (He et al., 2015, figure 2)."""

    def __init__(self, torch: "Any", width: int) -> None:
        nn = torch.nn

        class Block(nn.Module):  # type: ignore[misc, name-defined]
            def __init__(self) -> None:
                super().__init__()
                self.first = nn.Conv2d(width, width, 3, padding=1, bias=False)
                self.norm = nn.BatchNorm2d(width)
                self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)
                self.last = nn.BatchNorm2d(width)

            def forward(self, x: "Any") -> "Any":
                inner = self.norm(self.first(x)).relu()
                return (self.last(self.second(inner)) + x).relu()

        self.made = Block()


def _step(torch: "Any", model: "Any", inputs: "Any") -> "Callable[[], object]":
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)

    def step() -> None:
        optimizer.zero_grad()
        (model(inputs) ** 2).mean().backward()
        optimizer.step()

    return step
