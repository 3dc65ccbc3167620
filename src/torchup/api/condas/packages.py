"""conda's caches of packages: damaged entries, and what nobody needs any more."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from torchup.api.condas.places import caches, called, prefixes
from torchup.api.repairs.proposal import Proposal
from torchup.backends.conda_cache import ENDINGS, damaged, drop, entries
from torchup.early import read_file
from torchup.errors import OutsideError
from torchup.model import StepOutcome, text
from torchup.model.finding import Finding, Remedy
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from torchup.api.context import Context
    from torchup.api.repairs.proposal import Hands
    from torchup.backends.conda_cache import Damage

CODE: Final = "conda-package-corrupted"
_SOFT: Final = 2
"""How conda notes in a record that files are symbolic links into the cache."""


class _Link(Struct, frozen=True):
    source: str = ""
    type: int = 1


class _Record(Struct, frozen=True):
    name: str = ""
    link: _Link | None = None
    extracted_package_dir: str | None = None


class Unused(Struct, frozen=True, kw_only=True):
    """What can go from one cache: archives, and unpacked packages that no environment links."""

    cache: str
    archives: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


def look(context: Context) -> Iterator[Finding]:
    """Find damaged packages, cache by cache; conda stops at them with CondaVerificationError."""
    for cache, found in broken(context).items():
        users = _users(context, cache)
        shared = {path for one in found for path in users.get(one.name, ())}
        because = [f"{one.name}: {one.file} ({one.why})" for one in found]
        ways = [
            Remedy(
                title=text("condas.drop-damaged", path=cache),
                safety="ask",
                commands=(("torchup", "repair", "--finding", CODE),),
            )
        ]
        if shared:
            named = sorted(called(context, Path(one)) for one in shared)
            commands = tuple(("torchup", "doctor", one) for one in named)
            linked = Remedy(title=text("condas.linked-too"), safety="safe", commands=commands)
            ways.append(linked)
        yield Finding(
            code=CODE,
            severity="warning",
            title=text("condas.corrupted", path=cache, count=len(found)),
            because=tuple(because),
            remedies=tuple(ways),
            facts={"cache": str(cache)},
        )


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Remove the damaged entries of one cache, and only these."""
    cache = Path(finding.facts["cache"])
    found = broken(context).get(cache, ())
    if not found:
        return None

    def work(hands: Hands) -> tuple[StepOutcome, ...]:  # noqa: ARG001  # as any
        gone = drop_damaged(cache, found)
        return tuple(StepOutcome(id=CODE, status="done", detail=one) for one in gone)

    return Proposal(
        finding=finding,
        title=text("condas.drop-damaged", path=cache),
        safety="ask",
        lines=tuple(text("condas.damaged", name=one.name, file=one.file) for one in found),
        work=work,
        steps=tuple(
            StepOutcome(id=CODE, status="skipped", detail=str(cache / one.name)) for one in found
        ),
    )


def broken(context: Context) -> dict[Path, tuple[Damage, ...]]:
    """Return the damaged entries of each cache that has some, torchup's own among them."""
    found = {one: tuple(damaged(one)) for one in (*caches(context), context.home.conda_cache)}
    return {cache: entries for cache, entries in found.items() if entries}


def drop_damaged(cache: Path, found: Iterable[Damage]) -> tuple[str, ...]:
    """Remove damaged entries of a cache; what is needed of them is fetched again.

    Returns:
        What was removed, by the path of each entry.

    Raises:
        OutsideError: ``conda.unwritable``: one can't be removed.
    """
    done = []
    for one in found:
        try:
            drop(cache, one.name)
        except OSError as error:
            raise OutsideError("conda.unwritable", path=cache, why=error.strerror) from error
        done.append(str(cache / one.name))
    return tuple(done)


def unused(context: Context) -> tuple[Unused, ...]:
    """Say what ``conda clean --tarballs --packages`` would remove from each cache.

    An unpacked package is in use while a file of it has links outside, or an environment's
    record says that its files lead into it.
    """
    soft = _soft_linked(context)
    found = []
    for cache in caches(context):
        if not context.host.may_write(str(cache)):
            continue
        names = tuple(entries(cache))
        archives = [
            f"{name}{end}"
            for name in names
            for end in ENDINGS
            if (cache / f"{name}{end}").is_file()
        ]
        packages = [
            name
            for name in names
            if (cache / name).is_dir() and str(cache / name) not in soft and _alone(cache / name)
        ]
        if archives or packages:
            found.append(
                Unused(cache=str(cache), archives=tuple(archives), packages=tuple(packages))
            )
    return tuple(found)


def remove_unused(one: Unused) -> None:
    """Remove it; what can't be removed stays."""
    cache = Path(one.cache)
    for name in one.archives:
        with suppress(OSError):
            (cache / name).unlink()
    for name in one.packages:
        with suppress(OSError):
            drop(cache, name)


def _alone(folder: Path) -> bool:
    """Tell whether no file of a folder has a link outside of it."""
    seen: dict[int, int] = {}
    links: dict[int, int] = {}
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as listed:
                for entry in listed:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                        continue
                    found = os.lstat(entry.path)
                    seen[found.st_ino] = seen.get(found.st_ino, 0) + 1
                    links[found.st_ino] = found.st_nlink
        except OSError:
            return False
    return all(links[one] <= count for one, count in seen.items())


def _soft_linked(context: Context) -> frozenset[str]:
    return frozenset(
        record.link.source
        for prefix in prefixes(context)
        for record in _records(prefix)
        if record.link and record.link.type == _SOFT
    )


def _users(context: Context, cache: Path) -> Mapping[str, tuple[str, ...]]:
    """Return which environments took their files from which entries of a cache."""
    found: dict[str, tuple[str, ...]] = {}
    for prefix in prefixes(context):
        for record in _records(prefix):
            source = (record.link.source if record.link else "") or record.extracted_package_dir
            place = Path(source) if source else None
            if place is not None and place.parent == cache:
                found[place.name] = (*found.get(place.name, ()), str(prefix))
    return found


def _records(prefix: Path) -> Iterator[_Record]:
    for file in sorted((prefix / "conda-meta").glob("*.json")):
        with suppress(OSError, *NO_DOCUMENT):
            yield msgspec.json.decode(read_file(file), type=_Record)
