"""Where else a lock's file lies: at the chosen places that stand by, under the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.facts.load import load_catalogue
from torchup.model.names import canonical_name
from torchup.model.source import kept_url
from torchup.sources.address import file_name, server_of, with_login_of
from torchup.sources.cache import ListingCache
from torchup.sources.channels import places_of
from torchup.sources.listing import list_many
from torchup.sources.mirrored import other_framework_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.api.context import Context
    from torchup.model import Artifact, Source, SourceSet


def addresses(
    context: Context, files: Sequence[Artifact], sources: SourceSet | None
) -> dict[str, tuple[str, ...]]:
    """Return every address of each file, the lock's own first, by that.

    A place counts only where it doesn't tell another hash than the lock's; what comes is verified
    all the same. A file of which the lock knows no hash has its own address alone. A channel's
    files lie at the same place below each of its mirrors.

    Args:
        context: the session.
        files: of a lock.
        sources: the places, for what stands by and for logins.
    """
    if sources is None:
        return {one.url: (one.url,) for one in files}
    found = {one.url: _in_channel(context, one, sources) for one in files}
    listed = [one for one in files if not found[one.url]]
    return found | _on_indexes(context, listed, sources)


def channel_of(url: str, sources: SourceSet) -> Source | None:
    """Return the channel that a file of conda's is from; None for any other file."""
    fitting = [one for one in sources.channels if url.startswith(_below(one))]
    return max(fitting, key=lambda one: len(one.url), default=None)


def _below(channel: Source) -> str:
    """How the addresses of a channel's files begin in a lock."""
    return f"{kept_url(channel.url).rstrip('/')}/"


def _in_channel(context: Context, file: Artifact, sources: SourceSet) -> tuple[str, ...]:
    """The addresses of a file of conda's; none for any other."""
    channel = channel_of(file.url, sources)
    if channel is None:
        return ()
    rest = file.url.removeprefix(_below(channel))
    places = places_of(context.host, channel, context.mirrors.conda)
    return tuple(f"{one}/{rest}" for one in (places if file.sha256 else places[:1]))


def _on_indexes(
    context: Context, files: Sequence[Artifact], sources: SourceSet
) -> dict[str, tuple[str, ...]]:
    questions = [
        (source, one.name)
        for one in files
        if one.sha256 and not context.offline
        for source in _standing_by(sources, one)
    ]
    cache = ListingCache(context.home.cache / "listings")
    listings = list_many(context.host, questions, cache=cache, offline=context.offline)
    found: dict[str, list[str]] = {one.url: [own_address(one.url, sources)] for one in files}
    for one in files:
        for listing in listings:
            if canonical_name(listing.project) != canonical_name(one.name):
                continue
            found[one.url] += [
                with_login_of(file.url, listing.source.url)
                for file in listing.files
                if file.filename == file_name(one.url) and file.sha256 in {"", one.sha256}
            ]
    return {url: tuple(dict.fromkeys(each)) for url, each in found.items()}


def _standing_by(sources: SourceSet, file: Artifact) -> Iterator[Source]:
    """The places that may have a file too; the framework's own come from its own places alone."""
    build = file.version.partition("+")[2]
    ours = canonical_name(file.name) in map(canonical_name, load_catalogue().framework.publishes)
    if ours and build:
        yield from other_framework_sources(sources, build)
        return
    yield from sources.standby


def own_address(url: str, sources: SourceSet | None) -> str:
    """Return a lock's address with the login that the source it comes from has.

    Args:
        url: the address.
        sources: the places.
    """
    if sources is None:
        return url
    channel = channel_of(url, sources)
    if channel is not None:
        return f"{channel.url.rstrip('/')}/{url.removeprefix(_below(channel))}"
    for source in (sources.primary, *sources.extras, *sources.links):
        if "@" in source.url and server_of(source.url) == server_of(url):
            return with_login_of(url, source.url)
    return with_login_of(url, sources.framework_base)
