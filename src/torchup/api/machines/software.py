"""What is installed on this machine and what it can reach, joined from the rooms that know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.host import Host
    from torchup.model import Machine
    from torchup.model.software import Answering, Folder, Notebook, Software
    from torchup.state.home import Home


def inventory(host: Host, home: Home | None) -> Software:
    """List what is installed: read from files, nothing is started.

    Args:
        host: the machine.
        home: where torchup's own environments are; None for a machine that is only captured.
    """
    from torchup.integrate.editors import find_editors
    from torchup.integrate.notebooks import find_notebooks
    from torchup.probe.inventory import take_inventory
    from torchup.sources.settings import read_settings

    names = known_names()
    own = () if home is None else _own(home)
    found = take_inventory(host, names, own=own)
    prefixes = [one.path for one in found.condas]
    prefixes += [inner for one in found.condas for inner in one.environments]
    return replace(
        found,
        settings=read_settings(host, [one.path for one in found.condas if one.kind != "pixi"]),
        notebooks=find_notebooks(host, prefixes),
        editors=find_editors(host),
        folders=() if home is None else tuple(_folders(host, home)),
    )


def with_software(host: Host, home: Home | None, machine: Machine) -> tuple[Machine, Software]:
    """Add an inventory to a machine, the programs that compile to its tools, and what is odd.

    Args:
        host: the machine.
        home: as for :func:`inventory`.
        machine: what is known of it.
    """
    from torchup.probe.inventory.judged import find_odd
    from torchup.probe.inventory.processor import processor_evidence
    from torchup.probe.inventory.programs import find_programs
    from torchup.probe.watched import watched

    asked, watch = watched(host)
    tools = find_programs(asked)
    told = processor_evidence(asked)
    known = {one.path for one in tools}
    found = tuple(one for one in machine.tools or () if one.path not in known)
    software = inventory(host, home)
    odd = find_odd(host, software, framework_names())
    problems = (*machine.problems, *watch.problems, *odd)
    evidence = (*machine.evidence, *told)
    known_now = replace(machine, tools=(*found, *tools), problems=problems, evidence=evidence)
    return known_now, software


def kernels_in(host: Host, folder: str) -> tuple[Notebook, ...]:
    """Return Jupyter's kernels that start an interpreter in a folder."""
    from torchup.integrate.notebooks import find_notebooks

    inside = (f"{folder}/", f"{folder}\\")
    return tuple(one for one in find_notebooks(host) if one.interpreter.startswith(inside))


def reachable(context: Context) -> tuple[Answering, ...] | None:
    """Ask every source that this machine is set up to use; None where it is offline."""
    from torchup.api.solve.configured import ConfiguredPlaces
    from torchup.api.stacks.choosing import BACKEND
    from torchup.facts.load import load_catalogue
    from torchup.sources.configured import framework_source
    from torchup.sources.reach import reach

    if context.offline:
        return None
    framework = load_catalogue().framework
    sources = ConfiguredPlaces(context, framework.index_base, BACKEND).sources
    places = [sources.primary, *sources.extras, *sources.links]
    places += [framework_source(sources, "cpu")] if framework.index_base else []
    return reach(context.host, [one for one in places if one.url], framework.name)


def framework_names() -> dict[str, str]:
    """The packages that make an environment worth naming, by what they are installed as."""
    from torchup.facts.load import load_catalogue

    framework = load_catalogue().framework
    named = {one: one for one in (framework.name, *framework.companions)}
    return named | dict.fromkeys(framework.misnamed, framework.name)


def known_names() -> dict[str, str]:
    """The packages of every framework, and those of other builds of it, as they are installed."""
    from torchup.facts.frameworks import FRAMEWORKS

    every = {one for name, more in FRAMEWORKS.items() for one in (name, *more)}
    return framework_names() | {one: one for one in every}


def _own(home: Home) -> tuple[str, ...]:
    """The folders of torchup's own environments, which are not told as found elsewhere."""
    from torchup.apply.places import placed_names

    outside = [home.elsewhere(name) for name in placed_names(home)]
    return (str(home.environments), *(str(one) for one in outside if one is not None))


def _folders(host: Host, home: Home) -> Iterator[Folder]:
    from torchup.host.linking import try_link
    from torchup.model.software import Folder
    from torchup.state.volumes import can_link, volume_of

    mine = volume_of(host, str(home.environments))
    for role, path in _roles(host, home):
        there = volume_of(host, path)
        tried = try_link(path, str(home.environments)) if role == "cache" else "unknown"
        yield Folder(
            role=role,
            path=path,
            filesystem=there.filesystem if there else None,
            links=can_link(there, mine) if tried == "unknown" else tried == "yes",
        )


def _roles(host: Host, home: Home) -> Iterator[tuple[str, str]]:
    from torchup.probe.inventory.caches import cache_folders, temporary_folder

    yield "environments", str(home.environments)
    yield "cache", str(home.uv_cache)
    yield "temporary", temporary_folder(host)
    for owner, path in cache_folders(host):
        yield f"cache-{owner}", path
