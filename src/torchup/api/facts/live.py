"""What this machine's sources have of newer facts, and of releases that no fact knows."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from torchup.api.facts.check import Finding
from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.facts.bundle import PROJECT
from torchup.model import shown_url, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.facts.catalogue import Catalogue
    from torchup.model import Listing, Source, SourceSet, WheelFile

_DONE: Final = 200
_SECONDS: Final = 60.0


def fetch_newest(context: Context) -> tuple[bytes, str]:
    """Fetch the newest wheel of facts from the first source that has one.

    Returns:
        Its content, checked against the source's hash where it gives one, and its name.

    Raises:
        UsageError: ``facts.offline``.
        NoAnswerError: ``facts.none-listed``: every source was asked, and none has it.
        OutsideError: no source could be asked, or the file can't be fetched or is another one.
    """
    if context.offline:
        raise UsageError("facts.offline")
    sources = _sources(context)
    listings = _list(context, [sources.primary, *sources.extras, *sources.links], PROJECT)
    file = _newest(listings)
    if file is None:
        lost = [one.why for one in listings if one.state == "unreachable" and one.why]
        if lost:
            raise OutsideError(lost[0].code, **lost[0].args)
        where = ", ".join(shown_url(one.source.url) for one in listings)
        raise NoAnswerError("facts.none-listed", where=where)
    answer = context.host.fetch(file.url, timeout=_SECONDS)
    if answer.status != _DONE:
        why = f"HTTP {answer.status}"
        raise OutsideError("facts.bundle-unfetched", url=shown_url(file.url), why=why)
    if file.sha256 and sha256(answer.body).hexdigest() != file.sha256:
        raise OutsideError("facts.bundle-hash", where=file.filename, url=shown_url(file.url))
    return answer.body, file.filename


def newer(context: Context) -> list[Finding]:
    """Name what sources list and the catalogue doesn't know; say which could not be asked."""
    from torchup.facts.load import load_catalogue
    from torchup.sources.configured import framework_source

    catalogue = load_catalogue()
    sources = _sources(context)
    latest = catalogue.latest()
    builds = dict.fromkeys(build.name for build in latest.builds)
    pages = [framework_source(sources, build) for build in builds]
    asked = [sources.primary, *sources.extras, *sources.links, _all_builds(sources), *pages]
    listings = _list(context, asked, catalogue.framework.name)
    unasked = [one for one in listings if one.state == "unreachable" and one.why]
    found = [Finding(severity="warning", message=one.why) for one in unasked if one.why]
    if len(unasked) == len(listings):
        found.append(Finding(severity="error", message=text("facts.check.nobody")))
    return [*_distinct(found), *_unknown(listings, catalogue)]


def _unknown(listings: Sequence[Listing], catalogue: Catalogue) -> list[Finding]:
    from torchup.resolve.numbers import dotted
    from torchup.resolve.unlisted import unlisted

    releases: set[str] = set()
    builds: set[tuple[str, str]] = set()
    platforms = {platform for one in catalogue.releases for platform in one.pythons}
    for platform in sorted(platforms):
        for release in unlisted(listings, catalogue, platform):
            if catalogue.release(release.version) is None:
                releases.add(release.version)
            else:
                new = (one.name for one in release.builds if one.fact >= catalogue.row_count)
                builds |= {(release.version, name) for name in new}
    said = [
        text("facts.check.release", version=version)
        for version in sorted(releases, key=dotted, reverse=True)
    ]
    said += [
        text("facts.check.build", version=version, build=build)
        for version, build in sorted(builds, key=lambda one: dotted(one[0]), reverse=True)
    ]
    return [Finding(severity="info", message=one) for one in said]


def _newest(listings: Sequence[Listing]) -> WheelFile | None:
    from torchup.resolve.numbers import dotted

    for listing in listings:
        files = [file for file in listing.files if not file.yanked and "any" in file.platforms]
        if files:
            return max(files, key=lambda file: dotted(file.version))
    return None


def _all_builds(sources: SourceSet) -> Source:
    """The framework's index above those of single builds, where all of them are listed."""
    from torchup.model import Source

    return Source(
        id="framework",
        kind="index",
        role="framework",
        url=sources.framework_base,
        origin=sources.framework_origin,
    )


def _sources(context: Context) -> SourceSet:
    from torchup.api.stacks.choosing import BACKEND
    from torchup.backends import load_backend
    from torchup.facts.load import load_catalogue
    from torchup.sources.configured import configured_sources

    default = load_backend(BACKEND).default_index(context.host, context.home)
    return configured_sources(context.host, load_catalogue().framework.index_base, default)


def _list(context: Context, sources: Sequence[Source], project: str) -> tuple[Listing, ...]:
    from torchup.sources.cache import ListingCache
    from torchup.sources.listing import list_many

    cache = ListingCache(context.home.cache / "listings")
    wanted = [(source, project) for source in sources]
    return list_many(context.host, wanted, cache=cache, offline=context.offline, again=True)


def _distinct(found: Sequence[Finding]) -> list[Finding]:
    """One finding for each thing that is wrong: a server that is down is said once."""
    return list({(one.message.code, str(one.message.args)): one for one in found}.values())
