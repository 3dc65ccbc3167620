"""Pages of links that a project names and that are gone: left out, as pip leaves them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.stacks.choosing import BACKEND
from torchup.api.stacks.shared import shared_of
from torchup.facts.load import load_catalogue
from torchup.model import Reason, shown_url
from torchup.sources.address import same_place

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Listing


def without_dead_links(context: Context) -> tuple[Reason, ...]:
    """Take the pages of links that can't be reached off what files name, and say so.

    The solver stops at such a page, and what is asked of the others would never be known.

    Args:
        context: the session, whose named places are changed.
    """
    if not any(one.kind == "links" for one in context.named_places):
        return ()
    from torchup.sources.cache import ListingCache
    from torchup.sources.listing import list_many

    catalogue = load_catalogue()
    named = {same_place(one.url): one for one in context.named_places if one.kind == "links"}
    links = shared_of(context, catalogue, BACKEND).places.named.links
    wanted = [(one, catalogue.framework.name) for one in links if same_place(one.url) in named]
    cache = ListingCache(context.home.cache / "listings")
    listings = list_many(context.host, wanted, cache=cache, offline=context.offline)
    gone = {same_place(one.source.url): one for one in listings if one.state == "unreachable"}
    dead = {url: place for url, place in named.items() if url in gone}
    context.named_places = tuple(one for one in context.named_places if one not in dead.values())
    return tuple(
        Reason(
            code="links-gone",
            effect="warn",
            subject=shown_url(place.url),
            has=_why(gone[url]),
            about=place.origin,
        )
        for url, place in dead.items()
    )


def _why(listing: Listing) -> str:
    return listing.why.args.get("why", "") if listing.why is not None else ""
