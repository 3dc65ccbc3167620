"""Where NVIDIA's files are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.host import Host

WSL_LIBRARIES: Final = "/usr/lib/wsl/lib"
WSL_DEVICE: Final = "dxg"
"""The device under ``/dev`` by which WSL 2 hands Windows' cards on."""
_LINUX_LIBRARIES: Final = (
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
)


def library_path(host: Host) -> dict[str, str | None]:
    """The variables with which the driver's libraries are found: WSL keeps them apart."""
    if not host.is_dir(WSL_LIBRARIES):
        return {}
    known = host.env("LD_LIBRARY_PATH")
    return {"LD_LIBRARY_PATH": f"{known}:{WSL_LIBRARIES}" if known else WSL_LIBRARIES}


def find_smi(host: Host) -> str | None:
    """Find the program: on the path, or where WSL and Windows keep it."""
    found = host.which("nvidia-smi")
    if found is not None:
        return found
    places = [f"{WSL_LIBRARIES}/nvidia-smi"]
    if host.system == "windows":
        root = host.env("SystemRoot") or "C:\\Windows"
        places = [f"{root}\\System32\\nvidia-smi.exe"]
    return next((place for place in places if host.is_executable(place)), None)


def own_libcuda(host: Host) -> str | None:
    """Name a ``libcuda`` of a Linux driver, which inside WSL is one too many."""
    for folder in _LINUX_LIBRARIES:
        path = f"{folder}/libcuda.so.1"
        real = host.real_path(path)
        if host.modified(path) is not None and not real.startswith("/usr/lib/wsl/"):
            return path
    return None
