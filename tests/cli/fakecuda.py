"""``torch.cuda`` for the small framework: it asks the driver's own library for its cards.

Which cards a build runs on, and which drivers it starts with, is as the catalogue has it and as
NVIDIA says; what it says where one of them doesn't serve is what PyTorch prints. An AMD card is
told by the file that ``$FAKEHIP`` names: its name, and its architecture.
"""

from __future__ import annotations

from typing import Final

from torchup.facts.load import load_catalogue

CUDA: Final = '''
"""The cards that are here, as far as this build can use them."""
import ctypes
import os
import types
import warnings

from .. import version

ARCHS = {archs!r}
PTX = {ptx!r}
_found = []
TOO_OLD = (
    "The NVIDIA driver on your system is too old (found version %d). Please update your GPU "
    "driver by downloading and installing a new version from the URL: "
    "http://www.nvidia.com/Download/index.aspx Alternatively, go to: https://pytorch.org to "
    "install a PyTorch version that has been compiled with your version of the CUDA driver."
)
NO_DRIVER = (
    "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed "
    "a driver from http://www.nvidia.com/Download/index.aspx"
)
NOT_COMPATIBLE = """
%s with CUDA capability sm_%d%d is not compatible with the current PyTorch installation.
The current PyTorch install supports CUDA capabilities %s.
If you want to use the %s GPU with PyTorch, please check the instructions at \\
https://pytorch.org/get-started/locally/
"""
NO_IMAGE = """CUDA error: no kernel image is available for execution on the device
CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace \\
below might be incorrect.
For debugging consider passing CUDA_LAUNCH_BLOCKING=1."""


class Card:
    def __init__(self, name, capability, memory, gfx=""):
        self.name, self.total_memory, self.gcnArchName = name, memory, gfx
        self.major, self.minor = capability

    def runs(self):
        """cubins run on the same major number from their minor on, PTX on everything newer."""
        if self.gcnArchName:
            return self.gcnArchName in ARCHS
        own = self.major * 10 + self.minor
        for arch in ARCHS:
            number = int(arch[3:])
            if number // 10 == self.major and number <= own:
                return True
        return any(int(one[3:]) <= own for one in PTX)


def _of_nvidia():
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        raise RuntimeError(NO_DRIVER)
    number, count = ctypes.c_int(), ctypes.c_int()
    driver.cuDriverGetVersion(ctypes.byref(number))
    major, _, minor = version.cuda.partition(".")
    needed = int(major) * 1000 + (int(minor) * 10 if int(major) < 11 else 0)
    if number.value < needed:
        raise RuntimeError(TOO_OLD % number.value)
    if driver.cuInit(0):
        raise RuntimeError("No CUDA GPUs are available")
    driver.cuDeviceGetCount(ctypes.byref(count))
    return [_card(driver, index) for index in range(count.value)]


def _card(driver, index):
    device, memory, name = ctypes.c_int(), ctypes.c_size_t(), ctypes.create_string_buffer(128)
    driver.cuDeviceGet(ctypes.byref(device), index)
    driver.cuDeviceGetName(name, 128, device)
    driver.cuDeviceTotalMem_v2(ctypes.byref(memory), device)
    pair = []
    for what in (75, 76):
        value = ctypes.c_int()
        driver.cuDeviceGetAttribute(ctypes.byref(value), what, device)
        pair.append(value.value)
    return Card(name.value.decode(), pair, memory.value)


def _of_amd():
    path = os.environ.get("FAKEHIP")
    if not path:
        return []
    with open(path) as stream:
        name, gfx = stream.read().split("\\n")[:2]
    return [Card(name, (11, 0), 8 << 30, gfx)]


def init():
    if not version.cuda and not version.hip:
        raise AssertionError("Torch not compiled with CUDA enabled")
    if _found:
        return
    cards = _of_amd() if version.hip else _of_nvidia()
    if not cards:
        raise RuntimeError("No CUDA GPUs are available")
    _found.extend(cards)
    for card in cards:
        if not card.runs() and not version.hip:
            listed = " ".join(ARCHS + [one.replace("sm", "compute") for one in PTX])
            said = (card.name, card.major, card.minor, listed, card.name)
            warnings.warn(NOT_COMPATIBLE % said)


def compute():
    """What happens where something is computed on the card."""
    init()
    if not _found[0].runs():
        raise RuntimeError(NO_IMAGE.replace("CUDA error", "HIP error") if version.hip else NO_IMAGE)


def is_available():
    if not version.cuda and not version.hip:
        return False
    try:
        init()
    except RuntimeError as error:
        if "too old" in str(error):
            warnings.warn("CUDA initialization: " + str(error))
        return False
    return True


def device_count():
    return len(_found) if is_available() else 0


def get_device_properties(index=0):
    init()
    return _found[0]


def get_device_name(index=0):
    return get_device_properties(index).name


def get_device_capability(index=0):
    card = get_device_properties(index)
    return card.major, card.minor


def get_arch_list():
    return list(ARCHS)


def synchronize(*given):
    init()


def mem_get_info(at=0):
    return _found[0].total_memory, _found[0].total_memory
'''

ON_CARDS: Final = """
import contextlib

from . import cuda

_C = type("_C", (), {})
backends = globals().get("backends", type("backends", (), {}))
backends.cudnn = type("cudnn", (), {"version": lambda: 3002000})


def _of_card(where):
    return str(where).startswith("cuda")


def _to(self, where=None, *given, **more):
    if _of_card(where):
        cuda.compute()
    return self


def _on_card(self, *given, **more):
    return self.to("cuda")


def _pinned(self):
    self.held = True
    return self


def _copied(self, other, non_blocking=False):
    self.value = getattr(other, "value", other)
    self.shape = getattr(other, "shape", self.shape)
    return self


def _more(self, number):
    self.value = self.value + number if number else self.value
    return self


def _less(self, number):
    return _more(self, -number)


def _differs(self, other):
    other = getattr(other, "value", other)
    return Tensor(float(self.value is not other and self.value != other))


Tensor.to, Tensor.cuda, Tensor.pin_memory, Tensor.dtype = _to, _on_card, _pinned, float32
Tensor.is_pinned = lambda self: getattr(self, "held", False)
Tensor.copy_ = Tensor.fill_ = _copied
Tensor.add_, Tensor.sub_, Tensor.__ne__ = _more, _less, _differs
Tensor.__int__ = lambda self: int(self.value)
_recording = []


class _Graph:
    # What was computed while it was recorded, and can be computed again.

    def __init__(self):
        self.steps = []

    def replay(self):
        for made, how, one, other in self.steps:
            again = how(one, other)
            made.value, made.shape = again.value, again.shape


class _Stream:
    def wait_stream(self, other):
        return None

    def wait_event(self, event):
        return None

    def record_event(self):
        return self


@contextlib.contextmanager
def _graph(graph):
    _recording.append(graph)
    yield
    _recording.pop()


def _recorded(how):
    def call(one, other):
        made = how(one, other)
        if _recording:
            _recording[-1].steps.append((made, how, one, other))
        return made

    return call


Tensor.__matmul__, Tensor.__add__ = map(_recorded, (Tensor.__matmul__, Tensor.__add__))
cuda.CUDAGraph, cuda.graph, cuda.Stream, cuda.current_stream = _Graph, _graph, _Stream, _Stream


@contextlib.contextmanager
def _within(*given):
    yield  # Python 3.6 has no nullcontext


cuda.stream = cuda.device = _within


def zeros(*shape, **more):
    return Tensor(0.0, shape).to(more.get("device"))


empty = zeros


def device(name):
    return name
"""
"""What the framework has beside its numbers where there may be a card."""


def cuda_files(version: str, name: str) -> dict[str, str]:
    """``torch.cuda`` of a version's build, such as ``cu118``."""
    release = load_catalogue().release(version)
    builds = release.builds if release is not None else ()
    about = next(
        (one for one in builds if one.name == name and one.platform.startswith("linux")), None
    )
    archs, ptx = (list(about.archs or ()), list(about.ptx or ())) if about else ([], [])
    text = CUDA.replace("{archs!r}", repr(archs)).replace("{ptx!r}", repr(ptx))
    return {"torch/cuda/__init__.py": text}
