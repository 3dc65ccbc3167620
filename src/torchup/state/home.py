"""The folders of one home.

Environments and uv's cache lie beside each other, on one volume, so that files are hard links.
"""

# Loading pathlib would take longer than all that is done here.
# ruff: noqa: PTH117, PTH118

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.early import read_file
from torchup.state.folders import home_place, place_of

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host

LASTING: Final = (
    "envs",
    "pythons",
    "cache",
    "adopted",
    "places",
    "facts",
    "kept",
    "fleet",
    "logs",
    "measured",
)
"""The folders of a home that go along when it is moved."""
MOVING: Final = "moving.json"
"""The note in a home that is being moved, and in what is to become it."""
PASSING: Final = ("journal", "locks", "trash", "snapshots")
"""Those that only hold what is under way."""


class Home(Struct, frozen=True):
    """TORCHUP_HOME and what lies in it.

    Attributes:
        place: its absolute path.
    """

    place: str | os.PathLike[str]

    def below(self, *names: str) -> str:
        """Return a path in it as text, spelled as :attr:`root` would spell it.

        Loading pathlib takes a tenth of what a list does.
        """
        place = os.fspath(self.place)
        if os.name == "nt" or "//" in place or "/./" in place or place[-2:] == "/.":
            place = str(self.root)
        return os.path.join(place, *names)

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

    @property
    def kept(self) -> Path:
        """Copies of other programs' files, as they were before torchup changed them."""
        return self.root / "kept"

    @property
    def facts(self) -> Path:
        """Facts that are newer than the shipped ones."""
        return self.root / "facts"

    @property
    def logs(self) -> Path:
        """What torchup noted of mistakes of its own; see :mod:`torchup.state.logs`."""
        return self.root / "logs"

    @property
    def fleet(self) -> Path:
        """One machine document per host of a fleet, and what was done on each."""
        return self.root / "fleet"

    @property
    def measured(self) -> Path:
        """What was measured in environments, also in those that are gone."""
        return self.root / "measured"

    @property
    def places(self) -> Path:
        """One file per environment that lies outside this home; it says where."""
        return self.root / "places"

    def environment(self, name: str) -> Path:
        """The folder of one environment."""
        return self.elsewhere(name) or self.environments / name

    def elsewhere(self, name: str) -> Path | None:
        """Where an environment lies that was moved out of this home, None for one inside."""
        try:
            place = f"{os.fspath(self.place)}/places/{name}"
            said = os.fsdecode(read_file(place)).removesuffix("\n")
        except (OSError, ValueError):
            return None
        if not os.path.isabs(said):
            return None
        from pathlib import Path

        return Path(said)


def find_home(host: Host, configured: str | None = None, *, named: str | None = None) -> Home:
    """Find the home; see :func:`torchup.state.folders.home_place`.

    Raises:
        OutsideError: ``home.no-folder``.
    """
    return Home(home_place(host, configured, named=named))


def settings_home(host: Host, chosen: str | None) -> Home:
    """Return the home that a setting means, the data folder where it is not set.

    Raises:
        OutsideError: ``home.no-folder``.
    """
    return Home(place_of(host, chosen))
