"""Stand-ins for the framework's packages, to be resolved against and never installed.

The index for everything need not have the framework (many mirrors don't), and what the framework
itself needs is of no interest where only its version is in question. So uv is shown empty wheels
of every known release.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zipfile import ZIP_STORED, ZipFile

from torchup.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FOLDER: Final = "stubs"
_WHEEL: Final = "Wheel-Version: 1.0\nGenerator: torchup\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_stubs(into: Path, published: Mapping[str, Sequence[str]]) -> Path:
    """Write the empty wheels, and return their folder.

    Args:
        into: a work folder.
        published: versions by package.

    Raises:
        OutsideError: ``uv.unwritable``.
    """
    folder = into / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, versions in published.items():
            for version in versions:
                _write(folder, name.replace("-", "_"), version)
    except OSError as error:
        raise OutsideError("uv.unwritable", path=folder, why=error.strerror) from error
    return folder


def _write(folder: Path, name: str, version: str) -> None:
    info = f"{name}-{version}.dist-info"
    with ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w", ZIP_STORED) as wheel:
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n"
        )
        wheel.writestr(f"{info}/WHEEL", _WHEEL)
        wheel.writestr(f"{info}/RECORD", "")
