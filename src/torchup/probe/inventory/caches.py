"""Where other installers keep what they downloaded, and where temporary files go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.host import Host


def cache_folders(host: Host) -> Iterator[tuple[str, str]]:
    """Name the caches that are there, each with its owner's name."""
    for owner, variable, default in _defaults(host):
        folder = host.env(variable) or default
        if folder and host.is_dir(folder):
            yield owner, folder


def temporary_folder(host: Host) -> str:
    """Name the folder that programs take for temporary files."""
    if host.system == "windows":
        return host.env("TEMP") or host.env("TMP") or "C:/Windows/Temp"
    return host.env("TMPDIR") or "/tmp"  # noqa: S108 - named, not written


def _defaults(host: Host) -> Iterator[tuple[str, str, str]]:
    """Each owner with the variable that moves its cache, and where it lies without.

    ``pip cache dir`` and ``uv cache dir`` as their documentation has them; the Hugging Face hub's
    and PyTorch's own as theirs.
    """
    home = host.env("USERPROFILE" if host.system == "windows" else "HOME") or ""
    local = (host.env("LOCALAPPDATA") or f"{home}/AppData/Local").replace("\\", "/")
    caches = host.env("XDG_CACHE_HOME") or f"{home}/.cache"
    pip = {
        "windows": f"{local}/pip/Cache",
        "macos": f"{home}/Library/Caches/pip",
        "linux": f"{caches}/pip",
    }
    yield "pip", "PIP_CACHE_DIR", pip[host.system]
    yield "uv", "UV_CACHE_DIR", f"{local}/uv/cache" if host.system == "windows" else f"{caches}/uv"
    yield "huggingface", "HF_HOME", f"{caches}/huggingface"
    yield "torch", "TORCH_HOME", f"{caches}/torch"
