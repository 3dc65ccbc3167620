"""Small real wheels for tests."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

_WHEN = (2020, 1, 1, 0, 0, 0)


def make_wheel(
    folder: Path,
    name: str,
    version: str,
    *,
    tag: str = "py3-none-any",
    requires: Sequence[str] = (),
    files: Mapping[str, str | bytes] | None = None,
    requires_python: str = "",
    extras: Sequence[str] = (),
    programs: Collection[str] = (),
    compression: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """Write an installable wheel with a valid RECORD; without ``files`` it has one module.

    ``programs`` are those of the files that may be run.
    """
    written = name.replace("-", "_").replace(".", "_")
    info = f"{written}-{version}.dist-info"
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    metadata += [f"Requires-Python: {requires_python}"] if requires_python else []
    metadata += [f"Provides-Extra: {one}" for one in extras]
    metadata += [f"Requires-Dist: {one}" for one in requires]
    pythons, abis, platforms = tag.split("-")
    tags = [
        f"Tag: {python}-{abi}-{platform}"
        for python in pythons.split(".")
        for abi in abis.split(".")
        for platform in platforms.split(".")
    ]
    pure = "true" if tag.endswith("-none-any") else "false"
    wheel = ["Wheel-Version: 1.0", "Generator: tests", f"Root-Is-Purelib: {pure}", *tags]
    default = {f"{written}/__init__.py": f'__version__ = "{version}"\n'}
    contents: dict[str, str | bytes] = {
        **(default if files is None else files),
        f"{info}/METADATA": "\n".join(metadata) + "\n\n",
        f"{info}/WHEEL": "\n".join(wheel) + "\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{written}-{version}-{tag}.whl"
    record = []
    with zipfile.ZipFile(path, "w", compression) as archive:
        for place, text in contents.items():
            data = text.encode() if isinstance(text, str) else text
            archive.writestr(_zip_info(place, compression, runs=place in programs), data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{place},sha256={digest},{len(data)}")
        record.append(f"{info}/RECORD,,")
        archive.writestr(_zip_info(f"{info}/RECORD", compression), "\n".join(record) + "\n")
    return path


def _zip_info(place: str, compression: int, *, runs: bool = False) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(place, _WHEN)
    info.compress_type = compression
    info.external_attr = (0o755 if runs else 0o644) << 16
    return info


def metadata_of(path: Path) -> bytes:
    """Return a wheel's METADATA, nothing for a file that isn't a wheel."""
    try:
        with zipfile.ZipFile(path) as archive:
            name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
            return archive.read(name)
    except zipfile.BadZipFile:
        return b""
