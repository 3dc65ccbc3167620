"""What an environment holds, beside its lock; and in what two of them differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup.api.environments.foreign import load as load_any
from torchup.apply.marker import LOCK, RECORDS
from torchup.backends import contents as records
from torchup.backends.conda_lock import conda_versions
from torchup.backends.pylock import locked_versions
from torchup.errors import NoAnswerError
from torchup.model import Environment
from torchup.model.contents import Comparison, Difference, InstalledPackage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.api.context import Context
    from torchup.model import Stack


class Held(Struct, frozen=True, kw_only=True):
    """An environment, what its Python finds, and what its lock has but is not there."""

    environment: Environment
    packages: tuple[InstalledPackage, ...]
    gone: dict[str, str] = {}


def packages(context: Context, name: str, wanted: Sequence[str] = ()) -> Held:
    """Return an environment and its packages, those that leak in from outside too.

    Args:
        context: the session.
        name: the environment.
        wanted: names or patterns (``nvidia-*``) to keep; all where none is given.

    Raises:
        NoAnswerError: there is no such environment, or ``environment.no-record``.
    """
    found = load(context, name)
    path = Path(found.record.path)
    lock = lock_of(context, path)
    inside = [_with_lock(one, lock) for one in records.contents(path, context.host)]
    names = {one.name for one in inside}
    everything = (*inside, *records.leaks(path, context.host))
    return Held(
        environment=found,
        packages=tuple(one for one in everything if _matches(one.name, wanted)),
        gone={
            missing: version
            for missing, version in (lock or {}).items()
            if missing not in names and _matches(missing, wanted)
        },
    )


def load(context: Context, name: str) -> Environment:
    """Return an environment whose record can be read.

    Raises:
        NoAnswerError: there is no such environment, or ``environment.no-record``.
    """
    found = load_any(context, name, sized=False)
    if not found.record.backend:
        raise NoAnswerError("environment.no-record", name=name, path=found.record.path)
    return found


def lock_of(context: Context, path: Path) -> dict[str, str] | None:
    """Return the versions in an environment's lock, None where there is none to be read."""
    said = context.host.read(str(path / RECORDS / LOCK))
    if said is None:
        return None
    versions = locked_versions(said)
    return None if versions is None else versions | conda_versions(said)


def compare(context: Context, first: str, second: str) -> Comparison:
    """Compare two environments: their stacks, and what is installed.

    Raises:
        NoAnswerError: there is no such environment, or ``environment.no-record``.
    """
    one, other = load(context, first), load(context, second)
    left, right = (_versions(context, env) for env in (one, other))
    names = sorted(left.keys() | right.keys())
    differing = tuple(_difference(name, left, right) for name in names)
    return Comparison(
        stack=_stacks(one.record.stack, other.record.stack),
        packages=tuple(found for found in differing if found is not None),
        same=sum(found is None for found in differing),
    )


def _versions(context: Context, found: Environment) -> dict[str, str]:
    """Every package by the name that Python has for it, whoever installed it."""
    here = records.contents(Path(found.record.path), context.host)
    told = {one.name: f"{one.version} ({one.source}@{one.commit})" for one in here if one.commit}
    if any(one.by == "conda" for one in here):
        return found.packages | told
    return {one.name: one.version for one in here} | told


def _stacks(one: Stack, other: Stack) -> tuple[Difference, ...]:
    left, right = _facts(one), _facts(other)
    found = (_difference(name, left, right) for name in left)
    return tuple(each for each in found if each is not None)


def _facts(stack: Stack) -> dict[str, str]:
    return {
        "python": stack.python,
        "build": stack.build,
        "runtime": stack.runtime,
        "device": stack.device,
    }


def _difference(name: str, left: Mapping[str, str], right: Mapping[str, str]) -> Difference | None:
    first, second = left.get(name), right.get(name)
    return None if first == second else Difference(name=name, first=first, second=second)


def _with_lock(one: InstalledPackage, lock: Mapping[str, str] | None) -> InstalledPackage:
    if lock is None:
        return one
    if one.name not in lock:
        return replace(one, lock="absent")
    locked = lock[one.name]
    same = not locked or same_version(locked, one.version)
    return replace(one, lock="same" if same else "other", locked=locked)


def same_version(one: str, other: str) -> bool:
    """Tell whether two versions are equal however they are written (PEP 440)."""
    if one == other:
        return True
    from packaging.version import InvalidVersion, Version

    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return False


def _matches(name: str, wanted: Sequence[str]) -> bool:
    """Tell whether a name is wanted: every one is where nothing is said."""
    from fnmatch import fnmatchcase

    from torchup.model.names import canonical_name

    return not wanted or any(fnmatchcase(name, canonical_name(one)) for one in wanted)
