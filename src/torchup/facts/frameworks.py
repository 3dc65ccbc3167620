"""Which frameworks there are, and which one is meant.

A framework is a folder of facts below ``data/`` and the modules of ``verify/payload`` that begin
with its name; here is its one line. Whoever knows what is asked for, or what an environment holds,
says so once with :func:`meaning`; until then the first one is meant.
"""

from __future__ import annotations

# All that is needed of contextvars, which takes longer to load.
import sys
from _contextvars import ContextVar
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from torchup.model.names import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FRAMEWORKS: Final[dict[str, tuple[str, ...]]] = {
    "torch": ("torchvision", "torchaudio"),
    "tensorflow": (
        *("tensorflow-cpu", "tensorflow-gpu", "tensorflow-intel", "tf-nightly"),
        *("tensorflow-directml", "tensorflow-directml-plugin", "tensorflow-metal"),
    ),
    "jax": ("jaxlib", "jax-cuda12-plugin", "jax-cuda13-plugin", "jax-metal"),
    "onnxruntime": ("onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino"),
}
"""Framework, which is the name of its folder too → further packages that can't be without it.

Where several are in one environment, the first of them is the one that the others go along with.
"""
DEFAULT: Final = next(iter(FRAMEWORKS))
_MEANT: Final[ContextVar[str]] = ContextVar("framework", default="")
_SESSION: Final[list[str]] = []


def meant() -> str:
    """Name the framework that is meant."""
    return _MEANT.get() or (_SESSION[0] if _SESSION else DEFAULT)


def mean(name: str) -> None:
    """Say which framework is meant from now on.

    Within :func:`meaning`, and in a thread beside the main one, it counts there alone: several
    threads may be about several. Elsewhere it counts in every thread: one command is about one.
    """
    if _MEANT.get() or _is_beside():
        _MEANT.set(name)
    else:
        _SESSION[:] = [name]


def _is_beside() -> bool:
    """Tell whether this thread is another than the main one."""
    threading = sys.modules.get("threading")  # nobody else has loaded it: there is one thread
    return threading is not None and threading.current_thread() is not threading.main_thread()


@contextmanager
def meaning(name: str) -> Iterator[None]:
    """Say which framework is meant within a block, in this thread alone."""
    token = _MEANT.set(name)
    try:
        yield
    finally:
        _MEANT.reset(token)


def named_in(lines: Iterable[str]) -> tuple[str, ...]:
    """Name the frameworks that requirements or names of packages speak of, in their own order.

    Args:
        lines: requirements (PEP 508) or bare names; what is neither speaks of none.
    """
    # Who writes jax0.4 means it all the same, and is told how versions are written.
    names = {name_of(line).rstrip("0123456789-") for line in lines} - {""}
    if not names:
        return ()
    return tuple(
        name for name, more in FRAMEWORKS.items() if name in names or not names.isdisjoint(more)
    )


def first_of(lines: Iterable[str]) -> str:
    """Name the framework that requirements are about; the usual one where they name none."""
    found = named_in(lines)
    return found[0] if found else DEFAULT
