"""The newest release that a card will ever get, and what ended it.

Long: each end of a card's way is worded beside the rule that finds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup.compat.cards import Card
from torchup.compat.cover import Coverage, reaches
from torchup.compat.rows import Row
from torchup.model import SYSTEM_NAMES, FactRef, Text, text
from torchup.resolve.knowledge import knowledge_of
from torchup.resolve.numbers import at_least, dotted
from torchup.resolve.ways import TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.facts.catalogue import Catalogue


class Last(Struct, frozen=True, kw_only=True):
    """The end of a card's way on one platform.

    Attributes:
        platform: such as ``linux-x86_64``.
        first: the oldest build known with code for the card.
        newest: the best build of the newest release with code for it: read from the thing
            itself before inferred, then of the newest runtime.
        also: the other builds of that release with code for it.
        current: whether that is the newest release there is for the platform.
        why: what ended it, or that nothing did.
        driver_from: the first driver that runs ``newest`` on the card; empty where none is
            needed or known.
        driver_to: the last driver branch that supports the card; None while it is supported.
    """

    platform: str
    first: Row
    newest: Row
    also: tuple[Row, ...]
    current: bool
    why: tuple[Text, ...]
    driver_from: str
    driver_to: int | None
    fact: FactRef


class Ways(Struct, frozen=True, kw_only=True):
    """What was found for one card.

    Attributes:
        card: the card.
        ends: one for each platform that ever had a build with code for it.
        why: why there is none, anywhere or on the systems where none can be named; None where
            there is one that is taken unasked.
        instead: the setting that makes a card without builds run a sister chip's code; None where
            there is none.
        first_branch: the first driver branch that knows the card; None where unknown.
        last_branch: the last one; None while it is supported, or where unknown.
        family: such as ``Pascal``; empty where unknown.
        elsewhere: where the card's maker has builds, for systems that have none otherwise.
    """

    card: Card
    ends: tuple[Last, ...]
    why: Text | None
    instead: Text | None
    first_branch: int | None
    last_branch: int | None
    family: str
    elsewhere: tuple[Text, ...] = ()


def last_of(
    card: Card,
    rows: Iterable[Row],
    catalogue: Catalogue,
    coverage: Coverage | None = None,
    system: str | None = None,
) -> Ways:
    """Find the newest release with code for a card, on every platform.

    Args:
        card: the card.
        rows: the rows to choose among, newest release first.
        catalogue: the facts behind them.
        coverage: answers to go on from.
        system: the rows are for this system alone; None for all.
    """
    coverage = coverage or Coverage(catalogue)
    systems = (system,) if system else tuple(SYSTEM_NAMES)
    reaching = [row for row in rows if reaches(row, card)]
    unasked = [row for row in reaching if not row.build.asked]
    # Where a card is reached unasked, what has to be named says nothing of the last.
    found = _ends(card, unasked, catalogue, coverage)
    named = () if found else _ends(card, reaching, catalogue, coverage)
    rest = tuple(one for one in systems if one not in {end.newest.system for end in named})
    never = None
    if not found and rest and (unasked or not named):
        never = _why_never(card, unasked, rest, catalogue, coverage)
    by_platform = _by_platform(unasked)
    found = found or named
    arch = catalogue.arch(card.arch)
    return Ways(
        card=card,
        ends=found,
        why=never,
        instead=None if found else _as_sister(card, by_platform, catalogue, coverage),
        first_branch=arch.first_branch if arch else None,
        last_branch=arch.last_branch if arch else None,
        family=arch.family if arch else "",
        elsewhere=_elsewhere(card, systems, found, catalogue),
    )


def _ends(
    card: Card, rows: Iterable[Row], catalogue: Catalogue, coverage: Coverage
) -> tuple[Last, ...]:
    ends = (_end(card, mine, catalogue, coverage) for mine in _by_platform(rows).values())
    return tuple(one for one in ends if one is not None)


def _by_platform(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.platform, []).append(row)
    return found


def _elsewhere(
    card: Card, systems: Iterable[str], ends: tuple[Last, ...], catalogue: Catalogue
) -> tuple[Text, ...]:
    served = {one.newest.system for one in ends}
    knowledge = knowledge_of(catalogue)
    found = [
        place
        for system in systems
        if system not in served
        for place in knowledge.elsewhere(card.vendor, system, card.arch)
    ]
    names = {place.name: place for place in found}
    return tuple(
        text("compat.last.elsewhere", name=name, url=place.url) for name, place in names.items()
    )


def _end(card: Card, rows: list[Row], catalogue: Catalogue, coverage: Coverage) -> Last | None:
    """The end on one platform; None where no build ever had code for the card."""
    covering = [row for row in rows if coverage.kind(row, card) == "code"]
    if not covering:
        return None
    version = covering[0].release.version
    group = [row for row in covering if row.release.version == version]
    best = max(group, key=_goodness)
    releases = list(dict.fromkeys(row.release.version for row in rows))
    at = releases.index(version)
    after = [row for row in rows if at > 0 and row.release.version == releases[at - 1]]
    arch = catalogue.arch(card.arch)
    floor = best.driver_floor
    if arch is not None and floor and not at_least(floor, str(arch.first_branch)):
        floor = str(arch.first_branch)
    return Last(
        platform=best.platform,
        first=_first(covering),
        newest=best,
        also=tuple(row for row in group if row is not best),
        current=not after and version == _newest_on(best.platform, catalogue),
        why=_why_ended(card, group, after, coverage) if after else _still(card, best, catalogue),
        driver_from=floor,
        driver_to=arch.last_branch if arch else None,
        fact=catalogue.fact(best.build.fact),
    )


def _newest_on(platform: str, catalogue: Catalogue) -> str:
    """The newest release with any build for a platform; later ones may compute on its CPU alone."""
    releases = catalogue.releases
    return next(one.version for one in releases if any(b.platform == platform for b in one.builds))


def _first(covering: list[Row]) -> Row:
    oldest = covering[-1].release.version
    return max((row for row in covering if row.release.version == oldest), key=_goodness)


def _goodness(row: Row) -> tuple[bool, tuple[int, ...]]:
    return row.certain, dotted(row.build.runtime)


def _still(card: Card, best: Row, catalogue: Catalogue) -> tuple[Text, ...]:
    if card.device not in best.build.also:
        return (_current(card, best, catalogue),)
    also = text("compat.last.also-on", build=best.build.name, device=card.device)
    return _current(card, best, catalogue), also


def _current(card: Card, best: Row, catalogue: Catalogue) -> Text:
    version = best.release.version
    if version == catalogue.latest().version:
        return text("compat.last.current", release=version, day=catalogue.checked)
    return text(
        "compat.last.current-platform",
        release=version,
        platform=best.platform,
        device=best.build.device if best.build.device in TITLES else card.device,
    )


def _why_ended(
    card: Card, group: list[Row], after: list[Row], coverage: Coverage
) -> tuple[Text, ...]:
    """What became of each build that had code for the card, in the release after the last."""
    version = after[0].release.version
    now = {row.build.name: row for row in after}
    gone = [row.build.name for row in group if row.build.name not in now]
    kept = [row.build.name for row in group if row.build.name in now]
    unknown = [row.label for row in after if coverage.kind(row, card) == "unknown"]
    said: list[Text] = []
    if gone:
        names = ", ".join(gone)
        said.append(text("compat.last.ended", release=version, arch=card.arch, builds=names))
    if kept:
        names = ", ".join(kept)
        said.append(text("compat.last.dropped", release=version, arch=card.arch, builds=names))
    if unknown:
        said.append(text("compat.last.unknown", builds=", ".join(unknown), arch=card.arch))
    return tuple(said)


def _why_never(
    card: Card,
    rows: Iterable[Row],
    systems: Iterable[str],
    catalogue: Catalogue,
    coverage: Coverage,
) -> Text:
    oldest = catalogue.releases[-1].version
    code = "compat.last.never"
    if card.device == "xpu":
        code = "compat.last.never-named"
    elif any(coverage.kind(row, card) == "ptx" for row in rows if row.system in systems):
        code = "compat.last.only-ptx"
    names = ", ".join(SYSTEM_NAMES.get(one, one) for one in systems)
    return text(code, arch=card.arch, release=oldest, systems=names)


def _as_sister(
    card: Card, by_platform: dict[str, list[Row]], catalogue: Catalogue, coverage: Coverage
) -> Text | None:
    """Name the setting that makes the card run a sister chip's code, and the newest build so."""
    for mine in by_platform.values():
        how = knowledge_of(catalogue).override_of(card.arch, mine[0].system)
        sister = replace(card, arch=how.runs_as) if how is not None else None
        end = _end(sister, mine, catalogue, coverage) if sister is not None else None
        if how is not None and end is not None:
            return text(
                "compat.last.as-sister",
                setting=f"{how.variable}={how.value}",
                arch=how.runs_as,
                newest=end.newest.label,
                platform=end.platform,
                build=end.newest.build.name,
            )
    return None
