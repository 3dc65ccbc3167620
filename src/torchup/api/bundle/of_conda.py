"""conda's packages in a bundle: where they lie in it, and how they are installed from there."""

from __future__ import annotations

import re
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from torchup.backends.conda_inspect import framework_names
from torchup.backends.conda_listing import SUBDIRS
from torchup.backends.conda_pip import python_packages
from torchup.backends.conda_rattler import MINOR, PACKAGE
from torchup.errors import NoAnswerError, UsageError
from torchup.model.bundles import BundleFile, Complaint
from torchup.model.source import kept_url
from torchup.sources.channels import channel_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.api.context import Context
    from torchup.api.locks.locking import RowSolved
    from torchup.bundles.reading import OpenBundle
    from torchup.model import Source
    from torchup.model.conda_locked import CondaLock, Locked
    from torchup.model.locked import LockRow

CONDA: Final = "conda/"
ENGINE_NAME: Final = PACKAGE
ENGINE: Final = f"{PACKAGE}=={MINOR}.*"
"""What installs conda's packages: of every platform one wheel, for any Python."""
_NAME_ENDS: Final = re.compile(r"[\s<>=!~\[]")
"""Where a spec of conda's ends its package's name, with a space or without one."""
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def channel_folder(one: Locked) -> str:
    """Name a package's channel as its folder in a bundle: by its name, where that is enough."""
    if _NAME.fullmatch(one.channel):
        return one.channel
    base = one.url.removesuffix(f"/{one.subdir}/{one.fn}").rstrip("/")
    last = re.sub(r"[^A-Za-z0-9._-]+", "-", base.rpartition("/")[2]).strip("-.") or "channel"
    return f"{last}-{sha256(base.encode()).hexdigest()[:8]}"


def files_of(conda: CondaLock | None) -> tuple[BundleFile, ...]:
    """Return the files of conda's part of a row.

    Raises:
        NoAnswerError: ``bundle.no-hash``: a channel tells no hash of one.
    """
    packages = conda.packages if conda else ()
    bare = [one.name for one in packages if not one.sha256]
    if bare:
        raise NoAnswerError("bundle.no-hash", names=", ".join(bare))
    return tuple(
        BundleFile(path=place_of(one), sha256=one.sha256, size=one.size, url=one.url)
        for one in packages
    )


def place_of(one: Locked) -> str:
    """Say where a package lies in a bundle."""
    return f"{CONDA}{channel_folder(one)}/{one.subdir}/{one.fn}"


def not_in(bundle: OpenBundle, conda: CondaLock | None) -> tuple[str, ...]:
    """Name the packages of a row that are not in a bundle as the lock says.

    What a package is called becomes part of a path on this machine, so it may be no path itself.
    """

    def lies(one: Locked) -> bool:
        file = bundle.files.get(place_of(one))
        called = f"{one.name}{one.version}{one.build}"
        return file is not None and file.sha256 == one.sha256 and not set(called) & set("/\\\0")

    return tuple(one.fn for one in (conda.packages if conda else ()) if not lies(one))


def for_python(conda: CondaLock | None) -> dict[str, str]:
    """Return what conda's part of a row brings for Python: normalised name → version."""
    return python_packages(conda.packages, framework_names()) if conda else {}


def complaints(row: LockRow) -> Iterator[Complaint]:
    """Judge the packages of conda's that are installed together, by what their channels say.

    Versions are the solver's business, which saw all of them.
    """
    packages = row.conda.packages if row.conda else ()
    names = {one.name for one in packages}
    for one in packages:
        if one.subdir not in {"noarch", SUBDIRS.get(row.platform)}:
            yield Complaint(code="tag", target=row.name, subject=one.fn, has=row.platform)
        for said in one.depends:
            name = _NAME_ENDS.split(said.rpartition("::")[2].strip(), maxsplit=1)[0]
            if not name.startswith("__") and name not in names:
                yield Complaint(code="needs", target=row.name, subject=f"{one.name}: {said}")


def channels_of(context: Context, rows: Iterable[RowSolved]) -> tuple[Source, ...]:
    """Return the channels that rows were solved with, as they were named: with logins.

    A channel that is gone is left out; its packages have their addresses.
    """
    names: dict[str, None] = {}
    for one in rows:
        if one.written is not None and one.written.row.conda is not None:
            asked = one.resolution.requirement.channels if one.resolution else ()
            names |= dict.fromkeys((*asked, *one.written.row.conda.channels))
    found: dict[str, Source] = {}
    for name in names:
        with suppress(UsageError):
            for source in channel_sources(context.host, (name,), context.mirrors.conda):
                found.setdefault(kept_url(source.url), source)
    return tuple(found.values())
