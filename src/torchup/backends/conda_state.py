"""What an environment of conda's is like before it is changed: its records, its wishes, its pins.

conda's records are the truth of what is there, since conda, mamba and micromamba may have changed
it too. A record says by ``requested_spec`` what somebody asked for by name; ``conda-meta/pinned``
holds what must stay as it is (conda's user guide, "Preventing packages from updating").
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from torchup.backends.conda_lock import pip_part, read_lock
from torchup.backends.conda_prefix import META, PINNED
from torchup.backends.conda_specs import spellings
from torchup.backends.inputs import Changing
from torchup.backends.pylock import locked_versions
from torchup.early import read_file, read_text
from torchup.model.names import canonical_name
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from torchup.backends.inputs import Conda

_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_NOBODY: Final = frozenset({"", "None"})
"""What stands in the place of a wish where there was none."""


class Record(Struct, frozen=True):
    """What is read of one package's record."""

    name: str
    version: str
    build: str
    depends: tuple[str, ...] = ()
    requested_spec: str | None = None
    requested_specs: tuple[str, ...] = ()

    @property
    def wish(self) -> str:
        """How somebody asked for it; empty where it only came along."""
        said = self.requested_spec or next(iter(self.requested_specs), "")
        return "" if said in _NOBODY else said


class State(Struct, frozen=True, kw_only=True):
    """An environment as it is.

    Attributes:
        files: the records' files.
        records: what they say.
        pins: the lines of ``pinned`` that are not torchup's own.
    """

    files: tuple[Path, ...] = ()
    records: tuple[Record, ...] = ()
    pins: tuple[str, ...] = ()


def read_state(prefix: Path, ours: Collection[str] = ()) -> State:
    """Read an environment; a record that can't be read is left out.

    Args:
        prefix: the environment.
        ours: conda's names of the packages whose pins are torchup's.
    """
    files, records = [], []
    for file in sorted((prefix / META).glob("*.json")):
        try:
            record = msgspec.json.decode(read_file(file), type=Record)
        except (OSError, *NO_DOCUMENT):
            continue
        files.append(file)
        records.append(record)
    pins = tuple(line for line in read_pins(prefix) if name_in(line) not in ours)
    return State(files=tuple(files), records=tuple(records), pins=pins)


def read_pins(prefix: Path) -> tuple[str, ...]:
    """Return the specifications of ``conda-meta/pinned``, comments left out."""
    try:
        lines = read_text(prefix / META / PINNED).splitlines()
    except (OSError, UnicodeDecodeError):
        return ()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def changing_of(
    prefix: Path, lock: str, named: Iterable[str], *, held: bool, kept: bool
) -> Changing:
    """Return what the solver is told of an environment that is there.

    Args:
        prefix: the environment.
        lock: its lock's text; what is damaged of it says nothing.
        named: the names of what is to be added, removed or upgraded now.
        held: the framework keeps the very build that it has.
        kept: what is there is preferred to what is newer.
    """
    try:
        found = read_lock(lock)
        by_pip = locked_versions(pip_part(lock).encode()) or {}
    except NO_DOCUMENT:
        found, by_pip = None, {}
    specs = [one for one in found.specs if one not in found.others] if found else []
    ours = (*map(name_in, specs), *map(canonical_name, named))
    return Changing(
        prefix=str(prefix),
        ours=ours,
        by_pip=tuple(by_pip),
        held=held,
        kept=kept,
        unlocked=found is None,
    )


def wishes_of_others(state: State, conda: Conda) -> tuple[str, ...]:
    """Return what somebody else asked for: such as what ``conda install`` brought since.

    Args:
        state: the environment.
        conda: what torchup asks for now.
    """
    ours = (
        {name for one in conda.changing.ours for name in spellings(one)}
        if conda.changing
        else set()
    )
    ours |= {*conda.names, *map(name_in, conda.specs)}
    needed = {name_in(need) for one in state.records for need in one.depends}
    every = conda.changing is not None and conda.changing.unlocked
    return tuple(
        _bare(one.wish or one.name, one.name)
        for one in state.records
        if one.name not in ours and (one.wish or (every and one.name not in needed))
    )


def builds_held(state: State, names: Iterable[str]) -> tuple[str, ...]:
    """Return specifications that hold the framework's packages to the builds that are there."""
    wanted = set(names)
    return tuple(
        f"{one.name} =={one.version} {one.build}" for one in state.records if one.name in wanted
    )


def needed_by(prefix: Path, name: str) -> tuple[str, ...]:
    """Name the packages whose records ask for one, itself left out."""
    return tuple(
        one.name
        for one in read_state(prefix).records
        if one.name != name and any(name_in(need) == name for need in one.depends)
    )


def name_in(spec: str) -> str:
    """Return the name that a match specification is about; its channel is passed over."""
    found = _NAME.match(spec.rpartition("::")[2])
    return found[0].lower() if found else ""


def _bare(spec: str, name: str) -> str:
    """Take the channel and everything in brackets out of a wish: it may be from anywhere."""
    bare = spec.rpartition("::")[2].partition("[")[0].strip()
    return bare if name_in(bare) == name else name
