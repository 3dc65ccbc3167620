"""Nightly builds: which versions are one, and what is found and said where one is asked for; pure.

They are built every night from work in progress, listed on pages of their own, and nobody measures
them: a build's architectures are taken to be those of its precursor among the releases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.model import NearMiss, Reason, Resolution, shown_url, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.facts.catalogue import Build, Catalogue, Companion, Release
    from torchup.model import Listing, Requirement, Stack, WheelFile
    from torchup.resolve.ask import Asked

_MARK: Final = ".dev"
_DAY: Final = len("20261120")


def day_of(version: str) -> str:
    """Return the day in a nightly's version (``2.16.0.dev20261120``), empty for any other."""
    day = version.partition("+")[0].rpartition(_MARK)[2] if _MARK in version else ""
    return day if len(day) == _DAY and day.isdigit() else ""


def is_nightly(version: str) -> bool:
    """Tell whether a version is that of a nightly build."""
    return bool(day_of(version))


def only_nightly(release: Release, asked: Asked, framework: str) -> Reason | None:
    """Say that a release is no nightly, where one is asked for."""
    if not asked.nightly or is_nightly(release.version):
        return None
    return Reason(
        code="requested-version",
        effect="reject",
        subject=f"{framework} {release.version}",
        needs="@word.nightly",
        has=release.version,
    )


def check_nightly(asked: Asked) -> None:
    """Refuse what contradicts a nightly, and the pin of one where none is asked for.

    Raises:
        UsageError: ``ask.nightly-and-day``, ``ask.nightly-and-pin`` or ``ask.nightly-by-pin``.
    """
    if asked.nightly and asked.as_of:
        raise UsageError("ask.nightly-and-day", day=asked.as_of)
    for name, wanted in asked.versions.items():
        for one in wanted:
            exact = one.operator in ("==", "===") and not one.version.endswith(".*")
            if not exact or is_nightly(one.version) == asked.nightly:
                continue
            if asked.nightly:
                raise UsageError("ask.nightly-and-pin", pin=f"{name}{one}")
            raise UsageError("ask.nightly-by-pin", pin=f"{name}{one}")


def nightlies(
    listings: Sequence[Listing], catalogue: Catalogue, platform: str, *, cards: Iterable[str] = ()
) -> tuple[Release, ...]:
    """Find the nightlies that are listed for a platform, newest first.

    Each comes with the companions of its day. A build has the architectures of the newest release
    that has a build of that name; unknown where none has. See :func:`unlisted` for the rest.

    Args:
        listings: what sources hold.
        catalogue: the facts.
        platform: such as ``linux-x86_64``.
        cards: architectures of the machine's cards.
    """
    from torchup.resolve.unlisted import unlisted

    found = unlisted(listings, catalogue, platform, cards=cards, nightly=True)
    names = catalogue.framework.companions
    beside = {name: _newest_by_day(listings, name, platform) for name in names}
    return tuple(
        replace(
            one,
            companions=tuple(
                _companion(name, days[day_of(one.version)], one, platform)
                for name, days in beside.items()
                if day_of(one.version) in days
            ),
        )
        for one in found
    )


def with_known_archs(releases: Iterable[Release]) -> tuple[Release, ...]:
    """Keep the builds whose architectures are known, and the nightlies that have one."""
    kept = (
        replace(one, builds=tuple(build for build in one.builds if build.archs is not None))
        for one in releases
    )
    return tuple(one for one in kept if one.builds)


def meant(releases: Iterable[Release], asked: Asked, framework: str) -> bool:
    """Tell whether any nightly is of the version and the build that were asked for."""
    return any(
        asked.allows(framework, release.version) and asked.build in (None, build.name)
        for release in releases
        for build in release.builds
    )


def precursor(catalogue: Catalogue, build: str, platform: str) -> tuple[Release, Build] | None:
    """Return the newest release that has a build of that name, and that build."""
    return next(
        (
            (release, one)
            for release in catalogue.releases
            for one in release.builds
            if (one.name, one.platform) == (build, platform)
        ),
        None,
    )


def told(answer: Resolution, catalogue: Catalogue, platform: str) -> Resolution:
    """Say of a chosen nightly how little is known of it.

    Args:
        answer: the choice; one without a stack is returned as it is.
        catalogue: the facts without nightlies.
        platform: the machine's.
    """
    stack = answer.stack
    if stack is None:
        return answer
    label = stack.pins[catalogue.framework.name]
    like = precursor(catalogue, stack.build, platform)
    measured = like is not None and bool(like[1].archs)
    said = Reason(
        code="nightly-unmeasured" if measured else "nightly-chosen",
        effect="warn",
        subject=label,
        has=like[0].version if like and measured else "",
        fact=catalogue.fact(like[1].fact) if like and measured else None,
    )
    others = tuple(one for one in answer.reasons if one.code != "facts-uncertain")
    left = tuple(
        replace(one, reason=replace(one.reason, code="nightly-companion-none"))
        if one.reason.code == "companion-none"
        else one
        for one in answer.companions_left_out
    )
    return replace(answer, reasons=(said, *others), companions_left_out=left)


def not_listed(requirement: Requirement, framework: str, instead: Stack | None) -> Resolution:
    """Answer that nightlies are known from listings alone; ``instead`` is a release to offer."""
    said = Reason(code="nightly-not-listed", effect="reject", subject=framework)
    return _none(requirement, (said,), framework, instead)


def absent(
    requirement: Requirement,
    asked: Asked,
    framework: str,
    listings: Sequence[Listing],
    instead: Stack | None,
) -> Resolution:
    """Answer that no place that was asked lists such a nightly for this system.

    Args:
        requirement: what was asked for.
        asked: the same, taken apart.
        framework: its name.
        listings: what the places said; one that can't be reached is the reason then.
        instead: what would be chosen among the releases.
    """
    from torchup.resolve.places import unreachable_reason

    down = [one for one in listings if one.state == "unreachable"]
    if down:
        said = [unreachable_reason(down[0], f"{framework} (nightly)")]
    else:
        places = ", ".join(dict.fromkeys(shown_url(one.source.url) for one in listings))
        wanted = asked.wording(framework)
        subject = f"{wanted} ({asked.build})" if asked.build else wanted
        said = [Reason(code="nightly-absent", effect="reject", subject=subject, needs=places)]
    return _none(requirement, tuple(said), framework, instead)


def _none(
    requirement: Requirement, said: tuple[Reason, ...], framework: str, instead: Stack | None
) -> Resolution:
    near: tuple[NearMiss, ...] = ()
    if instead is not None:
        label = f"{instead.packages[framework]}+{instead.build}"
        change = text("remedy.no-nightly", stack=label)
        near = (NearMiss(stack=instead, reasons=said, remedy=change),)
    return Resolution(outcome="none", requirement=requirement, reasons=said, near_misses=near)


def _newest_by_day(
    listings: Sequence[Listing], project: str, platform: str
) -> dict[str, list[WheelFile]]:
    """The wheels of a project's newest nightly of each day."""
    from torchup.resolve.numbers import dotted
    from torchup.resolve.offers import platform_matches

    found: dict[str, list[WheelFile]] = {}
    files = (file for one in listings if one.project == project for file in one.files)
    for file in files:
        day = day_of(file.version)
        if not day or file.yanked or not platform_matches(file, platform):
            continue
        known = found.get(day, [])
        newest = known and dotted(known[0].version)
        if not newest or dotted(file.version) > newest:
            found[day] = [file]
        elif dotted(file.version) == newest:
            known.append(file)
    return found


def _companion(name: str, files: list[WheelFile], release: Release, platform: str) -> Companion:
    from torchup.facts.catalogue import Companion

    lines = dict.fromkeys(line for file in files for line in file.pythons)
    builds = dict.fromkeys(file.build for file in files if file.build)
    return Companion(
        name=name,
        version=files[0].version,
        pythons={platform: tuple(lines)},
        builds={platform: tuple(builds)},
        pypi_build={},
        certainty="low",
        fact=release.fact,
        tagged=bool(builds),
    )
