"""Where Jupyter looks for kernels.

https://docs.jupyter.org/en/latest/use/jupyter-directories.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.host import Host


def kernel_folders(host: Host, prefixes: Iterable[str]) -> Iterator[str]:
    """Name the folders in the order that Jupyter has, the user's own before an environment's.

    Args:
        host: the machine.
        prefixes: environments whose own kernels count as well.
    """
    yield from named_folders(host)
    yield user_folder(host)
    for prefix in prefixes:
        yield folder_in(prefix)
    if host.system == "windows":
        yield f"{host.env('PROGRAMDATA') or 'C:/ProgramData'}/jupyter/kernels"
    else:
        yield "/usr/local/share/jupyter/kernels"
        yield "/usr/share/jupyter/kernels"


def named_folders(host: Host) -> Iterator[str]:
    """Name the folders that the user put before all others."""
    between = ";" if host.system == "windows" else ":"
    for folder in (host.env("JUPYTER_PATH") or "").split(between):
        if folder:
            yield f"{folder}/kernels"


def user_folder(host: Host) -> str:
    """Name the folder of the user's own kernels, which every Jupyter of theirs shows."""
    return f"{_data_folder(host)}/kernels"


def folder_in(prefix: str) -> str:
    """Name the folder of an environment's kernels, which only the Jupyter in it shows."""
    return f"{prefix}/share/jupyter/kernels"


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
