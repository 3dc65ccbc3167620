"""Files in pip's cache that are cut off: pip installs from them again and again, and fails."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.model import text
from torchup.model.finding import Finding, Remedy
from torchup.probe.inventory.caches import cache_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context

_START: Final = b"PK\x03\x04"
_END: Final = b"PK\x05\x06"
"""A zip file begins with a local header, and ends with the record of its directory (PKWARE's
APPNOTE, 4.3), behind which a comment of at most 64 KiB may stand."""
_TAIL: Final = (1 << 16) + 22
_BODY: Final = ".body"
_WHEEL: Final = ".whl"


def look(context: Context) -> Iterator[Finding]:
    """Name them: wheels that pip built, and bodies of answers that are wheels."""
    folder = next((place for owner, place in cache_folders(context.host) if owner == "pip"), None)
    cut = tuple(cut_off(Path(folder))) if folder else ()
    if cut:
        yield Finding(
            code="pip-cache-cut-off",
            severity="warning",
            title=text("pip-cache-cut-off", count=len(cut), folder=str(folder)),
            because=cut,
            remedies=(
                Remedy(
                    title=text("pip-cache-cut-off.mend"),
                    safety="safe",
                    commands=(("torchup", "repair", "--finding", "pip-cache-cut-off"),),
                ),
            ),
            facts={"folder": str(folder)},
        )


def cut_off(folder: Path) -> Iterator[str]:
    """Name the files of a cache that begin as a wheel and don't end as one."""
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            if name.endswith((_BODY, _WHEEL)) and _is_cut_off(Path(place) / name):
                yield str(Path(place) / name)


def _is_cut_off(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            wheel = stream.read(len(_START)) == _START
            if not wheel:
                return path.name.endswith(_WHEEL)
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - _TAIL))
            return _END not in stream.read()
    except OSError:
        return False
