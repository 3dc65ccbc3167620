"""Rows of conda's packages: what is locked of them, and what a row of them asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.environments import damage
from torchup.api.stacks.choosing import CONDA
from torchup.apply.marker import LOCK, RECORDS
from torchup.backends.conda_inspect import framework_names
from torchup.backends.conda_lock import pip_part, read_lock, write_lock
from torchup.early import read_text
from torchup.errors import NoAnswerError, UsageError
from torchup.facts.conda import load_conda
from torchup.facts.load import load_catalogue
from torchup.model import Artifact
from torchup.model.builds import conda_build
from torchup.model.names import canonical_name
from torchup.resolve.conda import channel_name
from torchup.sources.channels import channel_sources

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import EnvRecord, Requirement, SourceSet
    from torchup.model.conda_locked import CondaLock
    from torchup.model.locked import LockRow


def own_lock(context: Context, record: EnvRecord) -> str:
    """Return the lock of an environment of conda's that is as that says.

    Raises:
        NoAnswerError: ``lock.conda-differs``: it isn't; ``repair.no-lock``.
    """
    found = damage.look(context, record.name)
    if found.needed:
        names = ", ".join(sorted(found.packages)) or "python"
        raise NoAnswerError("lock.conda-differs", name=record.name, names=names)
    return read_text(Path(record.path) / RECORDS / LOCK)


def parts(lock: str) -> tuple[str, CondaLock | None]:
    """Take a lock apart: pip's part as text, and conda's; a lock without conda's is pip's alone."""
    return pip_part(lock), read_lock(lock)


def joined(pylock: str, row: LockRow) -> str:
    """Write the lock of a row as an environment keeps it."""
    return write_lock(row.conda, pylock) if row.conda else pylock


def files_of(conda: CondaLock | None) -> tuple[Artifact, ...]:
    """Name the files of conda's part; the framework's packages by their own names."""
    ours = framework_names()
    found = []
    for one in conda.packages if conda else ():
        build = conda_build(one.build) if one.name in ours else ""
        found.append(
            Artifact(
                name=ours.get(one.name, one.name),
                version=f"{one.version}+{build}" if build else one.version,
                url=one.url,
                sha256=one.sha256,
                size=one.size or None,
            )
        )
    return tuple(found)


def versions_of(row: LockRow) -> dict[str, str]:
    """Return what a row has of conda's, the framework's packages by their own names."""
    ours = framework_names()
    packages = row.conda.packages if row.conda else ()
    return {canonical_name(ours.get(one.name, one.name)): one.version for one in packages}


def asked_of(row: LockRow, requirement: Requirement) -> Requirement:
    """Ask the row's channels, where it is one of conda's."""
    if row.conda is None:
        return requirement
    return replace(requirement, backend=CONDA, channels=row.conda.channels)


def is_recorded(row: LockRow) -> bool:
    """Tell whether something is known of the channel that the framework came from."""
    if row.conda is None:
        return True
    name = channel_name(row.stack.index_url.rstrip("/").rpartition("/")[2])
    return load_conda(load_catalogue().framework.name).records(name)


def with_channels(context: Context, row: LockRow, sources: SourceSet) -> SourceSet:
    """Add a row's channels to the places of packages; what isn't there is left out."""
    if row.conda is None:
        return sources
    try:
        return replace(sources, channels=channel_sources(context.host, row.conda.channels))
    except UsageError:
        return sources
