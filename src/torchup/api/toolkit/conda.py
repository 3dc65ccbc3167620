"""Toolkits out of conda's packages: nvcc of CUDA versions of which PyPI has libraries alone.

They lie in a folder of their own inside the environment, with their own lock beside it. Copies of
the environment link their files: NVIDIA's programs find each other relative to themselves, and the
few texts that hold the path are told the new one like any other file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.apply.toolkit import KIT_FOLDER, KIT_LOCK, LAID_OUT
from torchup.facts.toolkits import conda_row, load_toolkits, newest_of
from torchup.model import Artifact, OwnToolkit
from torchup.model.source import kept_url
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.api.toolkit import Wanted
    from torchup.model import Machine, SourceSet, Stack

SOURCE: Final = "conda"


class Kit(Struct, frozen=True, kw_only=True):
    """What was solved for a toolkit: the lock's text, and the files that it names."""

    lock: str
    artifacts: tuple[Artifact, ...]


def offer(context: Context, wanted: Wanted) -> OwnToolkit | None:
    """Offer the packages of a runtime that no wheel has, or of any where a channel is named.

    Raises:
        UsageError: ``conda.bad-channel``: a named one can't be read.
    """
    facts = load_toolkits()
    if wanted.named or (not wanted.channels and meets(wanted.runtime, f">={facts.wheels.first}")):
        return None
    row = conda_row(wanted.runtime)
    if row is None or wanted.machine.platform not in row.platforms:
        return None
    return OwnToolkit(
        source=SOURCE,
        runtime=wanted.runtime,
        root=KIT_FOLDER,
        home=LAID_OUT,
        packages=facts.builders.packages,
        channels=tuple(_lasting(context, one) for one in wanted.channels),
    )


def recorded(toolkit: OwnToolkit | None) -> OwnToolkit | None:
    """Return a toolkit as it may be written down: no login and no token in its channels."""
    if toolkit is None or not toolkit.channels:
        return toolkit
    return replace(toolkit, channels=tuple(kept_url(one) for one in toolkit.channels))


def solve_for(
    context: Context,
    machine: Machine,
    stack: Stack,
    toolkit: OwnToolkit | None,
    before: OwnToolkit | None,
) -> Kit | None:
    """Solve for what has to be installed of a toolkit; None where nothing has.

    Args:
        context: the session.
        machine: this machine.
        stack: the framework that the toolkit belongs to, or the CPU's build.
        toolkit: the toolkit that is to be there.
        before: the one that is there.

    Raises:
        NoAnswerError: ``conda.no-solution``.
        OutsideError: another ``conda.*`` code.
    """
    if toolkit is None or toolkit.source != SOURCE or toolkit == before:
        return None
    from torchup.backends.conda_kit import solve_kit
    from torchup.facts.load import load_catalogue
    from torchup.resolve.conda_machine import virtual_packages

    seen = virtual_packages(machine, stack, (), load_catalogue())
    lock, artifacts = solve_kit(
        context.host,
        context.home,
        _sources(context, toolkit),
        machine.platform,
        specs_of(toolkit.runtime, libraries=stack.build.startswith("cu")),
        # Compiling needs no driver: an old one is no reason against a package.
        tuple(one for one in seen if not one.startswith("__cuda")),
        offline=context.offline,
    )
    return Kit(lock=lock, artifacts=artifacts)


def put(
    context: Context, environment: Path, toolkit: OwnToolkit | None, kit: Kit | None = None
) -> None:
    """Install a toolkit's packages where they aren't whole; take away those that are left.

    Args:
        context: the session.
        environment: its folder.
        toolkit: the one that is to be there.
        kit: what was solved anew; None to keep to the lock that is there.

    Raises:
        OutsideError: a ``conda.*`` code.
        OSError: something can't be written or removed.
    """
    from torchup.apply.folders import remove_tree

    folder, lock = environment / KIT_FOLDER, environment / KIT_LOCK
    if toolkit is None or toolkit.source != SOURCE:
        if folder.is_dir():
            remove_tree(folder)
        lock.unlink(missing_ok=True)
        return
    from torchup.api.environments.filling import teller
    from torchup.api.fetching.fetcher import LockFetcher
    from torchup.backends.conda_kit import install_kit, kit_is_whole

    if kit is None and kit_is_whole(folder, lock):
        return
    if folder.is_dir():
        remove_tree(folder)
    if kit is not None:
        lock.write_text(kit.lock, encoding="utf-8")
    sources = _sources(context, toolkit)
    install_kit(
        context.host,
        context.home,
        folder,
        lock,
        teller(context),
        sources=sources,
        offline=context.offline,
        fetch=LockFetcher(context, sources, teller(context)),
    )


def _lasting(context: Context, channel: str) -> str:
    """Write a channel so that it means the same from any folder; a name stays one."""
    from torchup.sources.channels import channel_sources

    found = channel_sources(context.host, (channel,), context.mirrors.conda)
    return found[0].url if channel.startswith((".", "/", "~")) else channel


def specs_of(runtime: str, *, libraries: bool) -> tuple[str, ...]:
    """Return what is asked of the channels for a runtime, with what a framework includes or not."""
    row = conda_row(runtime)
    if row is None:
        return ()
    wished = (*row.parts, *(row.libraries if libraries else ()))
    return tuple(one.format(runtime=runtime) for one in wished)


def channels_of(toolkit: OwnToolkit) -> tuple[str, ...]:
    """Return the channels that a toolkit's packages are taken from: the named ones, or its own."""
    row = conda_row(toolkit.runtime)
    usual = row.channels if row else ()
    return toolkit.channels or tuple(one.format(full=newest_of(toolkit.runtime)) for one in usual)


def _sources(context: Context, toolkit: OwnToolkit) -> SourceSet:
    """The places of the channels, as the user's own settings have them."""
    from torchup.api.solve.configured import ConfiguredPlaces
    from torchup.api.stacks.choosing import BACKEND
    from torchup.facts.load import load_catalogue
    from torchup.sources.channels import channel_sources

    places = ConfiguredPlaces(context, load_catalogue().framework.index_base, BACKEND).sources
    return replace(
        places, channels=channel_sources(context.host, channels_of(toolkit), context.mirrors.conda)
    )
