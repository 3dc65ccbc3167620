"""How a driver is installed on a system, read only where one is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from torchup.facts.schema import File, Sources
from torchup.facts.seldom import read_seldom
from torchup.model import FactRef

if TYPE_CHECKING:
    from torchup.model import Os

INSTALLS_FILE: Final = "nvidia/install.toml"


class InstallRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The commands for some distributions, named by the ID of their ``os-release``."""

    name: str
    distros: Annotated[tuple[str, ...], Meta(min_length=1)]
    commands: Annotated[tuple[str, ...], Meta(min_length=1)]
    source: Sources


class InstallsFile(File, frozen=True, kw_only=True):
    """``nvidia/install.toml``."""

    installs: tuple[InstallRow, ...]


class Install(Struct, frozen=True, kw_only=True):
    """Commands that install a driver, and where they are written."""

    commands: tuple[str, ...]
    fact: FactRef


def install_for(os: Os) -> Install | None:
    """Return how NVIDIA's driver is installed on a system; None where that is not known.

    Inside WSL there is nothing to install: the driver of Windows counts.
    """
    if os.system != "linux" or os.wsl or os.distro is None:
        return None
    file = read_seldom(INSTALLS_FILE, InstallsFile)
    row = next((one for one in file.installs if os.distro in one.distros), None)
    if row is None:
        return None
    fact = FactRef(
        file=INSTALLS_FILE,
        key=f"installs.{row.name}",
        url=" ; ".join(file.sources[short] for short in row.source),
        checked=file.checked.isoformat(),
    )
    return Install(commands=row.commands, fact=fact)
