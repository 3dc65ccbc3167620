"""The checks that know PyTorch, by their codes.

Every check takes the imported framework, the planned device and the payload's options, and returns
a status with values that go into the result's detail. Beside it stand the attributes of the
framework that it needs: a release that is too old has none of them (see ``lacking``).
"""

from . import (
    torch_bench,
    torch_compile,
    torch_data,
    torch_device,
    torch_math,
    torch_nets,
    torch_queues,
    torch_together,
)
from .torch_base import begin_with, kind_of, prepare, runtime, settle
from .torch_features import lacking

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable

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

numpy = torch_data.numpy

CHECKS: "dict[str, tuple[Callable[..., Found], tuple[str, ...]]]" = {
    "device": (torch_device.device, ()),
    "fit": (torch_device.fit, ()),
    "allocate": (torch_device.allocate, ()),
    "elementwise": (torch_math.elementwise, ()),
    "matmul": (torch_math.matmul, ()),
    "matmul-tf32": (torch_math.matmul_tf32, ("backends.cuda.matmul",)),
    "matmul-fp16": (torch_math.matmul_fp16, ("float16",)),
    "matmul-bf16": (torch_math.matmul_bf16, ("bfloat16",)),
    "matmul-fp8": (torch_math.matmul_fp8, ("float8_e4m3fn", "_scaled_mm")),
    "conv": (torch_nets.conv, ()),
    "conv-backward": (torch_nets.conv_backward, ("nn.Module",)),
    "autograd": (torch_nets.autograd, ()),
    "fft": (torch_math.fft, ("fft.rfft", "view_as_real")),
    "solve": (torch_math.solve, ("linalg.solve",)),
    "sparse": (torch_math.sparse, ("sparse.mm",)),
    "attention": (torch_nets.attention, ("nn.functional.scaled_dot_product_attention",)),
    "amp": (torch_nets.amp, ("autocast", "bfloat16")),
    "graphs": (torch_queues.graphs, ()),
    "streams": (torch_queues.streams, ()),
    "pinned": (torch_queues.pinned, ()),
    "repeat": (torch_nets.repeat, ("nn.Module", "equal")),
    "memory": (torch_device.memory, ("empty", "int64")),
    "save-load": (torch_data.save_load, ("save", "load")),
    "dataloader": (torch_data.dataloader, ("utils.data.DataLoader",)),
    "threads": (torch_data.threads, ()),
    "peer": (torch_together.peer, ()),
    "all-reduce": (torch_together.all_reduce, ("distributed.is_available",)),
    "compile": (torch_compile.compile_function, ()),
    "bench-matmul": (torch_bench.matmul, ("empty", "nn.Module")),
    "bench-memory": (torch_bench.memory, ("empty", "nn.Module")),
    "bench-copy": (torch_bench.copy, ("empty", "nn.Module")),
    "bench-launch": (torch_bench.launch, ("empty", "nn.Module")),
    "bench-train": (torch_bench.train, ("empty", "nn.Module")),
}
