"""What is used now, kind by kind, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.api.mirrors.telling import UV_PYTHON_MIRROR
from torchup.api.solve.configured import ConfiguredPlaces
from torchup.api.stacks.choosing import BACKEND
from torchup.facts.load import load_catalogue
from torchup.facts.mirrors import load_mirrors
from torchup.model import shown_url
from torchup.model.mirror import Mirror, MirrorKind
from torchup.wire.mirrors import InUseV1

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.api.context import Context

_CONDA_FORGE: Final = "conda-forge"


class InUse(Struct, frozen=True, kw_only=True):
    """One kind's place.

    Attributes:
        kind: what it serves.
        url: where it lies, without credentials.
        origin: the setting, variable or file that names it; ``catalogue`` where nobody does.
        mirror: what is known of it, None for nothing.
        standby: the addresses that are asked after it.
    """

    kind: MirrorKind
    url: str
    origin: str
    mirror: Mirror | None = None
    standby: tuple[str, ...] = ()


def in_use(context: Context, kinds: Sequence[MirrorKind]) -> list[InUse]:
    """Tell which place each kind comes from.

    Raises:
        UsageError: ``mirror.unknown``: a setting names one that nobody knows.
    """
    known = load_mirrors()
    found = []
    for kind in kinds:
        url, origin, *standby = _place(context, kind)
        found.append(
            InUse(
                kind=kind,
                url=shown_url(url),
                origin=origin,
                mirror=known.at(url) if url else None,
                standby=tuple(map(shown_url, standby)),
            )
        )
    return found


def _place(context: Context, kind: MirrorKind) -> Iterator[str]:
    if kind in {"pypi", "pytorch"}:
        sources = ConfiguredPlaces(context, load_catalogue().framework.index_base, BACKEND).sources
        if kind == "pypi":
            yield from (sources.primary.url, sources.primary.origin)
            yield from (one.url for one in sources.standby)
            return
        yield from (sources.framework_base, sources.framework_origin)
        yield from (one.base for one in sources.framework_others)
    elif kind == "conda":
        from torchup.sources.channels import channel_sources

        chosen = context.mirrors.conda
        (forge,) = channel_sources(context.host, (_CONDA_FORGE,), chosen)
        yield from (forge.url, forge.origin or "catalogue")
        yield from (one.url for one in chosen[1:])
    else:
        yield from _python(context)


def _python(context: Context) -> Iterator[str]:
    chosen = context.mirrors.python
    told = context.host.told.get(UV_PYTHON_MIRROR)
    named = context.host.env(UV_PYTHON_MIRROR)
    if named and named != told:
        yield from (named, UV_PYTHON_MIRROR)
        return
    official = load_mirrors().of("python")[0]
    yield from (chosen[0].url, "mirror.python") if chosen else (official.url, "catalogue")
    yield from (one.url for one in chosen[1:])


def document(one: InUse) -> InUseV1:
    """Write what one kind comes from."""
    return InUseV1(
        kind=one.kind,
        url=one.url,
        origin=one.origin,
        mirror=one.mirror.id if one.mirror else None,
        state=one.mirror.state if one.mirror else "",
        standby=one.standby,
    )
