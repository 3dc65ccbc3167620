"""Reads out of one wheel which build it is and what it was compiled for."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from tools.arch_flags import ArchFlags, find_arch_flags
from tools.remote_wheel import CountingHost, WheelUnreadableError, open_wheel
from tools.wheel_metadata import default_build
from torchup.sources.address import file_name, path_of, without_login
from torchup.sources.wheelname import parse_wheel_name
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path
    from zipfile import ZipFile

_VERSION = re.compile(r"^__version__[^=\n]*=\s*['\"]([^+'\"]+)", re.MULTILINE)
_COMPILED = ("cu", "rocm")


class Reading(Struct, frozen=True, kw_only=True):
    """What one wheel says of itself.

    Attributes:
        filename: the wheel's name.
        version: the release, without a local part.
        platforms: such as ``linux-x86_64``, from the wheel's name.
        build: such as ``cu130``, from its ``version.py``.
        library: the member that was searched, empty for a build without machine code for GPUs.
        library_bytes: that member's size, inflated.
        flags: what was found in it, None where there is no list.
        fetched: bytes that came over the network for this.
    """

    filename: str
    version: str
    platforms: tuple[str, ...]
    build: str
    library: str = ""
    library_bytes: int = 0
    flags: ArchFlags | None = None
    fetched: int = 0


class WheelArchs:
    """Reads wheels of one framework, and keeps what it read: a published wheel never changes.

    Args:
        framework: the framework's package name.
        cache: a folder for what was read, made when first needed; None keeps nothing.
    """

    def __init__(self, framework: str, cache: Path | None = None) -> None:
        self.host = CountingHost()
        self._framework, self._cache = framework, cache

    def read(self, place: str, digest: str = "") -> Reading:
        """Read a wheel.

        Args:
            place: its address or path.
            digest: its SHA-256 where the index tells, part of the name under which it is kept.

        Raises:
            WheelUnreadableError: it can't be reached or read, or isn't one of the framework's.
        """
        kept = self._kept(place, digest)
        if kept is not None and kept.is_file():
            try:
                found = msgspec.json.decode(kept.read_bytes(), type=Reading)
                return msgspec.structs.replace(found, fetched=0)
            except (msgspec.DecodeError, UnicodeDecodeError):
                kept.unlink()
        before = self.host.fetched
        with open_wheel(self.host, place) as archive:
            found = self._reading(archive, file_name(place))
        found = msgspec.structs.replace(found, fetched=self.host.fetched - before)
        # A list that wasn't found may be found by a later reader.
        if kept is not None and (found.flags is not None or not found.library):
            write_atomic(kept, msgspec.json.encode(found))
        return found

    def _reading(self, archive: ZipFile, filename: str) -> Reading:
        name = parse_wheel_name(filename)
        members = frozenset(archive.namelist())
        told = f"{self._framework}/version.py"
        if name is None or told not in members:
            what = f"has no {told}" if name is not None else "is not the name of a wheel"
            raise WheelUnreadableError(f"{filename} {what}")
        text = archive.read(told).decode("utf-8", "replace")
        version = _VERSION.search(text)
        found = Reading(
            filename=filename,
            version=version[1] if version is not None else name.version,
            platforms=name.platforms,
            build=default_build(text),
        )
        if not found.build.startswith(_COMPILED):
            return found
        library = next((one for one in self._libraries() if one in members), None)
        if library is None:
            raise WheelUnreadableError(f"{filename} has none of {', '.join(self._libraries())}")
        with archive.open(library) as stream:
            flags = find_arch_flags(stream)
        size = archive.getinfo(library).file_size
        return msgspec.structs.replace(found, library=library, library_bytes=size, flags=flags)

    def _libraries(self) -> tuple[str, str]:
        """The library that binds the framework to Python, on Linux and on Windows."""
        name = self._framework
        return f"{name}/lib/lib{name}_python.so", f"{name}/lib/{name}_python.dll"

    def _kept(self, place: str, digest: str) -> Path | None:
        if self._cache is None or path_of(place) is not None:
            return None
        key = sha256(f"{without_login(place)}\n{digest}".encode()).hexdigest()
        return self._cache / f"{key[:32]}.archs.json"
