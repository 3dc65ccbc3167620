"""Telling an environment that stays where its interpreter lies now."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from torchup.apply.relocation import LARGEST
from torchup.early import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.apply.relocation import Relocation


def relink(environment: Path, relocation: Relocation) -> None:
    """Let the programs and settings of an environment name the new places; each file at once.

    Raises:
        OSError: something can't be read or written.
    """
    inside = [environment / "pyvenv.cfg"]
    for folder in (environment / "bin", environment / "Scripts"):
        if folder.is_dir():
            inside += sorted(folder.iterdir())
    for one in inside:
        beside = one.with_name(f".{one.name}.{os.getpid()}.tmp")
        if one.is_symlink():
            to = os.readlink(one)  # noqa: PTH115  # as it is written
            if relocation.path(to) != to:
                beside.symlink_to(relocation.path(to))
                beside.replace(one)
        elif one.is_file() and one.stat().st_size <= LARGEST:
            data = read_file(one)
            changed = relocation.content(data, str(one))
            if changed != data:
                beside.write_bytes(changed)
                shutil.copystat(one, beside)
                beside.replace(one)
