"""Interpreters as archives: fetched for any machine by uv, and installed from a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from torchup.backends.uv_errors import read_failure
from torchup.backends.uv_process import call
from torchup.backends.uv_progress import Meter
from torchup.backends.uv_python import find_python
from torchup.errors import OutsideError
from torchup.model.bundles import BundlePython
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.digests import file_digest

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.backends import Progress
    from torchup.host import Host
    from torchup.state.home import Home

_SYSTEMS: Final = {
    "windows-x86_64": "windows-x86_64-none",
    "windows-arm64": "windows-aarch64-none",
    "macos-arm64": "macos-aarch64-none",
    "macos-x86_64": "macos-x86_64-none",
    "linux-x86_64": "linux-x86_64-gnu",
    "linux-aarch64": "linux-aarch64-gnu",
}
_VERSION: Final = re.compile(r"^(\d+)\.(\d+)\.(\d+)(.*)$")
_MANUAL: Final = {"UV_PYTHON_DOWNLOADS": "manual"}


class _Listed(msgspec.Struct, frozen=True):
    """One row of uv's list."""

    key: str
    version: str
    os: str
    arch: str
    libc: str
    url: str | None = None
    variant: str = "default"


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """An interpreter's archive on this machine, or where it is to be had.

    Attributes:
        python: what it is; its ``path`` is the archive's name.
        url: where it comes from.
        file: where it lies, empty before it was fetched.
    """

    python: BundlePython
    url: str
    file: str = ""


def request_of(platform: str, libc: str | None, line: str) -> str:
    """Name an interpreter as uv does.

    Args:
        platform: such as ``linux-x86_64``.
        libc: such as ``musl 1.2``, None where it isn't known.
        line: the release line.
    """
    system = _SYSTEMS[platform]
    if (libc or "").startswith("musl"):
        system = system.replace("-gnu", "-musl")
    return f"cpython-{line}-{system}"


def listed(host: Host, home: Home, request: str) -> Archive | None:
    """Ask uv for the newest archive of a request; None where it knows none.

    The answer heeds the user's mirror and list of interpreters.
    """
    asked = ("--only-downloads", "--show-urls", "--output-format", "json")
    said = call(host, home, "python", "list", request, *asked, extra=dict(_MANUAL))
    try:
        found = msgspec.json.decode(said.out, type=list[_Listed])
    except NO_DOCUMENT:
        return None
    one = next((one for one in found if one.url), None)
    if one is None:
        return None
    url = one.url or ""
    name = url.rpartition("/")[2].replace("%2B", "-").replace("+", "-")
    python = BundlePython(
        key=one.key,
        version=one.version,
        os=one.os,
        arch=one.arch,
        libc=one.libc,
        variant=one.variant,
        path=f"python/{name}",
    )
    return Archive(python=python, url=url)


def fetch(host: Host, home: Home, archive: Archive, into: Path, on_progress: Progress) -> Archive:
    """Let uv fetch an archive, which compares it with the hash that uv itself carries.

    It is unpacked on the way, since uv verifies nothing else; what only makes it ready for a
    machine of this system may fail after that.

    Args:
        host: the machine.
        home: whose uv is used.
        archive: what :func:`listed` found.
        into: a work folder.
        on_progress: told how far it is.

    Raises:
        OutsideError: ``uv.python-unobtainable``.
    """
    kept = into / "archives"
    variables = {
        **_MANUAL,
        "UV_PYTHON_CACHE_DIR": str(kept),
        "UV_PYTHON_INSTALL_DIR": str(into / "unpacked"),
    }
    key = archive.python.key
    result = call(
        host,
        home,
        *("python", "install", "--no-bin", "--no-registry", key),
        on_line=Meter((), on_progress).line,
        extra=dict(variables),
    )
    said = result.err + result.out
    verified = not result.code or (f"Extracted {key}" in said and "Failed to install" not in said)
    found = sorted(kept.glob("*.tar.*")) if kept.is_dir() else []
    if not verified or len(found) != 1:
        why = read_failure(result).details.get("why", "")
        raise OutsideError("uv.python-unobtainable", python=archive.python.version, why=why)
    return msgspec.structs.replace(archive, file=str(found[0]))


def list_text(python: BundlePython, url: str, sha256: str) -> str:
    """Write the list of one interpreter that uv reads in the place of its own.

    Its form is that of uv's ``download-metadata.json``.
    """
    return msgspec.json.encode({python.key: list_row(python, url, sha256)}).decode()


def list_row(python: BundlePython, url: str, sha256: str) -> dict[str, object]:
    """One row of such a list."""
    numbers = _VERSION.match(python.version)
    major, minor, patch, rest = numbers.groups() if numbers else ("0", "0", "0", "")
    return {
        "name": "cpython",
        "arch": {"family": python.arch, "variant": None},
        "os": python.os,
        "libc": python.libc,
        "major": int(major),
        "minor": int(minor),
        "patch": int(patch),
        "prerelease": rest,
        "url": url,
        "sha256": sha256,
        "variant": None if python.variant == "default" else python.variant,
        "build": None,
    }


def install(host: Host, home: Home, python: BundlePython, archive: Path, into: Path) -> str:
    """Install an interpreter from its archive, under the home; return its path.

    Args:
        host: the machine.
        home: where interpreters are kept.
        python: what it is.
        archive: its archive, which was verified.
        into: a work folder.

    Raises:
        OutsideError: ``uv.python-unobtainable``.
    """
    digest = file_digest(archive)
    listing = into / "pythons.json"
    listing.write_text(list_text(python, archive.as_uri(), digest), encoding="utf-8")
    result = call(
        host,
        home,
        *("python", "install", "--no-bin", "--no-registry", python.key),
        extra={
            **_MANUAL,
            "UV_PYTHON_DOWNLOADS_JSON_URL": str(listing),
            "UV_PYTHON_INSTALL_MIRROR": None,
            "UV_PYTHON_CACHE_DIR": None,
        },
    )
    line = ".".join(python.version.split(".")[:2])
    line += "t" if python.variant == "freethreaded" else ""
    found = find_python(host, home, line)
    if result.code or found is None:
        why = read_failure(result).details.get("why", "")
        raise OutsideError("uv.python-unobtainable", python=python.version, why=why)
    return found
