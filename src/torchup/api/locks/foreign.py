"""A lock that another program wrote: the one row it is, on this machine."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final, cast

from torchup.api.locks.choice import environment_of
from torchup.backends.lock_reading import Lockfile, NotForHere, select
from torchup.backends.uv_lock import tags_of
from torchup.errors import NoAnswerError
from torchup.facts.load import load_catalogue
from torchup.model import Stack
from torchup.model.locked import LockRow
from torchup.model.names import canonical_name
from torchup.plan.quoting import command_line
from torchup.resolve.lines import installed_lines
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torchup.facts.release import Build, Release
    from torchup.model import Device, Machine

    Table = Mapping[str, Any]

_PYPI: Final = "pypi"
_INDEX: Final = re.compile(r"/whl/([A-Za-z0-9.]+)(?:/|$)")
"""The framework's own indexes are named by their builds."""


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
    catalogue = load_catalogue()
    framework = catalogue.framework
    ours = {framework.name, *framework.companions}
    versions = {canonical_name(one["name"]): str(one.get("version", "")) for one in packages}
    if framework.name not in versions:
        raise NoAnswerError(
            "lock.no-framework",
            file=lock.where,
            name=framework.name,
            quoted=_quoted(lock, machine),
        )
    pins = {name: version for name, version in versions.items() if name in ours and version}
    public = {name: version.partition("+")[0] for name, version in pins.items()}
    version = public.get(framework.name, "")
    release = catalogue.release(version)
    own = next(one for one in packages if canonical_name(one["name"]) == framework.name)
    build = _build(release, own, machine.platform) if release else None
    if build is None:
        raise NoAnswerError(
            "lock.unknown-release", file=lock.where, name=framework.name, version=version
        )
    return LockRow(
        name=_name(lock.where),
        platform=machine.platform,
        stack=Stack(
            python=line,
            packages={name: public[name] for name in (framework.name, *public)},
            build=build.name,
            runtime=build.runtime,
            device="mps" if "mps" in build.also else cast("Device", build.device),
            index_url=_place(own),
            pins=pins,
        ),
        asked=tuple(f"{name}=={said}" if name in ours else name for name, said in versions.items()),
        companions=bool(pins.keys() - {framework.name}),
    )


def _place(package: Table) -> str:
    """Where a package comes from: its index, else the folder of its first file."""
    files = [*package.get("wheels", ()), package.get("sdist", {})]
    file = str(files[0].get("url", "")) if files else ""
    return str(package.get("index") or file.rpartition("/")[0])


def _build(release: Release, package: Table, platform: str) -> Build | None:
    """The build that a file is: by its local version, else by its index, else what PyPI serves."""
    here = {one.name: one for one in release.builds if one.platform == platform}
    local = str(package.get("version", "")).partition("+")[2]
    if local:
        return here.get(local)
    files = [*package.get("wheels", ()), {"url": package.get("index", "")}]
    for file in files:
        found = _INDEX.search(str(file.get("url", "")))
        if found and found[1] in here:
            return here[found[1]]
    return next((one for one in here.values() if _PYPI in one.channels), None)


def _name(where: str) -> str:
    """``pylock.NAME.toml`` names its row."""
    return PurePath(where.replace("\\", "/")).name.removesuffix(".toml").removeprefix("pylock.")
