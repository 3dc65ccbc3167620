"""Places that serve the same files as their makers' own, and which of them are chosen."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

MirrorKind = Literal["pypi", "pytorch", "conda", "python"]
"""What a mirror can be chosen for."""
ServedKind = Literal["pypi", "pytorch", "conda", "python", "nvidia"]
MirrorLayout = Literal["index", "flat", "page", "channels", "releases"]
MirrorState = Literal[
    "official", "alive", "unsure", "frozen", "distrusted", "retired", "absent", "own"
]
KINDS: Final[tuple[MirrorKind, ...]] = ("pypi", "pytorch", "conda", "python")

OFFICIAL: Final = "official"
"""The id of each kind's own place."""
SETTING: Final = "mirror."
"""Before a kind: the setting that names its places."""


class Mirror(Struct, frozen=True, kw_only=True):
    """One place that serves one kind of file.

    Attributes:
        kind: what it serves; ``pytorch`` are the framework's own wheels, ``python`` what uv
            downloads.
        id: a short name, the same for one operator's places of every kind.
        name: how people call it.
        url: where it lies, without a slash at the end.
        layout: ``index`` is PEP 503 below the address (for ``pytorch`` one for each build),
            ``flat`` a page of files for each build, ``page`` one page, ``channels`` conda's,
            ``releases`` a folder for each release.
        operator: who runs it.
        state: how it stands; ``own`` is an address that the user named.
        certainty: how well that is known.
        seen: the ISO day on which it was last seen to work; empty where nobody says.
        also: other addresses of the same place.
        channels: those that it is known to have; none where nobody says.
        note: what else is good to know.
        source: where that can be looked up.
        checked: the ISO day on which somebody looked.
    """

    kind: ServedKind
    id: str
    name: str
    url: str
    layout: MirrorLayout
    operator: str = ""
    state: MirrorState = "own"
    certainty: str = ""
    seen: str = ""
    also: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    note: str = ""
    source: str = ""
    checked: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address of the place."""
        return (self.url, *self.also)


class ChosenMirrors(Struct, frozen=True, kw_only=True):
    """The places that the user chose, by kind; those after the first stand by."""

    pypi: tuple[Mirror, ...] = ()
    pytorch: tuple[Mirror, ...] = ()
    conda: tuple[Mirror, ...] = ()
    python: tuple[Mirror, ...] = ()

    def of(self, kind: MirrorKind) -> tuple[Mirror, ...]:
        """The places of one kind, in the order in which they are to be asked."""
        found: tuple[Mirror, ...] = getattr(self, kind)
        return found
