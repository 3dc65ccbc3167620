"""A machine that has nothing, and what the launchers find there: a Python, an index."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

from uv import find_uv_bin

from wheelmaker import make_wheel

PROGRAMS: Final = (
    *("awk", "cat", "chmod", "cut", "grep", "gzip", "head", "ln", "mkdir", "mktemp", "od", "rm"),
    *("sed", "sh", "sha256sum", "sleep", "sort", "tail", "tar", "tr", "uname", "env"),
)
"""What every Linux has; no Python, no uv, no unzip."""
LEFT_OUT: Final = ("test", "tests", "__pycache__", "idlelib", "tkinter", "lib2to3", "turtledemo")


def bare_path(folder: Path, *more: str) -> Path:
    """Lay out a search path that has these programs and nothing else."""
    folder.mkdir(parents=True)
    for name in (*PROGRAMS, *more):
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(Path(found).resolve())
    return folder


def cut_off() -> list[str]:
    """The command before a command that may not reach any network; empty where there is none."""
    unshare = shutil.which("unshare")
    command = [unshare or "", "-rn"]
    if unshare is None:
        return []
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return [] if tried.returncode else command


def pack_python(folder: Path) -> Path:
    """Pack this Python as python-build-standalone does, without what nobody needs.

    Returns:
        The list of interpreters that uv reads in the place of its own.
    """
    base = Path(sys.base_prefix)
    line = f"{sys.version_info[0]}.{sys.version_info[1]}"
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / f"cpython-{platform.python_version()}-install_only.tar.gz"

    def kept(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
        parts = info.name.split("/")
        gone = "site-packages" in parts or set(parts) & set(LEFT_OUT)
        return None if gone or any(one.startswith("config-3") for one in parts) else info

    with tarfile.open(archive, "w:gz", compresslevel=1) as packed:
        real = base / "bin" / f"python{line}"
        packed.add(real.resolve(), f"python/bin/python{line}")
        for name in ("python3", "python"):
            link = tarfile.TarInfo(f"python/bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, f"python{line}"
            packed.addfile(link)
        packed.add(base / "lib" / f"python{line}", f"python/lib/python{line}", filter=kept)
        for library in sorted((base / "lib").glob("libpython*.so*")):
            packed.add(library, f"python/lib/{library.name}")
    return list_python(folder, archive)


def list_python(folder: Path, archive: Path) -> Path:
    """Write uv's list of one interpreter, for this machine."""
    major, minor, patch = sys.version_info[:3]
    key = f"cpython-{major}.{minor}.{patch}-linux-{platform.machine()}-gnu"
    row = {
        "name": "cpython",
        "arch": {"family": platform.machine(), "variant": None},
        "os": "linux",
        "libc": "gnu",
        "major": major,
        "minor": minor,
        "patch": patch,
        "prerelease": "",
        "url": archive.as_uri(),
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "variant": None,
        "build": None,
    }
    listing = folder / "downloads.json"
    listing.write_text(json.dumps({key: row}))
    return listing


def make_uv_wheel(folder: Path, version: str) -> Path:
    """Pack the uv that is here as its makers do."""
    tag = f"py3-none-manylinux_2_17_{platform.machine()}.manylinux2014_{platform.machine()}"
    name = f"uv-{version}.data/scripts/uv"
    data = Path(find_uv_bin()).read_bytes()
    return make_wheel(folder, "uv", version, tag=tag, files={name: data}, programs=[name])


def bare_environment(path: Path, home: Path, **more: str) -> dict[str, str]:
    """The variables of a user who has just logged in."""
    return {"PATH": str(path), "HOME": str(home), "LANG": "C.UTF-8", **more}


def run(
    command: list[str], environment: dict[str, str], folder: Path, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with nothing of this process's environment."""
    return subprocess.run(
        command,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout,
        check=False,
    )


SHELLS: Final = tuple(name for name in ("dash", "bash") if shutil.which(name))
