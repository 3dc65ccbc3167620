"""Files in an environment that keep other installers from putting another framework there.

pip reads ``pip.conf`` (Windows: ``pip.ini``) at the root of a virtual environment and obeys the
constraints that it names (pip's documentation, "Configuration" and "Constraints Files"); uv obeys
those that ``UV_CONSTRAINT`` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.apply.marker import RECORDS
from torchup.early import read_file
from torchup.sources.address import file_url
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.model import Stack, System

CONSTRAINTS: Final = "constraints.txt"
_PIP: Final = {"windows": "pip.ini"}
_HEAD: Final = "# Written by torchup: keeps pip from replacing the framework by another build.\n"


def constraints_path(environment: Path) -> Path:
    """Return where an environment's constraints lie."""
    return environment / RECORDS / CONSTRAINTS


def hold(environment: Path, stack: Stack, system: System) -> None:
    """Hold the framework and its companions as they are, also for plain pip.

    A constraint is named by an address: pip would take a path with spaces for several. Settings
    that the user wrote there are left alone.

    Raises:
        OSError: the files can't be written.
    """
    lines = [f"{name}=={version}\n" for name, version in stack.installed.items()]
    constraints = constraints_path(environment)
    write_atomic(constraints, "".join(lines).encode())
    settings = environment / _PIP.get(system, "pip.conf")
    try:
        if not read_file(settings).startswith(_HEAD.encode()):
            return
    except FileNotFoundError:
        pass
    address = file_url(str(constraints), system)
    write_atomic(settings, f"{_HEAD}[install]\nconstraint = {address}\n".encode())
