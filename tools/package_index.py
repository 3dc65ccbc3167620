"""Asks a package index what wheels it has, and reads single members out of them."""

from __future__ import annotations

import io
import json
import re
import ssl
import zipfile
from email.parser import BytesParser
from typing import TYPE_CHECKING

import urllib3
from packaging.tags import parse_tag
from packaging.utils import canonicalize_name

from torchup.sources.page import wheels_of
from torchup.sources.simple_html import parse_html
from torchup.sources.simple_json import ACCEPT, JSON_TYPE, parse_json

if TYPE_CHECKING:
    from email.message import Message

    from torchup.model import WheelFile

OK = 200
PARTIAL = 206
TAIL = 1 << 16  # A wheel's directory is at its end: this much of it is fetched first.
NO_ABI_FLAGS_SINCE = 38  # CPython 3.8 dropped the "m" of its ABI tag; installers refuse it there.
_UPLOAD = re.compile(r'data-upload-time="(\d{4}-\d\d-\d\d)[^"]*"[^>]*>\s*([^<\s]+)')


class IndexGoneError(Exception):
    """The index can't be reached, or doesn't have what was asked for."""


class Project:
    """One project's wheels on an index, and the days (ISO) on which they were uploaded."""

    def __init__(self, wheels: tuple[WheelFile, ...], days: dict[str, str]) -> None:
        self.wheels = wheels
        self._days = days

    def of(self, version: str) -> tuple[WheelFile, ...]:
        """Return the wheels of one version that an installer would take."""
        return tuple(
            wheel
            for wheel in self.wheels
            if wheel.version == version and not wheel.yanked and is_installable(wheel.filename)
        )

    def day(self, version: str) -> str:
        """Return the first upload day of a version, empty where the index doesn't tell."""
        days = [self._days.get(wheel.filename, "") for wheel in self.of(version)]
        return min((day for day in days if day), default="")


class Index:
    """A package index (PEP 503 or PEP 691).

    Args:
        url: its address, such as ``https://pypi.org/simple``.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._pool = urllib3.PoolManager(
            ssl_context=ssl.create_default_context(), retries=urllib3.Retry(2, backoff_factor=0.5)
        )

    def page(self, project: str) -> str:
        """Return the address of a project's page."""
        return f"{self.url}/{canonicalize_name(project)}/"

    def project(self, name: str) -> Project:
        """List a project's wheels.

        Raises:
            IndexGoneError: no answer, or not an index page.
        """
        url = self.page(name)
        answer = self._get(url, {"Accept": ACCEPT})
        if answer.status != OK:
            raise IndexGoneError(f"{url} answered with status {answer.status}")
        kind = answer.headers.get("Content-Type", "")
        page = parse_json(answer.data, url) if JSON_TYPE in kind else parse_html(answer.data, url)
        if page.why is not None:
            raise IndexGoneError(f"{url} is not an index page")
        days = _json_days(answer.data) if JSON_TYPE in kind else _html_days(answer.data)
        return Project(wheels_of(name, page.entries), days)

    def member(self, wheel: WheelFile, path: str) -> bytes | None:
        """Read one file out of a wheel, fetching only the parts that are needed.

        Returns:
            Its bytes, None where the wheel has no such file.

        Raises:
            IndexGoneError: the wheel can't be fetched.
        """
        with zipfile.ZipFile(self._open(wheel.url)) as archive:
            try:
                return archive.read(path)
            except KeyError:
                return None

    def metadata(self, wheel: WheelFile) -> Message:
        """Read a wheel's METADATA.

        Raises:
            IndexGoneError: the wheel can't be fetched, or has none.
        """
        name, version = wheel.filename.split("-")[:2]
        body = self.member(wheel, f"{name}-{version}.dist-info/METADATA")
        if body is None:
            raise IndexGoneError(f"{wheel.filename} has no METADATA")
        return BytesParser().parsebytes(body, headersonly=True)

    def _open(self, url: str) -> io.BufferedIOBase:
        answer = self._get(url, {"Range": f"bytes=-{TAIL}"})
        if answer.status == OK:
            return io.BytesIO(answer.data)
        total = answer.headers.get("Content-Range", "").rpartition("/")[2]
        if answer.status != PARTIAL or not total.isdigit():
            raise IndexGoneError(f"{url} answered with status {answer.status}")
        remote = _Remote(self, url, int(total), answer.data)
        return io.BufferedReader(remote, buffer_size=1 << 16)

    def part(self, url: str, start: int, end: int) -> bytes:
        """Fetch the bytes from ``start`` up to, not including, ``end``.

        Raises:
            IndexGoneError: the server sent something else.
        """
        answer = self._get(url, {"Range": f"bytes={start}-{end - 1}"})
        if answer.status != PARTIAL or len(answer.data) != end - start:
            raise IndexGoneError(f"{url} answered with status {answer.status}")
        return answer.data

    def _get(self, url: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.request("GET", url, headers=headers, timeout=60)
        except urllib3.exceptions.HTTPError as error:
            reason = type(getattr(error, "reason", None) or error).__name__
            raise IndexGoneError(f"{url} can't be reached ({reason})") from error


class _Remote(io.RawIOBase):
    """A file on a server that answers range requests; its end is there already."""

    def __init__(self, index: Index, url: str, size: int, tail: bytes) -> None:
        self._index, self._url, self._size, self._at = index, url, size, 0
        self._tail = tail

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed's Buffer has no length
        end = min(self._at + len(buffer), self._size)
        if end <= self._at:
            return 0
        known = self._size - len(self._tail)
        if self._at >= known:
            found = self._tail[self._at - known : end - known]
        else:
            end = min(end, known)
            found = self._index.part(self._url, self._at, end)
        buffer[: len(found)] = found
        self._at = end
        return len(found)


def is_installable(filename: str) -> bool:
    """Tell whether an installer takes a wheel: some were published with an impossible tag.

    ``cp38-cp38m`` is one: from CPython 3.8 on there is no ``m`` in the ABI tag.
    """
    tags = parse_tag("-".join(filename.removesuffix(".whl").split("-")[-3:]))
    return any(not _is_impossible(tag.interpreter, tag.abi) for tag in tags)


def _is_impossible(interpreter: str, abi: str) -> bool:
    match = re.fullmatch(r"cp(\d)(\d+)", interpreter)
    if match is None or not re.fullmatch(r"cp\d+m", abi):
        return False
    major, minor = match.groups()
    return int(major) * 10 + int(minor) >= NO_ABI_FLAGS_SINCE


def _json_days(body: bytes) -> dict[str, str]:
    files = json.loads(body).get("files", [])
    return {file["filename"]: file["upload-time"][:10] for file in files if "upload-time" in file}


def _html_days(body: bytes) -> dict[str, str]:
    return {name: day for day, name in _UPLOAD.findall(body.decode("utf-8", "replace"))}
