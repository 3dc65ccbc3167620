"""Asks a package index what wheels it has of a project, and what is in them."""

from __future__ import annotations

import json
import os
import re
import zipfile
import zlib
from email.parser import HeaderParser
from io import BytesIO
from typing import TYPE_CHECKING

from packaging.tags import parse_tag

from tools.index_host import IndexHost
from torchup.errors import OutsideError
from torchup.model import Source
from torchup.sources.address import page_of, without_login
from torchup.sources.cache import ListingCache
from torchup.sources.listing import list_project
from torchup.sources.metadata import metadata_of, wheel_metadata
from torchup.sources.ranges import open_remote
from torchup.words import load_words

if TYPE_CHECKING:
    from email.message import Message
    from typing import BinaryIO

    from torchup.host import Response
    from torchup.model import WheelFile

OK = 200
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
        self._host = IndexHost()
        self._source = Source(id="index", kind="index", role="primary", url=url)

    def page(self, project: str) -> str:
        """Return the address of a project's page, as it may be shown."""
        return without_login(page_of(self._source, project))

    def project(self, name: str) -> Project:
        """List a project's wheels.

        Raises:
            IndexGoneError: no answer, not an index page, or nothing of that name on it.
        """
        # The catalogue is compared with what is there now: nothing is kept between two questions.
        listing = list_project(
            self._host, self._source, name, cache=ListingCache(os.devnull), offline=False
        )
        if listing.why is not None:
            raise IndexGoneError(_sentence(listing.why.code, listing.why.args))
        return Project(listing.files, upload_days(self._host.page))

    def member(self, wheel: WheelFile, path: str) -> bytes | None:
        """Read one file out of a wheel, fetching only the parts that are needed.

        Returns:
            Its bytes, None where the wheel has no such file.

        Raises:
            IndexGoneError: the wheel can't be fetched.
        """
        try:
            with zipfile.ZipFile(self._open(wheel)) as archive:
                return archive.read(path) if path in archive.namelist() else None
        except OutsideError as error:
            raise IndexGoneError(_sentence(error.code, error.details)) from error
        except (OSError, zipfile.BadZipFile, zlib.error) as error:
            raise IndexGoneError(f"{wheel.filename} can't be read ({error!r})") from error

    def metadata(self, wheel: WheelFile) -> Message:
        """Read a wheel's METADATA.

        Raises:
            IndexGoneError: the wheel can't be fetched, or has none.
        """
        try:
            text = wheel_metadata(self._host, wheel) or metadata_of(self._open(wheel))
        except OutsideError as error:
            raise IndexGoneError(_sentence(error.code, error.details)) from error
        if text is None:
            raise IndexGoneError(f"{wheel.filename} has no METADATA that can be read")
        return HeaderParser().parsestr(text)

    def _open(self, wheel: WheelFile) -> BinaryIO:
        """Open a wheel; a server that doesn't know range requests has to send the whole of it."""
        remote = open_remote(self._host, wheel.url)
        if remote is not None:
            return remote
        answer = self._host.fetch(wheel.url, headers={"Accept-Encoding": "identity"})
        if answer.status != OK:
            raise IndexGoneError(f"{without_login(wheel.url)} answered with status {answer.status}")
        return BytesIO(answer.body)


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


def upload_days(page: Response | None) -> dict[str, str]:
    """Return the days (ISO) on which a page's files were uploaded, by file name.

    PEP 700 has them in JSON; some mirrors write them into their HTML. Listings leave them out.
    """
    body = page.body if page is not None else b""
    if body.lstrip()[:1] == b"{":
        files = json.loads(body).get("files", [])
        return {one["filename"]: one["upload-time"][:10] for one in files if "upload-time" in one}
    return {name: day for day, name in _UPLOAD.findall(body.decode("utf-8", "replace"))}


def _sentence(code: str, args: dict[str, str]) -> str:
    return load_words("en").say(code, args).rstrip(".")
