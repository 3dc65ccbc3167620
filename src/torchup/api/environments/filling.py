"""What goes into the folder of a new environment, and what is recorded of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup import __version__, apply
from torchup.api.condas.bare import is_base
from torchup.api.fetching.fetcher import LockFetcher
from torchup.api.fetching.health import is_healthy
from torchup.api.solve.inputs import hashed_index
from torchup.api.stacks.choosing import CONDA
from torchup.api.stacks.offline import told
from torchup.api.stacks.served import with_cards
from torchup.backends import load_backend
from torchup.backends.installed import installed
from torchup.errors import OutsideError
from torchup.model import EnvRecord, bare_url, text
from torchup.model.source import kept_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.api.environments.creation import Creation
    from torchup.api.stacks.sizes import Sizing
    from torchup.model import Requirement, Stack


def fill(
    context: Context, creation: Creation, site: apply.Site, sizing: Sizing | None
) -> EnvRecord:
    """Make the environment's folder whole; runs under the environment's lock and journal.

    Args:
        context: the session.
        creation: what was prepared.
        site: the new environment's place.
        sizing: knows the files' sizes; None where the plan has them.

    Returns:
        The record, which becomes the marker.

    Raises:
        OutsideError: the disk, the network or the installer failed.
    """
    stack = creation.stack
    if stack is None:
        raise OutsideError("create.no-source", stack="")
    with site.log.step("environment"):
        load_backend(creation.choice.backend).make(
            context.host, context.home, creation.python, site.path
        )
    with site.log.step("install"):
        _install(context, creation, stack, site)
        if is_base(stack):
            from torchup.api.condas import base

            base.finish(context, site.path, creation.choice.channels)
        else:
            stack = as_installed(context, site.path, stack)
            apply.hold(site.path, stack, context.host.system)
    answer = creation.choice.resolution
    bare = replace(stack, index_url=bare_url(stack.index_url))
    return EnvRecord(
        name=creation.name,
        path=str(site.path),
        backend=creation.choice.backend,
        created=context.host.now().isoformat(timespec="seconds"),
        stack=with_cards(bare, answer, creation.machine),
        requirement=without_logins(answer.requirement),
        artifacts=sizing.wait() if sizing else creation.plan.artifacts,
        torchup=__version__,
    )


def _install(context: Context, creation: Creation, stack: Stack, site: apply.Site) -> None:
    """Install what the lock names.

    Raises:
        OutsideError: as the installer says it, with what is missing where no network is there.
    """
    sources, artifacts = creation.choice.sources, creation.plan.artifacts
    healthy = context.warming.healthy if context.warming else is_healthy
    site.pylock.write_text(creation.lock, encoding="utf-8")
    try:
        load_backend(creation.choice.backend).install(
            context.host,
            context.home,
            site.path,
            site.pylock,
            artifacts,
            teller(context),
            sources=sources,
            offline=context.offline,
            hashed_index=hashed_index(context, creation.choice),
            builds=creation.builds,
            fetch=LockFetcher(context, sources, teller(context), healthy=healthy),
        )
    except OutsideError as error:
        raise told(
            context,
            error,
            requirement=creation.choice.resolution.requirement,
            name=creation.name,
            lock=creation.lock,
            artifacts=artifacts,
            minor=stack.python,
        ) from error


def without_logins(asked: Requirement) -> Requirement:
    """Return what was asked for as it goes on record: no address with a login in it."""
    return replace(
        asked,
        packages=tuple(map(bare_url, asked.packages)),
        channels=tuple(kept_url(one) for one in asked.channels),
    )


def as_installed(context: Context, path: Path, stack: Stack) -> Stack:
    """Return a stack with the exact versions that Python's own records have of it.

    What conda calls 2.1.0 with a build string may call itself ``2.1.0.post300``.
    """
    if stack.origin != CONDA:
        return stack
    there = installed(path, context.host)
    return replace(stack, pins={name: there.get(name, at) for name, at in stack.packages.items()})


def teller(context: Context) -> Callable[[str, int, int], None]:
    """What installers tell how far a download is."""

    def tell(package: str, done: int, total: int) -> None:
        context.report.progress(
            text("create.fetching"), text("create.package", package=package), done, total
        )

    return tell
