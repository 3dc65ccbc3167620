"""What both the world and its faults do to files."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def remove(path: Path) -> None:
    """Remove a file or a folder, or nothing."""
    with suppress(FileNotFoundError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


@cache
def may_mount(folder: Path) -> bool:
    """Tell whether small disks can be mounted here."""
    place = folder / "may-mount"
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "tmpfs", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
    if done:
        unmount(place)
    return done


def mounted(folder: Path, options: str) -> None:
    """Mount a disk in memory on a folder, or change the options of the one that is there."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)


def unmount(folder: Path) -> None:
    """Take a disk away, if there is one."""
    if folder.is_mount():
        subprocess.run(["umount", "-l", str(folder)], check=True)
