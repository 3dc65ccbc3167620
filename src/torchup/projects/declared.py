"""What a project, or one of its files, says that it needs."""

from __future__ import annotations

from msgspec import Struct

from torchup.model import Reason
from torchup.model.stack import AllowedHashes
from torchup.sources.named import NamedPlace


class Line(Struct, frozen=True, kw_only=True):
    """One requirement and where it stands.

    Attributes:
        text: as PEP 508 writes it.
        file: the file that says it, as it is shown to people.
        number: its line there, counted from 1; 0 where it has none.
        firm: it is declared for tools; what a README or an image tells people is not.
    """

    text: str
    file: str
    number: int = 0
    firm: bool = True

    @property
    def origin(self) -> str:
        """The file and the line, as messages name them."""
        return f"{self.file}:{self.number}" if self.number else self.file


class Declared(Struct, frozen=True, kw_only=True):
    """What was read.

    Attributes:
        packages: what is to be installed.
        constraints: versions of what only something else may ask for, as locks have them.
        hashes: the files that may be installed, by package.
        python: the release line that the project is used with, such as ``3.8``; empty for none.
        pythons: the Pythons that it says it supports, as a specifier; empty for any.
        build: the framework's build that it was made with, such as ``cu113``; empty for none.
        places: further places that its lines name.
        notes: what was read, inferred, corrected and left for the user.
        files: the files that it comes from, the most trusted first.
    """

    packages: tuple[Line, ...] = ()
    constraints: tuple[Line, ...] = ()
    hashes: tuple[AllowedHashes, ...] = ()
    python: str = ""
    pythons: str = ""
    build: str = ""
    places: tuple[NamedPlace, ...] = ()
    notes: tuple[Reason, ...] = ()
    files: tuple[str, ...] = ()
