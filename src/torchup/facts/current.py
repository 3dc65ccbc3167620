"""Which facts are in force: the shipped ones or newer ones, and a site's own laid over them.

Whoever knows the home says so once with :func:`use`; nothing is read before the first fact is
asked for. Without an update and an overlay that costs one look for a file that isn't there.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.json import decode

from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host
    from torchup.state.home import Home

DATA: Final = os.path.join(os.path.dirname(__file__), "data")  # noqa: PTH118, PTH120 (start-up)
CATALOGUE_FILE: Final = "catalogue.json"
GPUS_FILE: Final = "gpus.json"
OVERLAY_VARIABLE: Final = "TORCHUP_FACTS_OVERLAY"
OVERLAY_KEY: Final = "facts.overlay"
CURRENT_FILE: Final = "current.json"
_FOLDER: Final = "facts"
_HEAD: Final = 512
"""Bytes of the catalogue that hold its digest and its last day."""


class Update(Struct, frozen=True, kw_only=True):
    """The record of the facts that were fetched last, ``current.json``.

    Attributes:
        folder: the folder's name beside this record.
        version: of the package they came in.
        digest: names their TOML files.
        checked: the last day on which any of them was checked.
        shipped: the digest of the shipped facts that they were put before.
    """

    folder: str
    version: str
    digest: str
    checked: str
    shipped: str


class Base(Struct, frozen=True, kw_only=True):
    """Facts without a site's own: the folder of TOML files and what names its content.

    ``version`` is empty for the facts that came with this torchup.
    """

    root: str
    version: str
    digest: str


class InForce:
    """One set of facts; it reads nothing before it is asked.

    Args:
        host: whose files are read; None means the shipped facts and nothing else.
        home: where updates lie and compiled facts are kept.
        overlay: the site's folder, None where there is none.
        origin: who named that folder.
    """

    def __init__(
        self,
        host: Host | None = None,
        home: Home | None = None,
        overlay: str | None = None,
        origin: str = "",
    ) -> None:
        self.host = host
        self.home = home
        self.overlay = overlay
        self.origin = origin
        # All that is needed of threading, which takes longer to load.
        self._lock = allocate_lock()
        self._read: dict[str, bytes] = {}
        self._folder = ""

    def base(self) -> Base | None:
        """Return what the overlay is laid over; None means the shipped facts."""
        if self.host is None or self.home is None:
            return None
        return updated_base(self.host, self.home)

    def read(self, name: str) -> bytes:
        """Return the content of one generated file.

        Raises:
            UsageError: the overlay is missing, or doesn't fit.
        """
        with self._lock:
            if not self._folder:
                self._settle()
            return self._read[name] if name in self._read else _content(self._folder, name)

    def _settle(self) -> None:
        base = self.base()
        if base is not None or self.overlay is not None:
            from torchup.facts.compiled import compiled

            self._read = compiled(self, base or shipped_base())
        self._folder = DATA


_SHIPPED: Final = InForce()
_USED: Final[list[InForce]] = []


def use(host: Host, home: Home, configured: str | None = None) -> InForce:
    """Say whose facts count from now on.

    Args:
        host: the machine.
        home: the home in use.
        configured: the overlay's folder by the settings; ``TORCHUP_FACTS_OVERLAY`` wins over it.
    """
    named = (host.env(OVERLAY_VARIABLE) or "").strip()
    overlay = named or configured
    if overlay:
        overlay = os.path.abspath(os.path.expanduser(overlay))  # noqa: PTH100, PTH111 (start-up)
    found = InForce(host, home, overlay or None, OVERLAY_VARIABLE if named else OVERLAY_KEY)
    _USED[:] = [found]
    return found


def in_force() -> InForce:
    """Return the facts that count; the shipped ones where nobody said otherwise."""
    return _USED[0] if _USED else _SHIPPED


def shipped_base() -> Base:
    """Return the facts that came with this torchup."""
    return Base(root=DATA, version="", digest=shipped_head()[0])


def shipped_head() -> tuple[str, str]:
    """Return the shipped facts' digest and the last day any of them was checked."""
    with open(os.path.join(DATA, CATALOGUE_FILE), "rb") as stream:  # noqa: PTH118, PTH123 (start-up)
        head = stream.read(_HEAD).decode("ascii", "replace")
    return _value(head, "digest"), _value(head, "checked")


def data_files() -> tuple[str, ...]:
    """Name the generated files of the shipped facts."""
    names = (CATALOGUE_FILE, GPUS_FILE)
    return tuple(os.path.join(DATA, name) for name in names)  # noqa: PTH118 (start-up)


def facts_folder(home: Home) -> Path:
    """Where facts that were fetched lie: a folder for each, and the record of the last."""
    return home.facts


def read_update(host: Host, home: Home) -> Update | None:
    """Return the record of the last update, None where there is none or it is damaged."""
    data = host.read(_in_folder(home, CURRENT_FILE))
    if data is None:
        return None
    try:
        return decode(data, type=Update)
    except NO_DOCUMENT:
        return None


def updated_base(host: Host, home: Home) -> Base | None:
    """Return the facts that were fetched, None where there are none or newer ones are shipped.

    A torchup that is newer than the update brings newer facts. Older facts that the user put
    before the same shipped ones by force stay.
    """
    update = read_update(host, home)
    if update is None:
        return None
    root = _in_folder(home, update.folder)
    if not host.is_dir(root):
        return None
    digest, checked = shipped_head()
    if update.checked < checked and update.shipped != digest:
        return None
    return Base(root=root, version=update.version, digest=update.digest)


def _in_folder(home: Home, name: str) -> str:
    return os.path.join(home.place, _FOLDER, name)  # noqa: PTH118 (start-up)


def _content(folder: str, name: str) -> bytes:
    with open(os.path.join(folder, name), "rb") as stream:  # noqa: PTH118, PTH123 (start-up)
        return stream.read()


def _value(head: str, key: str) -> str:
    return head.partition(f'"{key}":"')[2].partition('"')[0]
