"""Jupyter's kernels as an inventory lists them; each by the file that registers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.integrate.jupyter import spec
from torchup.integrate.jupyter.folders import kernel_folders
from torchup.model.software import Notebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.host import Host
    from torchup.model.kernels import Kernel


def find_notebooks(host: Host, prefixes: Iterable[str] = ()) -> tuple[Notebook, ...]:
    """Find the kernels; of two with one name Jupyter takes the first.

    Args:
        host: the machine.
        prefixes: environments whose own kernels count as well.
    """
    return tuple(
        Notebook(
            name=one.name,
            title=one.title,
            path=one.path,
            interpreter=one.interpreter,
            exists=starts(host, one),
        )
        for one in find_kernels(host, prefixes)
    )


def find_kernels(host: Host, prefixes: Iterable[str] = ()) -> Iterator[Kernel]:
    """Find the kernels as they are written, in the order in which Jupyter looks."""
    seen: set[str] = set()
    for folder in dict.fromkeys(kernel_folders(host, prefixes)):
        for name in host.listdir(folder):
            path = f"{folder}/{name}/kernel.json"
            data = host.read(path)
            kernel = spec.read(data, name, path) if data is not None else None
            if kernel is not None and path not in seen:
                seen.add(path)
                yield kernel


def starts(host: Host, kernel: Kernel) -> bool:
    """Tell whether a kernel's interpreter is there."""
    program = kernel.interpreter
    if "/" in program or "\\" in program:
        return host.is_executable(program)
    return host.which(program) is not None
