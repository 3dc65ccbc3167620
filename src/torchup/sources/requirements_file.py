"""Reading pip's requirements files: what is asked for, and what belongs to it.

What torchup can't follow is named, never passed over: an option that would have changed the
result and code that is no published package come back as notes, and a line that can't be taken is
an error with its file and line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.errors import UsageError
from torchup.model import Reason, shown_url
from torchup.model.stack import AllowedHashes
from torchup.sources.named import NamedPlace
from torchup.sources.pip_options import EDITABLE, FILES, FLAGS, PLACES, SHORT, WITH_VALUE
from torchup.sources.requirements_line import as_requirement, from_a_repository, has_name
from torchup.sources.requirements_text import decoded, logical_lines, split_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.host import Host
    from torchup.sources.requirements_text import LogicalLine


class RequirementsFile(Struct, frozen=True, kw_only=True):
    """What one file, or several, ask for.

    Attributes:
        packages: PEP 508 requirements.
        constraints: the same, for packages that something asks for.
        hashes: the files that may be installed, by package.
        places: further places that the lines name.
        notes: what is not followed, each with its file and line.
        origins: the file and the line of each package.
        held: the same of each constraint.
    """

    packages: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    hashes: tuple[AllowedHashes, ...] = ()
    places: tuple[NamedPlace, ...] = ()
    notes: tuple[Reason, ...] = ()
    origins: tuple[tuple[str, int], ...] = ()
    held: tuple[tuple[str, int], ...] = ()


def read_requirements(host: Host, files: Sequence[str]) -> RequirementsFile:
    """Read requirements files and the ones that they include, each once.

    Args:
        host: whose files and variables are read.
        files: their paths.

    Raises:
        UsageError: a ``requirements.*`` code, with the file and the line.
    """
    reader = _Reader(host)
    for file in files:
        reader.read(file, constrains=False, included_by=("", 0))
    return RequirementsFile(
        packages=tuple(reader.packages),
        constraints=tuple(reader.constraints),
        hashes=tuple(
            AllowedHashes(name=name, hashes=tuple(dict.fromkeys(found)))
            for name, found in reader.hashes.items()
        ),
        places=tuple(reader.places),
        notes=tuple(reader.notes),
        origins=tuple(reader.origins),
        held=tuple(reader.held),
    )


class _Reader:
    """The files read so far."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._seen: set[tuple[str, bool]] = set()
        self.packages: list[str] = []
        self.constraints: list[str] = []
        self.hashes: dict[str, list[str]] = {}
        self.places: list[NamedPlace] = []
        self.notes: list[Reason] = []
        self.origins: list[tuple[str, int]] = []
        self.held: list[tuple[str, int]] = []

    def read(self, file: str, *, constrains: bool, included_by: tuple[str, int]) -> None:
        """Read one file; a file that includes itself is read once."""
        key = (self._host.real_path(file), constrains)
        if key in self._seen:
            return
        self._seen.add(key)
        data = self._host.read(file)
        if data is None and included_by[1]:
            by, number = included_by
            raise UsageError("requirements.nested-not-there", file=by, line=number, other=file)
        if data is None:
            raise UsageError("requirements.not-there", file=file)
        for line in logical_lines(decoded(data, file), self._host.env):
            self._take(file, line, constrains=constrains)

    def _take(self, file: str, line: LogicalLine, *, constrains: bool) -> None:
        try:
            said, words = split_options(line.text)
        except ValueError as error:
            raise UsageError(
                "requirements.quotation", file=file, line=line.number, text=line.text
            ) from error
        options = list(_options(file, line, words))
        if not said:
            for name, value in options:
                self._follow(file, line, name, value, constrains=constrains)
            return
        if from_a_repository(said) and not has_name(said):
            self._note(file, line, said, "left-git")
            return
        requirement, name = as_requirement(self._host, file, line.number, said)
        (self.constraints if constrains else self.packages).append(requirement)
        (self.held if constrains else self.origins).append((file, line.number))
        for option, value in options:
            if option == "--hash":
                self.hashes.setdefault(name, []).append(_hash(file, line, value))
            else:
                self._note(file, line, f"{option} {value}".strip())

    def _follow(
        self, file: str, line: LogicalLine, name: str, value: str, *, constrains: bool
    ) -> None:
        if name in FILES:
            if "://" in value and not value.startswith("file:"):
                raise UsageError(
                    "requirements.nested-address",
                    file=file,
                    line=line.number,
                    url=shown_url(value),
                )
            self.read(
                _beside(file, value),
                constrains=constrains or FILES[name],
                included_by=(file, line.number),
            )
        elif name in PLACES:
            where = value if "://" in value else _beside(file, value)
            origin = f"{file}:{line.number}"
            self.places.append(NamedPlace(kind=PLACES[name], url=where, origin=origin))
        elif name in EDITABLE:
            self._note(
                file, line, value, "left-git" if from_a_repository(value) else "left-editable"
            )
        else:
            self._note(file, line, f"{name} {value}".strip())

    def _note(
        self, file: str, line: LogicalLine, subject: str, code: str = "file-option-ignored"
    ) -> None:
        self.notes.append(
            Reason(
                code=code,
                effect="warn",
                subject=shown_url(subject),
                about=f"{file}:{line.number}",
            )
        )


def _options(file: str, line: LogicalLine, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield options with their values, empty for those that take none."""
    valued = {*FILES, *PLACES, *EDITABLE, *WITH_VALUE, "--hash"}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        short = word[:SHORT]
        if name in FLAGS and not equals:
            yield name, ""
        elif name in valued:
            given = value if equals else next(rest, "")
            if not given:
                raise UsageError("requirements.no-value", file=file, line=line.number, option=name)
            yield name, given
        elif short in valued and not word.startswith("--"):
            yield short, word[SHORT:].removeprefix("=")
        else:
            raise UsageError(
                "requirements.unknown-option", file=file, line=line.number, option=word
            )


def _hash(file: str, line: LogicalLine, value: str) -> str:
    kind, colon, digest = value.partition(":")
    if not colon or kind not in ("sha256", "sha384", "sha512") or not digest:
        raise UsageError("requirements.hash", file=file, line=line.number, text=value)
    return f"{kind}:{digest.lower()}"


def _beside(file: str, named: str) -> str:
    """The path of what a file names, seen from the file's own folder."""
    from pathlib import Path

    return str(Path(file).parent / Path(named.removeprefix("file://")).expanduser())
