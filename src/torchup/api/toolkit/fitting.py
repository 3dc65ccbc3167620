"""Whether a toolkit fits the CUDA that a framework was built for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model.builds import cuda_of

if TYPE_CHECKING:
    from torchup.model import Stack
    from torchup.model.toolkits import Fit

_PARTS: Final = 2


def runtime_of(stack: Stack) -> str:
    """Return the CUDA that a stack's framework was built for, empty for none.

    Where it runs doesn't matter: on a machine without a card a CUDA build computes on the CPU.
    """
    named = cuda_of(stack.build) or ""
    if stack.runtime and (not named or "." not in named):  # cu12 is any 12
        return stack.runtime if named or stack.device == "cuda" else ""
    return named


def fit_of(version: str, runtime: str) -> Fit:
    """Compare as ``torch.utils.cpp_extension`` does (``_check_cuda_version``).

    It refuses another major version and warns of another minor one.

    Args:
        version: the toolkit's.
        runtime: what the framework was built for; empty where nobody knows.
    """
    mine, other = version.split(".")[:_PARTS], runtime.split(".")[:_PARTS]
    if not version or not runtime:
        return "unknown"
    if mine == other:
        return "yes"
    return "minor" if mine[0] == other[0] else "no"
