"""What is known of how projects declare what they need; read only where one is read.

Long: one table of tables, a type each, and the ways to ask it.
"""

from __future__ import annotations

import re
import sys
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.facts.current import in_force
from torchup.facts.frameworks import DEFAULT
from torchup.facts.schema import File, PythonMinor, Sources, Version
from torchup.facts.seldom import read_seldom
from torchup.model import FactRef
from torchup.model.names import canonical_name, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.facts.current import InForce

PROJECTS_FILE: Final = "projects.toml"
IMPORTS_FILE: Final = "imports.toml"
_MONTH: Final = re.compile(r"\d{2}\.\d{2}(?![\w.])")
"""The tag of an image that comes out each month: its year and month, then how it was made."""


class Renames(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names, each with the one that is meant."""

    names: dict[str, str]
    source: Sources


class Names(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names or patterns of names; ``keep`` are the exceptions."""

    names: tuple[str, ...]
    source: Sources
    keep: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Tell whether a name is one of them."""
        return name not in self.keep and any(fnmatchcase(name, one) for one in self.names)


class ImageTag(Struct, frozen=True, array_like=True):
    """From this tag (``21.10``) on an image holds this release of the framework and Python."""

    first: str
    release: str
    python: PythonMinor


class Image(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An image with builds of its own, the oldest tag first; ``last`` is the newest known tag."""

    name: str
    framework: str = DEFAULT
    tags: tuple[ImageTag, ...]
    last: str
    source: Sources


class Implied(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Packages that are of no use without a framework."""

    framework: str
    names: tuple[str, ...]
    source: Sources


class Moves(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which pins of a project may be moved forward: those below a release, and not beyond it."""

    before: Version
    source: Sources


class BuildTools(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A constraint on the tools that build packages, for those whose build says something."""

    says: str
    constraint: str
    source: Sources


class ProjectsFile(File, frozen=True, kw_only=True):
    """``projects.toml``."""

    misnamed: tuple[Renames, ...]
    conda: tuple[Renames, ...]
    foreign: tuple[Names, ...]
    runtimes: tuple[Names, ...]
    windows: tuple[Names, ...]
    backports: tuple[Renames, ...]
    brought: tuple[Names, ...]
    rivals: tuple[Names, ...]
    implied: tuple[Implied, ...] = ()
    images: tuple[Image, ...]
    moves: Moves
    tools: tuple[BuildTools, ...]
    undeclared: tuple[Names, ...]


class ImportRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A module that another distribution brings; ``other`` where a stranger's has its name."""

    name: str
    brings: str
    source: Sources
    other: bool = False


class ElsewhereRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A module that no package of the public index brings, and where it is."""

    name: str
    place: str
    source: Sources
    other: bool = False


class OwnRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A module that is mostly a folder of the project itself."""

    name: str
    source: Sources
    other: bool = False


class EqualRows(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Modules whose distributions have their names."""

    names: tuple[str, ...]
    source: Sources


class ImportsFile(File, frozen=True, kw_only=True):
    """``imports.toml``."""

    standard: tuple[str, ...]
    imports: tuple[ImportRow, ...]
    elsewhere: tuple[ElsewhereRow, ...]
    own: tuple[OwnRow, ...]
    equal: tuple[EqualRows, ...]


class ProjectFacts:
    """The tables, ready to be asked."""

    def __init__(self, file: ProjectsFile) -> None:
        self._file = file
        self._misnamed = _joined(file.misnamed)
        self._conda = _joined(file.conda)
        self._backports = _joined(file.backports)

    def meant(self, name: str) -> str:
        """The package that somebody means who writes a name for pip; empty for that very one."""
        return self._misnamed.get(canonical_name(name), "")

    def on_pypi(self, name: str) -> str:
        """What pip calls a package of conda."""
        return self._conda.get(canonical_name(name), name)

    def is_foreign(self, name: str) -> bool:
        """Tell whether a package of conda is none of Python's."""
        return any(one.has(name) for one in self._file.foreign)

    def is_runtime(self, name: str) -> bool:
        """Tell whether a package says which CUDA a stack was made for."""
        return any(one.has(name) for one in self._file.runtimes)

    def is_of_windows(self, name: str) -> bool:
        """Tell whether a package exists for Windows alone; the name is a normalised one."""
        return any(one.has(name) for one in self._file.windows)

    def in_python_since(self, name: str) -> str:
        """The first Python that has a package itself (``3.7``); empty for others."""
        return self._backports.get(name, "")

    def build_tools(self, said: str) -> str:
        """The constraint on build tools with which a build succeeds that failed; empty for none.

        Args:
            said: what the failed build printed.
        """
        return next((one.constraint for one in self._file.tools if one.says in said), "")

    @property
    def undeclared_tools(self) -> frozenset[str]:
        """Tools that sources use which don't name them, by normalised names."""
        return frozenset(name for one in self._file.undeclared for name in one.names)

    def is_brought(self, name: str) -> bool:
        """Tell whether the framework's wheels bring a package in their own version."""
        return any(one.has(name) for one in self._file.brought)

    def is_rival(self, name: str) -> bool:
        """Tell whether a package is another framework; the name is a normalised one."""
        return any(one.has(name) for one in self._file.rivals)

    def implied_by(self, names: Iterable[str]) -> tuple[str, str]:
        """A framework that packages can't do without, and which of them; empty for none."""
        for name in names:
            for one in self._file.implied:
                if name in one.names:
                    return one.framework, name
        return "", ""

    def framework_in(self, image: str) -> str:
        """The framework that an image with builds of its own holds; empty where unknown."""
        return next((one.framework for one in self._file.images if one.name == image), "")

    def image(self, name: str, tag: str) -> ImageTag | None:
        """What an image holds, by its name and tag; None where that is not known."""
        found = next((one for one in self._file.images if one.name == name), None)
        month = _MONTH.match(tag)
        if found is None or month is None or month[0] > found.last:
            return None
        fitting = [one for one in found.tags if one.first <= month[0]]
        return fitting[-1] if fitting else None

    @property
    def moves_before(self) -> str:
        """The release below which a project's pin may be moved forward, and not beyond."""
        return self._file.moves.before

    @property
    def moves_fact(self) -> FactRef:
        """Where that is written."""
        return FactRef(
            file=PROJECTS_FILE,
            key="moves",
            url=" ; ".join(self._file.sources[short] for short in self._file.moves.source),
            checked=self._file.checked.isoformat(),
        )


class ImportFacts:
    """Which distribution brings a module."""

    def __init__(self, file: ImportsFile) -> None:
        equal = {name: name.replace("_", "-") for rows in file.equal for name in rows.names}
        self._brings = equal | {row.name: row.brings for row in file.imports}
        self._packages = {canonical_name(name_of(one)) for one in self._brings.values()}
        self._places = {row.name: row.place for row in file.elsewhere}
        self._strangers = {canonical_name(row.name) for row in file.elsewhere if row.other}
        self._own = {row.name for row in file.own}
        self._standard = frozenset(file.standard) | sys.stdlib_module_names

    def is_standard(self, module: str) -> bool:
        """Tell whether a module belongs to Python, of whatever age."""
        return module in self._standard

    def brings(self, module: str) -> str:
        """The requirement that brings a module; empty where none is known."""
        return self._brings.get(module, "")

    def place(self, module: str) -> str:
        """Where a module is that no package brings; empty for others."""
        return self._places.get(module, "")

    def is_strangers(self, package: str) -> bool:
        """Tell whether the package of a normalised name is a stranger's: it is meant otherwise."""
        return package in self._strangers

    def is_package(self, name: str) -> bool:
        """Tell whether the package of a normalised name is known to bring a module."""
        return name in self._packages

    def is_own(self, module: str) -> bool:
        """Tell whether a module is mostly a folder of the project itself."""
        return module in self._own


def load_project_facts() -> ProjectFacts:
    """Load what is needed to read declarations.

    Raises:
        ValueError: the table is damaged.
    """
    return _projects(in_force())


def load_import_facts() -> ImportFacts:
    """Load which distribution brings which module.

    Raises:
        ValueError: the table is damaged.
    """
    return _imports(in_force())


@cache
def _projects(_facts: InForce) -> ProjectFacts:
    return ProjectFacts(read_seldom(PROJECTS_FILE, ProjectsFile))


@cache
def _imports(_facts: InForce) -> ImportFacts:
    return ImportFacts(read_seldom(IMPORTS_FILE, ImportsFile))


def _joined(rows: tuple[Renames, ...]) -> dict[str, str]:
    return {canonical_name(name): meant for row in rows for name, meant in row.names.items()}
