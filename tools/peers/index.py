"""A stand-in for the framework's index and for PyPI, made from the catalogue.

It holds the framework alone: every wheel that the catalogue says is on a page, under the name that
wheel has, with nothing in it but metadata. Nothing it serves can be run.
"""

from __future__ import annotations

import html
import io
import zipfile
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.facts.catalogue import Build, Catalogue, Release

PYPI: Final = "pypi.org"
OK: Final = 200
MISSING: Final = 404
_EPOCH: Final = (2020, 1, 1, 0, 0, 0)
_ABI_M_UNTIL: Final = 8  # CPython 3.8 dropped the "m" of its ABI tag.
_WINDOWS: Final = {"x86_64": "win_amd64", "arm64": "win_arm64"}


class Page(Struct, frozen=True):
    """What a request is answered with."""

    status: int
    kind: str
    body: bytes


class StandIn:
    """The pages and files.

    Args:
        catalogue: what lies where.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._name = catalogue.framework.name
        self.framework_host = urlsplit(catalogue.framework.index_base).hostname or ""
        self._pages: dict[tuple[str, str], list[str]] = {}
        for release in catalogue.releases:
            for build in release.builds:
                for channel in build.channels:
                    found = _wheels(self._name, release, build, tagged=channel != "pypi")
                    self._pages.setdefault(self._place(channel), []).extend(found)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that it stands in for."""
        return (self.framework_host, PYPI)

    def wheels(self, channel: str) -> tuple[str, ...]:
        """The file names on one page, such as that of ``whl/cu126`` or of ``pypi``."""
        return tuple(self._pages.get(self._place(channel), ()))

    def answer(self, host: str, path: str) -> Page:
        """Answer a request for a page (PEP 503), a wheel, or its metadata (PEP 658)."""
        plain = unquote(urlsplit(path).path)
        if plain.endswith((".whl", ".metadata")):
            return self._file(plain.rpartition("/")[2])
        wheels = self._pages.get((host, f"{plain.rstrip('/')}/"))
        if not wheels:
            return Page(MISSING, "text/plain", b"not found")
        links = "\n".join(_link(one) for one in wheels)
        page = f"<!DOCTYPE html><html><body>\n{links}\n</body></html>"
        return Page(OK, "text/html", page.encode())

    def _place(self, channel: str) -> tuple[str, str]:
        if channel == "pypi":
            return PYPI, f"/simple/{self._name}/"
        return self.framework_host, f"/{channel}/{self._name}/"

    def _file(self, name: str) -> Page:
        wheel = name.removesuffix(".metadata")
        if not wheel.startswith(f"{self._name}-") or not wheel.endswith(".whl"):
            return Page(MISSING, "text/plain", b"not found")
        metadata = _metadata(wheel)
        if wheel != name:
            return Page(OK, "text/plain", metadata)
        return Page(OK, "application/octet-stream", _archive(wheel, metadata))


def _link(wheel: str) -> str:
    shown = html.escape(wheel)
    told = 'data-core-metadata="true" data-dist-info-metadata="true"'
    return f'<a href="{quote(wheel)}" {told}>{shown}</a>'


def _wheels(name: str, release: Release, build: Build, *, tagged: bool) -> Iterator[str]:
    for python in release.pythons.get(build.platform, ()):
        yield wheel_name(name, release, build, python, tagged=tagged and build.tagged)


def wheel_name(name: str, release: Release, build: Build, python: str, *, tagged: bool) -> str:
    """Name one wheel: with the build's name on the framework's index, without it on PyPI."""
    version = f"{release.version}+{build.name}" if tagged else release.version
    floor = release.floor(build.platform, python) or ""
    return f"{name}-{version}-{_python_tags(python)}-{_platform_tag(build.platform, floor)}.whl"


def _python_tags(python: str) -> str:
    plain = python.removesuffix("t")
    major, minor = plain.split(".")
    tag = f"cp{major}{minor}"
    if python != plain:
        return f"{tag}-{tag}t"
    if (int(major), int(minor)) < (3, _ABI_M_UNTIL):
        return f"{tag}-{tag}m"
    return f"{tag}-{tag}"


def _platform_tag(platform: str, floor: str) -> str:
    """Name the platform; without a floor the wheel names no C library, as the oldest did."""
    system, _, cpu = platform.partition("-")
    number = floor.rpartition(" ")[2].replace(".", "_")
    if system == "windows":
        return _WINDOWS[cpu]
    if system == "macos":
        return f"macosx_{number or '11_0'}_{cpu}"
    return f"manylinux_{number}_{cpu}" if number else f"linux_{cpu}"


def _metadata(wheel: str) -> bytes:
    name, version = wheel.split("-")[:2]
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()


def _archive(wheel: str, metadata: bytes) -> bytes:
    name, version = wheel.split("-")[:2]
    tag = wheel.removesuffix(".whl").split("-", 2)[2]
    info = f"{name}-{version}.dist-info"
    about = f"Wheel-Version: 1.0\nGenerator: stand-in\nRoot-Is-Purelib: false\nTag: {tag}\n"
    names = ("METADATA", "WHEEL", "RECORD")
    record = "".join(f"{info}/{one},,\n" for one in names)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for one, data in zip(names, (metadata, about.encode(), record.encode()), strict=True):
            archive.writestr(zipfile.ZipInfo(f"{info}/{one}", _EPOCH), data)
    return buffer.getvalue()
