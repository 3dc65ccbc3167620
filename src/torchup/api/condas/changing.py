"""Changing an environment of conda's: what is told to its solver, and who brings a package."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.backends.conda_inspect import framework_names
from torchup.backends.conda_lock import read_lock
from torchup.backends.conda_state import changing_of, needed_by, read_state
from torchup.backends.contents import CONDA, conda_packages
from torchup.errors import UsageError
from torchup.facts.conda import load_conda
from torchup.facts.load import load_catalogue
from torchup.model.names import canonical_name, name_of
from torchup.sources.channels import channel_sources

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.api.environments.edits import Edit, Edited
    from torchup.backends import Changing
    from torchup.model import Artifact, EnvRecord, Requirement, SourceSet

PIP: Final = "pip"


def own_names(record: EnvRecord, edit: Edit) -> Edit:
    """Return an edit where conda's name of the framework is ours, ``torch``."""
    if record.backend != CONDA:
        return edit
    return replace(edit, packages=tuple(map(_own, edit.packages)))


def _own(line: str) -> str:
    for theirs, ours in framework_names().items():
        rest = line.strip()[len(theirs) :]
        if (
            line.strip().lower().startswith(theirs)
            and not rest[:1].isalnum()
            and rest[:1] not in "-_."
        ):
            return ours + rest
        if line.strip().lower() == theirs:
            return ours
    return line


def told_of(record: EnvRecord, lock: str, edit: Edit, wanted: Edited) -> Changing | None:
    """Return what the solver is told of the environment that is there; None where it isn't conda's.

    Args:
        record: the environment.
        lock: its lock.
        edit: what is to be done.
        wanted: what it should hold afterwards.
    """
    if record.backend != CONDA:
        return None
    named = [name_of(one) for one in (*edit.packages, *record.requirement.packages)]
    return changing_of(
        Path(record.path),
        lock,
        named,
        held=not wanted.framework,
        kept=wanted.fresh is not None,
    )


def with_channels(
    context: Context, record: EnvRecord, lock: str, asked: Requirement
) -> Requirement:
    """Say of an environment that somebody else made where its packages came from."""
    if record.backend != CONDA or lock:
        return asked
    packages = conda_packages(Path(record.path), context.host)
    places = Counter(one.url.rsplit("/", 2)[0] for one in packages if one.url.count("/") > 1)
    channels = asked.channels or tuple(place for place, _ in places.most_common())
    return replace(asked, backend=CONDA, channels=channels)


def brought_by(lock: str, artifacts: tuple[Artifact, ...]) -> dict[str, str]:
    """Return who installs each package of a mixed lock: normalised name → ``conda`` or ``pip``."""
    found = read_lock(lock)
    if found is None:
        return {}
    urls = {one.url for one in found.packages}
    return {canonical_name(one.name): CONDA if one.url in urls else PIP for one in artifacts}


def there_by_conda(path: Path) -> set[str]:
    """Return the normalised names of what conda's records name, the framework's by its own."""
    ours = framework_names()
    return {canonical_name(ours.get(one.name, one.name)) for one in read_state(path).records}


def needing(path: Path, name: str) -> set[str]:
    """Return the packages that ask for one by conda's records, by their normalised names."""
    ours = framework_names()
    theirs = {own: conda for conda, own in ours.items()}.get(name, name)
    found = needed_by(path, theirs)
    return {canonical_name(ours.get(one, one)) for one in found}


def channelled(context: Context, record: EnvRecord, sources: SourceSet) -> SourceSet:
    """Return the places of packages with the channels of an environment of conda's.

    A lock holds no login; where ``.condarc`` has one for its channels it is found again so.
    """
    if record.backend != CONDA:
        return sources
    facts = load_conda(load_catalogue().framework.name)
    named = record.requirement.channels or (record.stack.index_url or facts.default.name,)
    try:
        return replace(sources, channels=channel_sources(context.host, named))
    except UsageError:  # a folder that is away: what is kept may do
        return sources


def build_in(url: str) -> str:
    """Return the build string in the address of a package of conda's."""
    stem = url.rpartition("/")[2].removesuffix(".conda").removesuffix(".tar.bz2")
    return stem.rpartition("-")[2]
