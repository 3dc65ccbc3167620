"""``torchup.compat/v1``: the compatibility matrix as a document.

Types and the functions that write them stand together here; nothing else reads this document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from torchup.model import Device, FactRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.compat.filters import Judged
    from torchup.compat.last import Last, Ways
    from torchup.compat.rows import Row
    from torchup.facts.catalogue import Catalogue
    from torchup.words import Words


class CompatReasonV1(Struct, frozen=True, kw_only=True):
    """Why a row runs or not: a code, and its wording."""

    code: str
    effect: str
    text: str


class CompatRowV1(Struct, frozen=True, kw_only=True):
    """One build of one release on one platform.

    ``archs`` is null where it is unknown. ``driver_floor`` is the first driver that runs it (by
    minor-version compatibility), ``driver_native`` the first that knows its runtime; both are
    empty where none is needed. ``covers`` has an answer for each card that was asked for,
    ``libraries`` names what the build needs beside it, as conda's packages are asked for.
    """

    release: str
    date: str
    build: str
    device: str
    also: tuple[str, ...]
    runtime: str
    platform: str
    pythons: tuple[str, ...]
    archs: tuple[str, ...] | None
    ptx: tuple[str, ...]
    driver_floor: str
    driver_native: str
    companions: tuple[str, ...]
    channels: tuple[str, ...]
    certainty: str
    runs: bool
    covers: tuple[Literal["code", "ptx", "no", "unknown"], ...]
    libraries: tuple[str, ...] = ()
    reasons: tuple[CompatReasonV1, ...]
    fact: FactRef


class CompatEndV1(Struct, frozen=True, kw_only=True):
    """The newest build with code for a card on one platform, and what ended it."""

    platform: str
    release: str
    build: str
    also: tuple[str, ...]
    first_release: str
    first_build: str
    current: bool
    certainty: str
    driver_from: str
    driver_to: int | None
    why: tuple[CompatReasonV1, ...]
    fact: FactRef


class CompatCardV1(Struct, frozen=True, kw_only=True):
    """A card that was asked for; ``ends`` is filled by ``--last`` alone."""

    asked: str
    names: tuple[str, ...]
    arch: str
    family: str
    vendor: str
    device: Device
    first_branch: int | None
    last_branch: int | None
    ends: tuple[CompatEndV1, ...]
    why: CompatReasonV1 | None
    instead: CompatReasonV1 | None = None
    elsewhere: tuple[CompatReasonV1, ...] = ()
    facts: tuple[FactRef, ...]


class CompatV1(Struct, frozen=True, kw_only=True):
    """``torchup.compat/v1``; ``written`` are files that were written instead of rows."""

    schema: Literal["torchup.compat/v1"] = "torchup.compat/v1"
    framework: str
    checked: str
    digest: str
    cards: tuple[CompatCardV1, ...]
    rows: tuple[CompatRowV1, ...]
    written: tuple[str, ...]


def document(
    catalogue: Catalogue,
    words: Words,
    *,
    rows: Iterable[Judged] = (),
    ways: Iterable[Ways] = (),
    written: Iterable[str] = (),
    ends: bool = False,
) -> CompatV1:
    """Write the answer; ``ends`` tells whether the ends of the cards' ways were asked for."""
    return CompatV1(
        framework=catalogue.framework.name,
        checked=catalogue.checked,
        digest=catalogue.digest,
        cards=tuple(_card(one, words, ends=ends) for one in ways),
        rows=tuple(_row(one, catalogue, words) for one in rows),
        written=tuple(written),
    )


def _row(judged: Judged, catalogue: Catalogue, words: Words) -> CompatRowV1:
    row: Row = judged.row
    return CompatRowV1(
        release=row.release.version,
        date=row.release.date,
        build=row.build.name,
        device=row.build.device,
        also=row.build.also,
        runtime=row.build.runtime,
        platform=row.platform,
        pythons=row.pythons,
        archs=row.build.archs,
        ptx=row.build.ptx,
        libraries=row.build.libraries,
        driver_floor=row.driver_floor,
        driver_native=row.driver_native,
        companions=row.companions,
        channels=row.build.channels,
        certainty=row.build.certainty,
        runs=judged.runs,
        covers=judged.covers,
        reasons=tuple(
            CompatReasonV1(
                code=one.code,
                effect=one.effect,
                text=words.say(
                    f"reason.{one.code}",
                    {
                        "subject": one.subject,
                        "needs": one.needs,
                        "has": one.has,
                        "about": one.about,
                    },
                ),
            )
            for one in judged.reasons
        ),
        fact=catalogue.fact(row.build.fact),
    )


def _card(ways: Ways, words: Words, *, ends: bool) -> CompatCardV1:
    card = ways.card
    why = None
    if ends and ways.why is not None:
        why = CompatReasonV1(code=ways.why.code, effect="reject", text=words.text(ways.why))
    instead = None
    if ends and ways.instead is not None:
        said = words.text(ways.instead)
        instead = CompatReasonV1(code=ways.instead.code, effect="warn", text=said)
    return CompatCardV1(
        asked=card.asked,
        names=card.names,
        arch=card.arch,
        family=ways.family,
        vendor=card.vendor,
        device=card.device,
        first_branch=ways.first_branch,
        last_branch=ways.last_branch,
        ends=tuple(_end(one, words) for one in ways.ends) if ends else (),
        why=why,
        instead=instead,
        elsewhere=tuple(
            CompatReasonV1(code=one.code, effect="warn", text=words.text(one))
            for one in (ways.elsewhere if ends else ())
        ),
        facts=card.facts,
    )


def _end(last: Last, words: Words) -> CompatEndV1:
    return CompatEndV1(
        platform=last.platform,
        release=last.newest.release.version,
        build=last.newest.build.name,
        also=tuple(row.build.name for row in last.also),
        first_release=last.first.release.version,
        first_build=last.first.build.name,
        current=last.current,
        certainty=last.newest.build.certainty,
        driver_from=last.driver_from,
        driver_to=last.driver_to,
        why=tuple(
            CompatReasonV1(
                code=one.code,
                effect="accept" if last.current else "reject",
                text=words.text(one),
            )
            for one in last.why
        ),
        fact=last.fact,
    )
