"""Jupyter's kernels, from the folders that Jupyter itself looks into.

https://docs.jupyter.org/en/latest/use/jupyter-directories.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.json import decode

from torchup.model.software import Notebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.host import Host


def find_notebooks(host: Host, prefixes: Iterable[str] = ()) -> tuple[Notebook, ...]:
    """Find the kernels; of two with one name Jupyter takes the first.

    Args:
        host: the machine.
        prefixes: environments whose own kernels count as well.
    """
    found: dict[str, Notebook] = {}
    for folder in _folders(host, prefixes):
        for name in host.listdir(folder):
            path = f"{folder}/{name}/kernel.json"
            data = host.read(path)
            kernel = read_kernel(data, name, path) if data is not None else None
            if kernel is not None and path not in found:
                found[path] = _checked(host, kernel)
    return tuple(found.values())


def read_kernel(data: bytes, name: str, path: str) -> Notebook | None:
    """Read a ``kernel.json``; None where it is none of a Python or can't be read."""
    try:
        spec = decode(data.decode("utf-8-sig"), type=dict[str, object])
    except (ValueError, RecursionError):
        return None
    argv = spec.get("argv")
    if not isinstance(argv, list) or not argv or not isinstance(argv[0], str):
        return None
    title = spec.get("display_name")
    return Notebook(
        name=name,
        title=title if isinstance(title, str) else name,
        path=path,
        interpreter=argv[0],
        exists=False,
    )


def _checked(host: Host, kernel: Notebook) -> Notebook:
    from msgspec.structs import replace

    program = kernel.interpreter
    if "/" in program or "\\" in program:
        there = host.is_executable(program)
    else:
        there = host.which(program) is not None
    return replace(kernel, exists=there)


def _folders(host: Host, prefixes: Iterable[str]) -> Iterator[str]:
    between = ";" if host.system == "windows" else ":"
    for folder in (host.env("JUPYTER_PATH") or "").split(between):
        if folder:
            yield f"{folder}/kernels"
    yield f"{_data_folder(host)}/kernels"
    for prefix in prefixes:
        yield f"{prefix}/share/jupyter/kernels"
    if host.system == "windows":
        yield f"{host.env('PROGRAMDATA') or 'C:/ProgramData'}/jupyter/kernels"
    else:
        yield "/usr/local/share/jupyter/kernels"
        yield "/usr/share/jupyter/kernels"


def _data_folder(host: Host) -> str:
    named = host.env("JUPYTER_DATA_DIR")
    if named:
        return named
    if host.system == "windows":
        return f"{host.env('APPDATA') or ''}/jupyter"
    home = host.env("HOME") or ""
    if host.system == "macos":
        return f"{home}/Library/Jupyter"
    return f"{host.env('XDG_DATA_HOME') or home + '/.local/share'}/jupyter"
