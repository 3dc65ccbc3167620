"""One folder of a project: its files read in the order of trust, and what is said of them."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.errors import UsageError
from torchup.facts.load import load_catalogue
from torchup.model import Reason
from torchup.model.names import canonical_name, name_of
from torchup.projects.declared import Declared, Line
from torchup.projects.folder_files import FolderFiles
from torchup.projects.kinds import TRUST, WEAK, files_of
from torchup.projects.merging import supplemented
from torchup.projects.reading import read_as
from torchup.projects.sources_of_code import read_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.host import Host
    from torchup.projects.kinds import Kind
    from torchup.projects.sources_of_code import Walk


class FolderReading:
    """One folder and what was found in it."""

    def __init__(
        self, host: Host, folder: str, code: Callable[[], Walk], *, cpu: bool, without: str
    ) -> None:
        self._host = host
        self._code = code
        self._folder = folder
        self._files = FolderFiles(host, folder, cpu=cpu, without=without)
        self._cpu = cpu
        self._passed: list[str] = []
        self._kinds_read: set[Kind] = set()
        self._broken: list[Reason] = []

    def read(self) -> Declared | None:
        """Read the folder, else the folders in it; None where nothing is declared."""
        strong = self._strong(self._files.strong, "")
        if strong is None:
            strong = self._below()
        found = strong or Declared()
        ours = self._ours()
        for kind in TRUST:
            if kind in WEAK:
                found = self._weak(found, kind, named=strong is not None)
        if strong is None or not _names_one(found, ours):
            code = read_code(self._code())
            if code is not None:
                found = supplemented(found, code, ours if strong is not None else None)
        return found if found.files else None

    def told(self, found: Declared) -> tuple[Reason, ...]:
        """Say what was read, and what was not."""
        read = ", ".join(dict.fromkeys(found.files))
        said = [Reason(code="project-read", effect="accept", subject=read, about=self._folder)]
        if self._passed:
            passed = ", ".join(dict.fromkeys(self._passed))
            said.append(
                Reason(code="project-passed", effect="accept", subject=passed, about=found.files[0])
            )
        if not _names_one(found, self._ours()):
            name = load_catalogue().framework.name
            said.append(
                Reason(code="framework-unnamed", effect="warn", subject=name, about=self._folder)
            )
        return (*said, *self._broken)

    def _ours(self) -> frozenset[str]:
        framework = load_catalogue().framework
        return frozenset((framework.name, *framework.companions))

    def _strong(self, files: Callable[[Kind], list[str]], below: str) -> Declared | None:
        """The most trusted file that names packages, with what others add to it."""
        found: Declared | None = None
        bare: list[Declared] = []
        ours = self._ours()
        for kind in TRUST:
            for name in () if kind in WEAK else files(kind):
                shown = f"{below}{name}"
                if found is not None and kind == "requirements" and kind in self._kinds_read:
                    self._passed.append(shown)
                    continue
                read = self._try(kind, shown)
                if read is None:
                    continue
                if found is None and read.packages:
                    found = read
                    self._kinds_read = {kind}
                elif found is None:
                    bare.append(read)
                else:
                    before = found
                    found = self._added(found, read, kind, ours)
                    if found is before:
                        self._passed.append(shown)
        return None if found is None else _with_bare(found, bare)

    def _added(self, found: Declared, read: Declared, kind: Kind, ours: frozenset[str]) -> Declared:
        """Add to a declaration what another of the same project knows."""
        if kind in self._kinds_read:
            return found
        wanted = frozenset() if _names_one(found, ours) else ours
        return supplemented(found, read, wanted)

    def _weak(self, found: Declared, kind: Kind, *, named: bool) -> Declared:
        ours = self._ours()
        known = named and _names_one(found, ours)
        if known and kind == "install":
            return found  # guides are mended for years after the project
        wanted = (frozenset() if known else ours) if named else None
        for name in self._files.weak(kind):
            read = self._try(kind, name)
            if read is not None and (read.packages or read.python or read.build or read.pythons):
                return supplemented(found, _as_told(read), wanted)
        return found

    def _below(self) -> Declared | None:
        """The first folder inside that declares something; others are named."""
        first: Declared | None = None
        for name, there in self._files.below():
            if first is None:
                first = self._strong(partial(files_of, names=there, cpu=self._cpu), f"{name}/")
            else:
                self._passed.append(f"{name}/")
        return first

    def _try(self, kind: Kind, shown: str) -> Declared | None:
        """Read a file; a malformed one is named, and what is trusted less is read."""
        path = str(PurePath(self._folder) / shown)
        try:
            return read_as(self._host, path, kind, shown)
        except UsageError as error:
            told = self._told_of(error, shown)
            if told is None:
                raise
            self._broken.append(told)
            return None

    def _told_of(self, error: UsageError, shown: str) -> Reason | None:
        """Say what is wrong with a file; None where nothing can be done without it."""
        said = error.details
        if error.code == "projects.malformed":
            why = said.get("why", "")
            return Reason(code="project-malformed", effect="warn", subject=shown, has=why)
        if error.code == "projects.no-dependencies":  # other things have such names too
            return Reason(code="no-dependencies", effect="accept", subject=shown)
        if error.code == "projects.misspelt-key" and self._kinds_read:
            about = f"{shown}:{said.get('line', '')}"
            key = said.get("key", "")
            return Reason(code="key-unknown", effect="warn", subject=key, about=about)
        return None


def _with_bare(found: Declared, bare: list[Declared]) -> Declared:
    """Add what more trusted files say that name no packages: the Python, what they leave open."""
    for one in bare:
        found = supplemented(found, one, frozenset())
        notes = tuple(note for note in one.notes if note not in found.notes)
        found = replace(found, notes=(*found.notes, *notes))
    return found


def _as_told(read: Declared) -> Declared:
    """Mark what is only told to people; of several ways that they are shown the first counts."""
    first: dict[str, Line] = {}
    for line in read.packages:
        name = name_of(line.text)
        bare = name in first and name_of(first[name].text) == canonical_name(first[name].text)
        if name not in first or (bare and line.text != first[name].text):
            first[name] = replace(line, firm=False)
    return replace(read, packages=tuple(first.values()))


def _names_one(found: Declared, ours: frozenset[str]) -> bool:
    """Tell whether the framework is named, with a version or without."""
    return bool({name_of(line.text) for line in found.packages} & ours)
