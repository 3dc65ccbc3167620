"""torchup itself, for a machine that has none: its own wheel, and those of what it needs."""

from __future__ import annotations

import base64
import hashlib
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import torchup
from torchup import __version__
from torchup.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME: Final = "torchup"
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
_INFO: Final = f"{_NAME}-{__version__}.dist-info"
_KEPT: Final = ("METADATA", "entry_points.txt", "licenses/LICENSE")
_WHEEL: Final = (
    "Wheel-Version: 1.0\n"
    f"Generator: {_NAME} {__version__}\n"
    "Root-Is-Purelib: true\n"
    "Tag: py3-none-any\n"
)
OLDEST: Final = (3, 10)
"""The oldest Python that torchup runs on."""


def line_for(python: str) -> str:
    """The release line that torchup runs on beside an environment of ``python``.

    It is the same one where it is new enough, so that one interpreter serves both; else that of
    the Python that runs now.
    """
    major, minor = (int(part) for part in python.rstrip("t").split(".")[:2])
    if (major, minor) >= OLDEST and not python.endswith("t"):
        return python
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def requirements() -> tuple[str, ...]:
    """What torchup needs, as its own metadata says; extras are left out.

    Raises:
        OutsideError: ``bundle.no-own-metadata``: it runs from files that were never installed.
    """
    try:
        said = distribution(_NAME).requires or []
    except PackageNotFoundError as error:
        raise OutsideError("bundle.no-own-metadata") from error
    return tuple(one for one in said if "extra ==" not in one)


def write_own_wheel(folder: Path) -> Path:
    """Write a wheel of the torchup that runs now; the same files make the same bytes.

    Raises:
        OutsideError: ``bundle.no-own-metadata``.
    """
    path = folder / f"{_NAME}-{__version__}-py3-none-any.whl"
    record = []
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in _contents():
            _add(archive, name, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
            record.append(f"{name},sha256={digest.decode()},{len(data)}")
        record.append(f"{_INFO}/RECORD,,")
        _add(archive, f"{_INFO}/RECORD", ("\n".join(record) + "\n").encode())
    return path


def _contents() -> Iterator[tuple[str, bytes]]:
    package = Path(torchup.__file__).parent
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{_NAME}/{path.relative_to(package).as_posix()}", path.read_bytes()
    try:
        own = distribution(_NAME)
    except PackageNotFoundError as error:
        raise OutsideError("bundle.no-own-metadata") from error
    for name in _KEPT:
        text = own.read_text(name)
        if text is not None:
            yield f"{_INFO}/{name}", text.encode()
    yield f"{_INFO}/WHEEL", _WHEEL.encode()


def _add(archive: ZipFile, name: str, data: bytes) -> None:
    info = ZipInfo(name, _WHEN)
    info.compress_type = ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    archive.writestr(info, data)
