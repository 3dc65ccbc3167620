"""Places that a requirements file names, laid over those that the machine is set up to use.

They serve everything but the framework's own packages: these come from the planned place alone
(docs/decisions/0004-sources.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from torchup.model import Reason, Source, SourceSet, shown_url
from torchup.sources.address import build_of, same_place
from torchup.sources.places import Named, as_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.host import Host

PlaceKind = Literal["index", "extra", "links"]


class NamedPlace(Struct, frozen=True, kw_only=True):
    """A place as a file names it: ``index`` replaces the index for everything.

    ``origin`` is the file and the line. ``url`` may hold credentials.
    """

    kind: PlaceKind
    url: str
    origin: str


def with_named(
    host: Host,
    sources: SourceSet,
    named: Sequence[NamedPlace],
    *,
    default_index: str,
    framework_base: str,
) -> tuple[SourceSet, tuple[Reason, ...]]:
    """Lay named places over configured ones, and tell what became of each.

    The framework's own indexes are passed over: torchup chooses among them itself. So is an
    ``--index-url`` that names the public default: a mirror that the machine is set up to use
    stands for it.

    Args:
        host: whose paths they are.
        sources: what the machine is set up to use.
        named: what the files name.
        default_index: the index that installers use when told nothing.
        framework_base: where the framework publishes its own indexes, whatever mirror is set.
    """
    notes: list[Reason] = []
    for place in named:
        bases = (sources.framework_base, framework_base)
        if build_of(place.url) or any(_under(place.url, base) for base in bases):
            notes.append(_note("file-place-of-framework", "warn", place))
            continue
        if place.kind == "index" and same_place(place.url) == same_place(default_index):
            continue
        sources = _with_one(host, sources, place)
        notes.append(_note("file-place-used", "accept", place))
    return sources, tuple(notes)


def _with_one(host: Host, sources: SourceSet, place: NamedPlace) -> SourceSet:
    position = len(sources.extras) + len(sources.links) + 1
    given = Named(value=place.url, origin=place.origin)
    if place.kind == "index":
        return replace(sources, primary=as_source(host, given, "primary"))
    known = (sources.primary, *sources.extras, *sources.links)
    made: Source = as_source(host, given, place.kind, position)
    if any(same_place(one.url) == same_place(made.url) for one in known):
        return sources
    if place.kind == "links":
        return replace(sources, links=(*sources.links, made))
    return replace(sources, extras=(*sources.extras, made))


def _under(url: str, base: str) -> bool:
    """Tell whether an address lies at or under another one."""
    return bool(base) and f"{same_place(url)}/".startswith(f"{same_place(base)}/")


def _note(code: str, effect: Literal["warn", "accept"], place: NamedPlace) -> Reason:
    return Reason(code=code, effect=effect, subject=shown_url(place.url), about=place.origin)
