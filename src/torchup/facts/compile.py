"""Makes the generated, fast-loading form of the catalogue from the TOML files."""

from __future__ import annotations

import hashlib
from copy import copy
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from torchup.facts import schema
from torchup.facts.catalogue import Beside, Framework
from torchup.facts.compile_processor import features, floors
from torchup.facts.compile_release import compile_release
from torchup.facts.compile_special import (
    elsewhere,
    forward,
    forward_cards,
    metal,
    overrides,
    supports,
)
from torchup.facts.compile_tables import (
    archs,
    branches,
    complete_from,
    displays,
    pythons,
    runtimes,
    traps,
)
from torchup.facts.frameworks import FRAMEWORKS
from torchup.facts.gpus import GpuFact, normal_name
from torchup.facts.ledger import Ledger
from torchup.model.makers import MAKERS
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


FRAMEWORK_FILE: Final = "framework.toml"
_File = TypeVar("_File", bound=schema.File)


class Folder:
    """The TOML files of one data folder.

    Args:
        root: the folder; each sub-folder with a ``framework.toml`` holds a framework. Until
            :meth:`of` says otherwise it is about the first one.

    Raises:
        ValueError: there is no framework.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        #: (file, source) → where the source's row really stands, and the day it was checked.
        self.origins: dict[tuple[str, str], tuple[str, str]] = {}
        #: The frameworks that the folder knows, in their own order.
        self.frameworks = [one for one in FRAMEWORKS if (root / one / FRAMEWORK_FILE).is_file()]
        if not self.frameworks:
            raise ValueError(f"there is no {FRAMEWORK_FILE}")
        self.framework = self.frameworks[0]

    def of(self, framework: str) -> Folder:
        """The same files, about another framework."""
        other = copy(self)
        other.framework = framework
        return other

    def read(self, name: str, kind: type[_File]) -> _File:
        """Read one file.

        Raises:
            ValueError: it doesn't fit its schema; the message names the file.
        """
        try:
            return msgspec.toml.decode((self.root / name).read_bytes(), type=kind)
        except (ValueError, *NO_DOCUMENT) as error:
            raise ValueError(f"{name}: {error}") from error

    def releases(self) -> dict[str, schema.ReleaseFile]:
        """Read the framework's releases by file name, newest first."""
        names = [
            f"{self.framework}/releases/{path.name}"
            for path in (self.root / self.framework / "releases").glob("*.toml")
        ]
        return newest_first({name: self.read(name, schema.ReleaseFile) for name in names})

    def digest(self) -> str:
        """Name the content of all TOML files, whatever their line ends."""
        state = hashlib.sha256()
        for path in sorted(self.root.rglob("*.toml")):
            state.update(path.relative_to(self.root).as_posix().encode() + b"\0")
            state.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
        return state.hexdigest()


def newest_first(found: dict[str, schema.ReleaseFile]) -> dict[str, schema.ReleaseFile]:
    """Sort releases by their version."""
    names = sorted(found, key=lambda name: _order(found[name].version), reverse=True)
    return {name: found[name] for name in names}


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def compile_catalogue(root: Path | Folder, about: str = "") -> bytes:
    """Make the fast form of a framework's catalogue: JSON with a line per release, and per table.

    Args:
        root: the TOML files.
        about: which framework; empty for the first.

    Raises:
        ValueError: a file is missing, doesn't fit its schema, or names an unknown source.
    """
    folder = root if isinstance(root, Folder) else Folder(root)
    folder = folder.of(about) if about else folder
    ledger = Ledger(folder.origins)
    framework = _framework(folder, ledger)
    files = folder.releases()
    by_version = {file.version: file for file in files.values()}
    tables = {"framework": framework, **_tables(folder, ledger)}
    releases = [
        compile_release(file_name, file, by_version, ledger) for file_name, file in files.items()
    ]
    head = {"digest": folder.digest(), "checked": ledger.last_day()}
    lines = [f'"{key}":{_json(value)}' for key, value in (head | tables).items()]
    lines.append(f'"releases":[\n{_rows(releases)}\n]')
    lines.append(ledger.json())
    return ("{" + ",\n".join(lines) + "}\n").encode()


def _framework(folder: Folder, ledger: Ledger) -> Framework:
    """What the framework's own file says of it."""
    name = f"{folder.framework}/{FRAMEWORK_FILE}"
    given = folder.read(name, schema.FrameworkFile)
    beside = tuple(
        Beside(
            row.requirement,
            row.before,
            row.systems,
            ledger.add(name, f"beside {row.requirement}", row.source, given),
        )
        for row in given.beside
    )
    return Framework(
        given.name,
        given.companions,
        given.publishes,
        given.index_base,
        beside,
        given.nightly,
        given.misnamed,
        given.longest_path,
        given.extras,
        given.title or given.name,
        given.packages,
        given.trial,
        given.compiles,
        given.stands_for,
    )


def _tables(folder: Folder, ledger: Ledger) -> dict[str, object]:
    """The tables beside the releases, by their names in the fast form."""
    return {
        "runtimes": runtimes(folder, ledger),
        "archs": archs(folder, ledger),
        "branches": branches(folder, ledger),
        "complete_from": complete_from(folder),
        "pythons": pythons(folder, ledger),
        "traps": traps(folder, ledger),
        "supports": supports(folder, ledger),
        "overrides": overrides(folder, ledger),
        "elsewhere": elsewhere(folder, ledger),
        "forward": forward(folder, ledger),
        "forward_cards": forward_cards(folder),
        "metal": metal(folder, ledger),
        "features": features(folder, ledger),
        "floors": floors(folder, ledger),
    }


def compile_gpus(root: Path | Folder) -> bytes:
    """Make the fast form of the cards: JSON with a line per card.

    Raises:
        ValueError: a file doesn't fit its schema, or names an unknown source.
    """
    folder = root if isinstance(root, Folder) else Folder(root)
    ledger = Ledger(folder.origins)
    cards: list[GpuFact] = []
    for vendor in MAKERS:
        name = f"{vendor}/gpus.toml"
        if not (folder.root / name).is_file():
            continue
        file = folder.read(name, schema.GpusFile)
        for row in file.gpus:
            ref = ledger.add(name, f"gpus.{row.name}", row.source, file)
            cards.append(
                GpuFact(
                    name=row.name,
                    vendor=vendor,
                    archs=row.archs,
                    chip=row.chip,
                    pci_ids=row.pci_ids,
                    note=row.note,
                    fact=ref,
                    listed=row.listed,
                    compared=normal_name(row.name),
                )
            )
    parts = [
        f'"digest":"{folder.digest()}"',
        f'"displays":[\n{_rows(displays(folder, ledger))}\n]',
        f'"cards":[\n{_rows(cards)}\n]',
        ledger.json(),
    ]
    return ("{" + ",\n".join(parts) + "}\n").encode()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _rows(values: Iterable[object]) -> str:
    return ",\n".join(_json(value) for value in values)
