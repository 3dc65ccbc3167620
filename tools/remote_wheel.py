"""Opens a wheel on a server without downloading it, and counts what was fetched all the same."""

from __future__ import annotations

import struct
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tools.index_host import PATIENCE, IndexHost
from torchup.errors import OutsideError
from torchup.sources.address import path_of, without_login
from torchup.sources.ranges import open_remote
from torchup.words import load_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torchup.host import Response


_DAMAGED = (
    *(OSError, EOFError, ValueError, NotImplementedError),
    *(zipfile.BadZipFile, zlib.error, struct.error),
)


class WheelUnreadableError(Exception):
    """A wheel can't be reached, can't be read in parts, or is damaged."""


class CountingHost(IndexHost):
    """A host that adds up the bytes of the answers it got, headers left out."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched = 0

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        timeout: float = PATIENCE,
    ) -> Response:
        """Ask for a URL; see :meth:`tools.index_host.IndexHost.fetch`."""
        answer = super().fetch(url, method=method, headers=headers, timeout=timeout)
        self.fetched += len(answer.body)
        return answer


@contextmanager
def open_wheel(host: CountingHost, place: str) -> Iterator[zipfile.ZipFile]:
    """Open a wheel for reading its members; of one on a server only the parts read are fetched.

    A member is inflated from its start on (deflate can't be entered in the middle), so a reader
    that stops early saves the rest.

    Args:
        host: the door to the network.
        place: the wheel's address or path.

    Raises:
        WheelUnreadableError: it can't be reached or read, also while its members are read.
    """
    shown = without_login(place)
    path = path_of(place)
    try:
        opened = path if path is not None else open_remote(host, place)
        if opened is None:
            raise WheelUnreadableError(
                f"{shown} is not there, or its server doesn't serve parts of files (HTTP ranges);"
                " download the wheel and give its path"
            )
        with zipfile.ZipFile(opened) as archive:
            yield archive
    except OutsideError as error:
        said = load_words("en").say(error.code, error.details).rstrip(".")
        raise WheelUnreadableError(said) from error
    except _DAMAGED as error:
        raise WheelUnreadableError(f"{shown} can't be read ({error!r})") from error
