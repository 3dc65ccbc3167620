"""Seeing that an address which the user typed is that of a mirror, before it is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.errors import NoAnswerError
from torchup.facts.load import load_catalogue
from torchup.model import FrameworkPlace, Source, shown_url
from torchup.sources.asking import Question
from torchup.sources.cache import ListingCache
from torchup.sources.mirrored import source_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.api.mirrors.choice import Chosen
    from torchup.model import Listing
    from torchup.model.mirror import Mirror, MirrorKind

_BUILD: Final = "cpu"
"""A build that every release has."""
_EVERYWHERE: Final = "pip"
_NOT_ONE: Final = frozenset({"sources.not-an-index", "sources.api-version"})


def check_addresses(context: Context, chosen: Sequence[Chosen]) -> None:
    """Ask each address that nobody else knows for the framework's page.

    One that can't be reached now is left to the user, who may be elsewhere when it is needed. One
    that answers with something else than a list of files is refused.

    Args:
        context: the session.
        chosen: what the user named.

    Raises:
        NoAnswerError: ``mirror.not-index``.
    """
    for one in chosen:
        for mirror in one.mirrors:
            if mirror.state == "own" and one.kind in {"pypi", "pytorch"}:
                _check(context, one.kind, mirror)


def _check(context: Context, kind: MirrorKind, mirror: Mirror) -> None:
    framework = load_catalogue().framework.name
    listing = _listing(context, kind, mirror, framework)
    if listing.state == "absent" and kind == "pypi":  # a house's own index need not have it
        listing = _listing(context, kind, mirror, _EVERYWHERE)
    why = listing.why
    if listing.state == "unreachable" and why is not None and why.code in _NOT_ONE:
        raise NoAnswerError(
            "mirror.not-index", url=shown_url(mirror.url), kind=kind, why=why.args.get("why", "")
        )
    if listing.state == "absent":
        raise NoAnswerError(
            "mirror.not-index",
            url=shown_url(mirror.url),
            kind=kind,
            why=f"HTTP 404: {listing.project}",
        )


def _listing(context: Context, kind: MirrorKind, mirror: Mirror, project: str) -> Listing:
    source = Source(id=mirror.id, kind="index", role="primary", url=mirror.url)
    if kind == "pytorch":
        place = FrameworkPlace(base=mirror.url, flat=mirror.layout == "flat")
        source = source_at(place, _BUILD, mirror.id)
    cache = ListingCache(context.home.cache / "listings")
    return Question(context.host, source, project, cache, offline=False).ask()
