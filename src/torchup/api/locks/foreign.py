"""A lock that another program wrote: the one row it is, on this machine."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, cast

from torchup.api.locks.choice import environment_of
from torchup.api.locks.locked_builds import build_of, distribution
from torchup.backends.lock_reading import Lockfile, NotForHere, select
from torchup.backends.uv_lock import tags_of
from torchup.errors import NoAnswerError
from torchup.facts.frameworks import FRAMEWORKS, named_in
from torchup.facts.load import load_catalogue
from torchup.model import Stack
from torchup.model.locked import LockRow
from torchup.model.names import canonical_name
from torchup.plan.quoting import command_line
from torchup.resolve.lines import installed_lines
from torchup.resolve.numbers import dotted
from torchup.resolve.several import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Device, Machine

    Table = Mapping[str, Any]


def row_of(lock: Lockfile, machine: Machine, python: str = "") -> LockRow:
    """Read the row that a lock without torchup's table is, for a Python that it can be had for.

    Args:
        lock: the lock.
        machine: this machine.
        python: the release line that is tried first: the environment's own.

    Raises:
        NoAnswerError: ``lock.not-for-here``, ``lock.no-framework`` or ``lock.unknown-release``.
    """
    failed = ""
    for line in _lines(machine, python):
        try:
            packages = select(lock, "", environment_of(machine, line), tags_of(line))
        except NotForHere as error:
            failed = failed or str(error)
            continue
        return _row(lock, machine, line, packages)
    raise NoAnswerError(
        "lock.not-for-here", file=lock.where, why=failed, quoted=_quoted(lock, machine)
    )


def _lines(machine: Machine, first: str) -> Iterable[str]:
    """The Pythons to try: the environment's, those that are here, those that can be fetched."""
    here = sorted(installed_lines(machine), key=lambda line: dotted(line.rstrip("t")), reverse=True)
    known = [one.minor for one in load_catalogue().pythons]
    known.sort(key=dotted, reverse=True)
    return dict.fromkeys([*([first] if first else []), *here, *known])


def _quoted(lock: Lockfile, machine: Machine) -> str:
    return command_line(lock.where, windows=machine.os.system == "windows")


def _row(lock: Lockfile, machine: Machine, line: str, packages: tuple[Table, ...]) -> LockRow:
    versions = {canonical_name(one["name"]): str(one.get("version", "")) for one in packages}
    stacks: dict[str, Stack] = {}
    for name in named_in(versions):
        catalogue = load_catalogue(name)
        if not distribution(catalogue.framework, versions):
            continue
        try:
            stacks[name] = _stack(lock, machine, line, packages, catalogue)
        except NoAnswerError:
            if not stacks:
                raise
            # Often it only came along with another package: it is installed as locked, unjudged.
    if not stacks:
        raise NoAnswerError(
            "lock.no-framework",
            file=lock.where,
            names=", ".join(FRAMEWORKS),
            quoted=_quoted(lock, machine),
        )
    stack, _ = joined(stacks, {})
    pins = stack.installed
    return LockRow(
        name=_name(lock.where),
        platform=machine.platform,
        stack=stack,
        asked=tuple(f"{name}=={said}" if name in pins else name for name, said in versions.items()),
        companions=len(stack.packages) > len(stacks),
    )


def _stack(
    lock: Lockfile, machine: Machine, line: str, packages: tuple[Table, ...], catalogue: Catalogue
) -> Stack:
    """What a lock holds of one framework.

    Raises:
        NoAnswerError: ``lock.unknown-release``.
    """
    framework = catalogue.framework
    versions = {canonical_name(one["name"]): str(one.get("version", "")) for one in packages}
    published = distribution(framework, versions)
    own = next(one for one in packages if canonical_name(one["name"]) == published)
    pins = {framework.name: versions[published]}
    pins |= {name: versions[name] for name in framework.companions if versions.get(name)}
    public = {name: version.partition("+")[0] for name, version in pins.items()}
    version = public[framework.name]
    release = catalogue.release(version)
    build = build_of(release, own, machine.platform, versions, framework.name) if release else None
    if build is None:
        raise NoAnswerError(
            "lock.unknown-release", file=lock.where, name=published, version=version
        )
    return Stack(
        python=line,
        packages=public,
        build=build.name,
        runtime=build.runtime,
        device="mps" if "mps" in build.also else cast("Device", build.device),
        index_url=_place(own),
        pins=pins,
        extras={framework.name: build.extra} if build.extra else {},
        distributions={framework.name: published} if published != framework.name else {},
    )


def _place(package: Table) -> str:
    """Where a package comes from: its index, else the folder of its first file."""
    files = [*package.get("wheels", ()), package.get("sdist", {})]
    file = str(files[0].get("url", "")) if files else ""
    return str(package.get("index") or file.rpartition("/")[0])


def _name(where: str) -> str:
    """``pylock.NAME.toml`` names its row."""
    return PurePath(where.replace("\\", "/")).name.removesuffix(".toml").removeprefix("pylock.")
