"""The folders of one home.

Environments and uv's cache lie beside each other, on one volume, so that files are hard links.
"""

# Loading pathlib would take longer than all that is done here.
# ruff: noqa: PTH109, PTH111, PTH118

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.errors import OutsideError

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host

HOME_VARIABLE: Final = "TORCHUP_HOME"


class Home(Struct, frozen=True):
    """TORCHUP_HOME and what lies in it.

    Attributes:
        place: its absolute path.
    """

    place: str | os.PathLike[str]

    @property
    def root(self) -> Path:
        """The folder that holds everything."""
        from pathlib import Path

        return Path(self.place)

    @property
    def environments(self) -> Path:
        """One folder per environment, by name."""
        return self.root / "envs"

    @property
    def cache(self) -> Path:
        """What can be fetched or computed again."""
        return self.root / "cache"

    @property
    def uv_cache(self) -> Path:
        """uv's own cache."""
        return self.cache / "uv"

    @property
    def conda_cache(self) -> Path:
        """Conda's packages, unpacked; environments link to the files here."""
        return self.cache / "conda" / "pkgs"

    @property
    def pythons(self) -> Path:
        """Interpreters that uv downloaded."""
        return self.root / "pythons"

    @property
    def journal(self) -> Path:
        """One file per change under way."""
        return self.root / "journal"

    @property
    def locks(self) -> Path:
        """One lock file per environment name."""
        return self.root / "locks"

    @property
    def trash(self) -> Path:
        """Environments on their way out."""
        return self.root / "trash"

    @property
    def snapshots(self) -> Path:
        """What environments were like before the changes that are under way."""
        return self.root / "snapshots"

    @property
    def adopted(self) -> Path:
        """One file per environment that torchup did not make, and its receipts."""
        return self.root / "adopted"

    def environment(self, name: str) -> Path:
        """The folder of one environment."""
        return self.environments / name


def _here() -> str:
    """The current folder.

    Raises:
        OutsideError: ``home.no-folder``: it was deleted.
    """
    try:
        return os.getcwd()
    except OSError as error:
        raise OutsideError("home.no-folder") from error


def find_home(host: Host, configured: str | None = None, *, named: str | None = None) -> Home:
    """Find the home: the named one, ``TORCHUP_HOME``, the configured one, the data folder."""
    chosen = named or host.env(HOME_VARIABLE) or configured
    if chosen:
        path = os.path.expanduser(chosen)
        return Home(path if os.path.isabs(path) else os.path.join(_here(), path))  # noqa: PTH117
    from torchup.state.folders import user_folder

    return Home(user_folder(host, "data"))
