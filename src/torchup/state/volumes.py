"""On which volume a folder lies, and whether its files can be hard links of another folder's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from torchup.host import Host

_WITHOUT_LINKS: Final = frozenset({"vfat", "msdos", "exfat", "fuseblk", "9p", "drvfs"})
"""Filesystems of Linux that have no hard links, or not on all that they can stand for."""
_OCTAL: Final = re.compile(r"\\([0-7]{3})")
_FIELDS: Final = 3


class Volume(Struct, frozen=True):
    """A mounted volume: where, what of, and its filesystem."""

    mounted: str
    device: str
    filesystem: str | None

    @property
    def links(self) -> bool:
        """Whether hard links can be counted on."""
        return self.filesystem not in _WITHOUT_LINKS


def volume_of(host: Host, path: str) -> Volume | None:
    """Find the volume that holds a path, None where this system doesn't tell.

    Linux lists them; on Windows a drive's letter stands for its volume.
    """
    if host.system == "windows":
        drive = re.match(r"[A-Za-z]:", path)
        return Volume(drive[0].upper(), drive[0].upper(), None) if drive else None
    mounts = parse_mounts((host.read("/proc/self/mounts") or b"").decode("utf-8", "replace"))
    at = host.real_path(path).rstrip("/") + "/"
    fitting = [one for one in mounts if at.startswith(one.mounted.rstrip("/") + "/")]
    # Of two on one folder the later one covers the earlier.
    return max(reversed(fitting), key=lambda one: len(one.mounted), default=None)


def parse_mounts(text: str) -> tuple[Volume, ...]:
    """Read ``/proc/self/mounts`` (proc(5)); blanks in paths are written as octal numbers."""
    found = []
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) >= _FIELDS:
            device, mounted, filesystem = (_plain(one) for one in fields[:_FIELDS])
            found.append(Volume(mounted, device, filesystem))
    return tuple(found)


def _plain(field: str) -> str:
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), field)


def can_link(one: Volume | None, other: Volume | None) -> bool | None:
    """Tell whether a file can be on both as one; None where a volume is unknown."""
    if one is None or other is None:
        return None
    return one == other and one.links
