"""Solving with rattler, and with uv for what no channel has."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.backends.conda_listing import SUBDIRS
from torchup.backends.conda_lock import CondaLock, Locked, write_lock
from torchup.backends.conda_pip import python_packages, solve_beside
from torchup.backends.conda_rattler import channels, gateway, rattler, run, subdirs
from torchup.backends.conda_records import record_at
from torchup.backends.conda_specs import read_wish, spellings
from torchup.backends.conda_state import State, builds_held, name_in, read_state, wishes_of_others
from torchup.errors import NoAnswerError, OutsideError
from torchup.model import Artifact
from torchup.model.builds import conda_build
from torchup.model.source import kept_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchup.backends.conda_rattler import Rattler
    from torchup.backends.conda_specs import Wish
    from torchup.backends.inputs import Conda, Inputs
    from torchup.host import Host
    from torchup.state.home import Home


def solve(host: Host, home: Home, inputs: Inputs, into: Path) -> tuple[str, tuple[Artifact, ...]]:
    """Solve, and return the lock's text and the files it names.

    What no channel has is left to uv, which installs it afterwards into conda's Python.

    Raises:
        NoAnswerError: ``conda.no-solution``, or a ``uv.*`` code for the rest.
        OutsideError: another ``conda.*`` or ``uv.*`` code.
    """
    conda = inputs.conda
    if conda is None:
        raise OutsideError("conda.no-channel")
    question = _Question(host, home, inputs, conda)
    wishes = [read_wish(line, conda.environment) for line in inputs.requirements]
    counting = [one for one in wishes if one is not None]
    taken, left = question.split(counting)
    held = [read_wish(line, conda.environment) for line in inputs.constraints]
    limits = [one.spec(name) for one in held if one for name in one.names[:2]]
    specs = (*conda.specs, *taken, *question.others)
    records = question.records(specs, (*limits, *question.limits))
    question.check(records)
    locked = tuple(question.locked(one) for one in records)
    lock = CondaLock(
        subdir=SUBDIRS[conda.platform],
        specs=specs,
        pinned=conda.pinned,
        others=question.others,
        channels=tuple(kept_url(one.url) for one in inputs.sources.channels),
        packages=locked,
    )
    artifacts = tuple(artifact(one, conda) for one in locked)
    if not left:
        return write_lock(lock), artifacts
    there = python_packages(locked, conda.names)
    pylock, more = solve_beside(host, home, inputs, left, there, into=into)
    return write_lock(lock, pylock), (*artifacts, *more)


def artifact(one: Locked, conda: Conda) -> Artifact:
    """Return a package as it is shown; the framework's own by its name, and with its build."""
    name = conda.names.get(one.name)
    build = conda_build(one.build) if name else ""
    return Artifact(
        name=name or one.name,
        version=f"{one.version}+{build}" if build else one.version,
        url=one.url,
        sha256=one.sha256,
        size=one.size or None,
    )


class _Question:
    """What is asked of the channels."""

    def __init__(self, host: Host, home: Home, inputs: Inputs, conda: Conda) -> None:
        self._module = rattler(host, home, inputs.sources, offline=inputs.offline)
        self._gateway = gateway(self._module, home, offline=inputs.offline)
        self._channels = channels(self._module, inputs.sources.channels)
        self._subdirs = subdirs(self._module, SUBDIRS[conda.platform])
        self._inputs = inputs
        self._conda = conda
        changing = conda.changing
        own = {*map(name_in, conda.pinned)}
        self._state = read_state(Path(changing.prefix), own) if changing else State()
        self.others = wishes_of_others(self._state, conda)
        held = builds_held(self._state, conda.names) if changing and changing.held else ()
        self.limits = (*self._state.pins, *held)
        self._by_pip = frozenset((*conda.by_pip, *(changing.by_pip if changing else ())))

    def _kept(self) -> list[Rattler]:
        """What is there and is preferred to what is newer; what is to be fresh is not."""
        changing = self._conda.changing
        if changing is None or not changing.kept:
            return []
        fresh = {name for one in self._inputs.fresh for name in spellings(one)}
        theirs = {name for name, own in self._conda.names.items() if own in self._inputs.fresh}
        found = (
            record_at(self._module, file)
            for file, one in zip(self._state.files, self._state.records, strict=True)
            if one.name not in fresh | theirs
        )
        return [one for one in found if one is not None]

    def split(self, wishes: Iterable[Wish]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Tell what a channel has, as specifications, from what is left to pip, as it stands."""
        wanted = [
            replace(one, names=()) if self._by_pip.intersection(one.names) else one
            for one in wishes
        ]
        known = self._known([name for one in wanted for name in one.names])
        taken: list[str] = []
        left: list[str] = []
        for one in wanted:
            name = next((name for name in one.names if name in known), None)
            if name is not None:
                taken.append(one.spec(name))
            else:
                left.append(one.line)
        return tuple(taken), tuple(left)

    def _known(self, names: list[str]) -> set[str]:
        if not names:
            return set()

        async def ask() -> set[str]:
            answer = await self._gateway.query(
                self._channels,
                self._subdirs,
                names,
                recursive=False,
                channel_relations="disabled",
            )
            return {one.name.normalized for part in answer for one in part}

        return run(ask, offline=self._inputs.offline)

    def records(self, specs: Sequence[str], constraints: Sequence[str]) -> list[Rattler]:
        """Solve, and return what should be there, what others need before them."""
        module, inputs = self._module, self._inputs
        virtual = [_virtual(module, one) for one in self._conda.virtual]
        day = inputs.as_of
        until = datetime.fromisoformat(day) + timedelta(days=1) if day else None

        async def ask() -> list[Rattler]:
            found: list[Rattler] = await module.solve(
                self._channels,
                list(specs),
                gateway=self._gateway,
                platforms=self._subdirs,
                locked_packages=self._kept(),
                virtual_packages=virtual,
                constraints=list(constraints) or None,
                channel_relations="disabled",
                exclude_newer=until.replace(tzinfo=timezone.utc) if until else None,
                timestamp_policy="allow-missing",
            )
            return found

        records = {one.name.normalized: one for one in run(ask, offline=inputs.offline)}
        order = module.PackageRecord.sort_topologically(list(records.values()))
        return [records[one.name.normalized] for one in order]

    def check(self, records: Iterable[Rattler]) -> None:
        """See that the framework that came is of the planned build: never the CPU's by accident.

        Raises:
            NoAnswerError: ``conda.other-build``.
        """
        for one in records:
            build = conda_build(str(one.build))
            wanted = self._conda.builds.get(one.name.normalized, build)
            if build not in ("", wanted):
                raise NoAnswerError(
                    "conda.other-build",
                    name=one.name.normalized,
                    needs=wanted,
                    has=str(one.build),
                )

    def locked(self, record: Rattler) -> Locked:
        """Return a record in the form in which it is kept."""
        stamp = record.timestamp
        noarch = record.noarch
        return Locked(
            name=record.name.source,
            version=str(record.version),
            build=str(record.build),
            build_number=record.build_number,
            subdir=record.subdir,
            fn=record.file_name,
            url=kept_url(record.url),
            channel=self._channel_of(record.url),
            sha256=record.sha256.hex() if record.sha256 else "",
            md5=record.md5.hex() if record.md5 else "",
            size=record.size or 0,
            depends=tuple(record.depends),
            constrains=tuple(record.constrains),
            noarch="python" if noarch.python else "generic" if noarch.generic else "",
            license=record.license or "",
            timestamp=round(stamp.timestamp() * 1000) if stamp else 0,
            track_features=tuple(record.track_features),
            python_site_packages_path=record.python_site_packages_path or "",
        )

    def _channel_of(self, url: str) -> str:
        sources = self._inputs.sources.channels
        fitting = [one for one in sources if kept_url(url).startswith(f"{kept_url(one.url)}/")]
        return max(fitting, key=lambda one: len(one.url)).id if fitting else ""


def _virtual(module: Rattler, text: str) -> Rattler:
    """Read ``__cuda=12.6=0``."""
    name, version, build = text.split("=")
    return module.GenericVirtualPackage(
        module.PackageName(name), module.Version(version), module.BuildString(build)
    )
