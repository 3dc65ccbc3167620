"""How places do that serve the same files: what was asked of them, and what came."""

from __future__ import annotations

from typing import Literal
from urllib.parse import unquote

from msgspec import Struct

from torchup.model.mirror import Mirror, MirrorKind
from torchup.model.text import Text

Holds = Literal["yes", "no", "unknown"]


class Wanted(Struct, frozen=True, kw_only=True):
    """The file of one kind that a plan needs, by which places are compared.

    Attributes:
        kind: what is compared.
        project: the package; empty for kinds that have none.
        version: its public version; empty for any.
        build: such as ``cu126``; empty where it plays no part.
        python: the release line.
        platform: such as ``linux-x86_64``.
        path: what is below a place's address where it isn't a package's.
    """

    kind: MirrorKind
    project: str = ""
    version: str = ""
    build: str = ""
    python: str = ""
    platform: str = ""
    path: str = ""

    @property
    def shown(self) -> str:
        """What a person would call it."""
        if not self.project:
            return unquote(self.path.rpartition("/")[2])
        return f"{self.project} {'+'.join(filter(None, (self.version, self.build)))}".strip()


class Measured(Struct, frozen=True, kw_only=True):
    """How one place did.

    Attributes:
        mirror: the place.
        wanted: what it was asked for.
        holds: whether it has that.
        latency_ms: until its first answer, None where there was none.
        rate: bytes a second of the wanted file, None where nothing was measured.
        size: the file's bytes where it says so.
        url: where the file lies, with the place's login; empty where it has none.
        changed: when it last changed, as the server says; empty where it says nothing.
        newest: the newest release of the package that it lists; empty for files without one.
        why: what speaks against it.
    """

    mirror: Mirror
    wanted: Wanted
    holds: Holds = "unknown"
    latency_ms: int | None = None
    rate: float | None = None
    size: int | None = None
    url: str = ""
    changed: str = ""
    newest: str = ""
    why: Text | None = None

    @property
    def usable(self) -> bool:
        """Whether it may be chosen: it has what is planned, and sent some of it."""
        return self.holds == "yes" and bool(self.rate)

    @property
    def fresh(self) -> str:
        """How fresh it is: its newest release, or the ISO day on which its file last changed."""
        if self.newest or not self.changed:
            return self.newest
        from email.utils import parsedate_to_datetime

        try:
            return parsedate_to_datetime(self.changed).date().isoformat()
        except (TypeError, ValueError, OverflowError):
            return ""

    def seconds(self, size: int) -> float:
        """Say how long so many bytes would take."""
        if not self.rate:
            return float("inf")
        return (self.latency_ms or 0) / 1000 + size / self.rate
