"""One attempt to receive the rest of a file from one place."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from time import monotonic
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError
from torchup.model import Text, text
from torchup.sources.fetching.wanted import Ended, place_of, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.host.real import RealHost
    from torchup.host.web import Incoming
    from torchup.sources.fetching.part import Part
    from torchup.sources.fetching.wanted import Kind, WantedFile

_PIECE: Final = 256 * 2**10
_WHOLE: Final = 200
_PARTIAL: Final = 206
_BEYOND: Final = 416
_GONE: Final = frozenset({400, 401, 402, 403, 404, 405, 406, 407, 410, 451})
_LOGIN: Final = {401: "download.login", 407: "download.proxy-login"}
_BUSY: Final = frozenset({429, 503})
#: What the same question will get again however often it is asked.
_FINAL: Final = frozenset({"network.tls", "network.redirects", "network.proxy-login"})
_LOOKS_S: Final = 15.0
_SLOWEST: Final = 8 * 2**10
"""Bytes a second below which a place is left, where there is another one."""


class Attempt:
    """The rest of one file, asked of one place.

    Args:
        host: the door to the network.
        wanted: the file.
        part: what is there of it.
        timeout: seconds to wait for each piece.
        stopped: tells that nothing more is wanted.
        on_bytes: told how many bytes came.
        impatient: leave a place that sends hardly anything, since there is another one.
    """

    def __init__(
        self,
        host: RealHost,
        wanted: WantedFile,
        part: Part,
        *,
        timeout: float,
        stopped: Callable[[], bool],
        on_bytes: Callable[[int], None],
        impatient: bool,
    ) -> None:
        self._host = host
        self._wanted = wanted
        self._part = part
        self._timeout = timeout
        self._stopped = stopped
        self._tell = on_bytes
        self._impatient = impatient
        self._came = 0
        self._total = wanted.size

    def at(self, url: str) -> Ended:
        """Receive what is missing from a place.

        Args:
            url: where the file lies.

        Raises:
            OSError: the disk refuses.
        """
        if self._wanted.size is not None and self._part.size == self._wanted.size:
            return Ended(kind="whole")
        headers = {"Accept": "*/*"}
        if self._part.size:
            headers["Range"] = f"bytes={self._part.size}-"
            if not self._wanted.sha256 and self._part.validator:
                headers["If-Range"] = self._part.validator
        try:
            with self._host.receive(url, headers=headers, timeout=self._timeout) as incoming:
                refused = self._judge(incoming, url)
                return refused or self._take(incoming, url)
        except OutsideError as error:
            kind: Kind = "gone" if error.code in _FINAL else "broke"
            return Ended(kind=kind, why=_unreached(url, error), came=self._came)
        finally:
            self._part.flush()

    def _judge(self, incoming: Incoming, url: str) -> Ended | None:
        """See whether what would come is the rest of this file; None where it is."""
        status, size = incoming.status, self._part.size
        where = shown(url)
        refused = _refused(where, status)
        if status in _BUSY:
            return Ended(kind="busy", why=refused, after=_seconds(incoming.headers))
        if status in _GONE:
            return Ended(kind="gone", why=refused)
        if status == _BEYOND:
            total = _number(incoming.headers.get("content-range", "").rpartition("/")[2])
            if total == size and self._wanted.size is None:
                return Ended(kind="whole")
            return _other_length(where)
        if status not in {_WHOLE, _PARTIAL}:
            return Ended(kind="broke", why=refused)
        if incoming.headers.get("content-encoding", "identity") not in {"", "identity"}:
            return Ended(kind="odd", why=failed(where, "@download.why-encoded"))
        return self._judge_length(incoming, where, size)

    def _judge_length(self, incoming: Incoming, where: str, size: int) -> Ended | None:
        length = _number(incoming.headers.get("content-length", ""))
        if incoming.status == _PARTIAL:
            start, total = _content_range(incoming.headers.get("content-range", ""))
            if start != size:
                return Ended(kind="no-ranges", why=failed(where, "@download.why-no-ranges"))
        else:
            total = length
            if size:
                return Ended(kind="no-ranges", why=failed(where, "@download.why-no-ranges"))
        if total is not None and self._wanted.size is not None and total != self._wanted.size:
            return _other_length(where)
        self._total = total if total is not None else self._wanted.size
        return None

    def _take(self, incoming: Incoming, url: str) -> Ended:
        self._part.begin(place_of(url), _validator(incoming.headers))
        looked, before = monotonic(), self._came
        while not self._stopped():
            piece = incoming.read(_PIECE)
            if not piece:
                break
            if self._total is not None and self._part.size + len(piece) > self._total:
                return _other_length(shown(url))
            self._part.append(piece)
            self._came += len(piece)
            self._tell(len(piece))
            now = monotonic()
            if now - looked > _LOOKS_S:
                if self._impatient and (self._came - before) / (now - looked) < _SLOWEST:
                    return Ended(
                        kind="broke",
                        why=failed(shown(url), "@download.why-slow"),
                        came=self._came,
                    )
                looked, before = now, self._came
        return self._end(url)

    def _end(self, url: str) -> Ended:
        """The stream has ended; whether the file has is for its length to say."""
        if self._total is None or self._part.size == self._total:
            return Ended(kind="whole", came=self._came)
        why = failed(shown(url), "@download.why-broke")
        return Ended(kind="broke", why=why, came=self._came)


def _other_length(where: str) -> Ended:
    return Ended(kind="odd", why=failed(where, "@download.why-length"))


def failed(where: str, why: str, code: str = "download.failed") -> Text:
    """Say what a place did: ``code`` is the message that it would make alone."""
    return text(code, url=where, why=why)


def _refused(where: str, status: int) -> Text:
    return failed(where, f"HTTP {status}", _LOGIN.get(status, "download.failed"))


def _unreached(url: str, error: OutsideError) -> Text:
    """What the network said; a certificate that isn't trusted has a remedy of its own."""
    code = {"network.tls": "download.tls", "network.proxy-login": "download.proxy-login"}
    why = error.details.get("why", "")
    if error.code == "network.redirects":
        why = "@download.why-redirects"
    return failed(shown(url), why, code.get(error.code, "download.failed"))


def _content_range(said: str) -> tuple[int | None, int | None]:
    """Read ``bytes 5-9/10``: where it starts, and the whole length."""
    unit, _, rest = said.strip().partition(" ")
    span, _, total = rest.partition("/")
    if unit.lower() != "bytes":
        return None, None
    return _number(span.partition("-")[0]), _number(total)


def _number(said: str) -> int | None:
    said = said.strip()
    return int(said) if said.isascii() and said.isdigit() else None


def _validator(headers: dict[str, str]) -> str:
    """What the place says to tell this file from a later one (RFC 9110 section 13.1.5)."""
    tag = headers.get("etag", "")
    return headers.get("last-modified", "") if not tag or tag.startswith("W/") else tag


def _seconds(headers: dict[str, str]) -> float:
    """How long ``Retry-After`` asks to wait: seconds, or a date (RFC 9110 section 10.2.3)."""
    said = headers.get("retry-after", "").strip()
    number = _number(said)
    if number is not None:
        return float(number)
    try:
        then = parsedate_to_datetime(said)
        now = parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError):
        return 0.0
    try:
        return max(0.0, (then - now).total_seconds())
    except TypeError:  # one of them names no zone
        return 0.0
