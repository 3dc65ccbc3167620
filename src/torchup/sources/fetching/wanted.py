"""What is to be fetched, from where, and how an attempt at it ended."""

from __future__ import annotations

from hashlib import sha256 as digest_of
from typing import Literal

from msgspec import Struct

from torchup.model.source import shown_url, without_token
from torchup.model.text import Text
from torchup.sources.address import without_login

Kind = Literal["whole", "broke", "busy", "gone", "odd", "no-ranges"]


class WantedFile(Struct, frozen=True, kw_only=True):
    """One file.

    Attributes:
        name: its file name.
        urls: where it lies, the best place first; they may hold credentials.
        sha256: its hash, empty where nobody tells it: then it comes from one place at a time.
        size: its bytes, None where nobody tells.
        package: what people call it.
    """

    name: str
    urls: tuple[str, ...]
    sha256: str = ""
    size: int | None = None
    package: str = ""

    @property
    def key(self) -> str:
        """What it is kept under: its hash, else one of its address."""
        if self.sha256:
            return self.sha256
        place = place_of(self.urls[0]).encode("utf-8", "surrogatepass")
        return f"at-{digest_of(place).hexdigest()[:32]}"


class Ended(Struct, frozen=True, kw_only=True):
    """How an attempt ended.

    Attributes:
        kind: ``whole``: everything came. ``broke``: it may go on later. ``busy``: not before
            ``after``. ``gone``: the place has not got it, or won't give it. ``odd``: what it has
            is something else. ``no-ranges``: it would begin at the beginning.
        why: in words; None for ``whole``.
        after: seconds that the place asks to wait.
        came: bytes that came.
    """

    kind: Kind
    why: Text | None = None
    after: float = 0.0
    came: int = 0


class Candidate:
    """A place that may have the file, and what is known of it by now."""

    def __init__(self, url: str) -> None:
        self.url = url
        #: What is noted of it on the disk.
        self.place = place_of(url)
        self.failures = 0
        self.not_before = 0.0
        self.ranges = True
        self.dead: Text | None = None
        self.last: Text | None = None


def place_of(url: str) -> str:
    """Return an address as it may be noted on the disk: without a login or a token."""
    return without_token(without_login(url))


def shown(url: str) -> str:
    """Return an address as it may be shown."""
    return without_token(shown_url(url))
