"""Every place that this machine is set up to use, from pip's and uv's own configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import FrameworkPlace, Source, SourceSet, Text, text
from torchup.model.mirror import ChosenMirrors
from torchup.sources import FRAMEWORK_VARIABLE
from torchup.sources.address import same_place
from torchup.sources.mirrored import framework_places, primary_of, source_at, standing_by
from torchup.sources.pip_config import pip_configuration
from torchup.sources.places import Named, absolute_url, as_source
from torchup.sources.uv_config import uv_configuration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.host import Host
    from torchup.model.source import SourceRole

CATALOGUE: Final = "catalogue"
_NO_MIRRORS: Final = ChosenMirrors()


def configured_sources(
    host: Host,
    framework_base: str,
    default_index: str,
    mirrors: ChosenMirrors = _NO_MIRRORS,
) -> SourceSet:
    """Return the places that pip and uv are set up to use, united.

    uv's word wins for the primary index; further indexes and find-links places are joined, uv's
    first, each once. Where indexes are forbidden (``no-index``) the first find-links place is the
    primary source and no index is listed; with none configured, ``primary`` has an empty address
    and can hold nothing.

    Args:
        host: whose files and variables are read.
        framework_base: the catalogue's address of the framework's per-build indexes; the variable
            ``TORCHUP_FRAMEWORK_INDEX`` wins over it.
        default_index: the address of the index that both installers use when told nothing.
        mirrors: the places that the user chose for torchup; see :mod:`torchup.sources.mirrored`.
    """
    uv, pip = uv_configuration(host), pip_configuration(host)
    base = (host.env(FRAMEWORK_VARIABLE) or "").strip()
    if base:
        named = Named(value=base, origin=FRAMEWORK_VARIABLE)
        first, *others = (FrameworkPlace(base=absolute_url(host, named), origin=named.origin),)
    else:
        first, *others = framework_places(mirrors, framework_base)
    links = _sources(host, "links", [*uv.links, *pip.links], ())
    problems = [*uv.problems, *pip.problems]
    forbidden = uv.no_index or (None if uv.primary else pip.no_index)
    standby: tuple[Source, ...] = ()
    if forbidden:
        primary, links = _without_index(links, forbidden, problems)
        extras: tuple[Source, ...] = ()
    else:
        told = uv.primary or pip.primary
        chosen = primary_of(mirrors, told, default_index)
        named = chosen or told or Named(value=default_index, origin=CATALOGUE)
        primary = as_source(host, named, "primary")
        standby = standing_by(mirrors, primary, default_index) if chosen else ()
        extras = _sources(host, "extra", [*uv.extras, *pip.extras], [primary])
    return SourceSet(
        primary=primary,
        extras=extras,
        links=links,
        framework_base=first.base.rstrip("/"),
        framework_origin=first.origin,
        framework_flat=first.flat,
        framework_others=tuple(others),
        standby=standby,
        problems=tuple(problems),
    )


def framework_source(sources: SourceSet, build: str) -> Source:
    """Return the framework's own index of one build, such as ``…/whl/cu126``."""
    place = FrameworkPlace(
        base=sources.framework_base, flat=sources.framework_flat, origin=sources.framework_origin
    )
    return source_at(place, build, f"framework-{build}")


def nightly_source(sources: SourceSet, folder: str, build: str) -> Source:
    """Return the framework's own index of one build's nightlies, such as ``…/whl/nightly/cu126``.

    Args:
        sources: what the machine is set up to use.
        folder: where nightlies lie under the framework's indexes.
        build: the build; empty for the index of all of them.
    """
    url = "/".join(filter(None, (sources.framework_base, folder, build)))
    return Source(
        id=f"nightly-{build}" if build else "nightly",
        kind="index",
        role="framework",
        url=url,
        origin=sources.framework_origin,
        build=build or None,
    )


def with_wheels(host: Host, sources: SourceSet, folder: str) -> SourceSet:
    """Put a folder of wheels that the user names before every other place of links.

    Args:
        host: whose folder it is.
        sources: what the machine is set up to use.
        folder: its path.
    """
    made = as_source(host, Named(value=folder, origin="--wheels"), "links")
    others = tuple(one for one in sources.links if same_place(one.url) != same_place(made.url))
    return replace(sources, links=(made, *others))


def _without_index(
    links: Sequence[Source], forbidden: str, problems: list[Text]
) -> tuple[Source, tuple[Source, ...]]:
    """Let the first find-links place stand in for the index that is forbidden."""
    if not links:
        problems.append(text("sources.no-index-no-links", origin=forbidden))
        return Source(id="primary", kind="folder", role="primary", url="", origin=forbidden), ()
    first = links[0]
    stand_in = Source(
        id="primary",
        kind=first.kind,
        role="primary",
        url=first.url,
        origin=first.origin,
        build=first.build,
    )
    return stand_in, tuple(links[1:])


def _sources(
    host: Host, role: SourceRole, wanted: Iterable[Named], known: Iterable[Source]
) -> tuple[Source, ...]:
    seen = {same_place(source.url) for source in known}
    found: list[Source] = []
    for named in wanted:
        source = as_source(host, named, role, len(found) + 1)
        if same_place(source.url) not in seen:
            seen.add(same_place(source.url))
            found.append(source)
    return tuple(found)
