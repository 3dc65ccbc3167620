"""What conda channels are recorded to hold of the framework, read only where conda is asked for.

Nobody has looked into most of these packages: what a recipe was built for, and the list of
architectures that it gave to the compiler, are its maker's own words.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import Final, TypeVar

import msgspec

from torchup.facts.conda_rows import (
    ChannelRow,
    CompiledBuilds,
    CondaFile,
    LibrariesRow,
    PublishedRelease,
)
from torchup.facts.current import DATA, in_force
from torchup.facts.frameworks import DEFAULT
from torchup.model import FactRef

CONDA_FILE: Final = "conda.toml"
_OWN: Final = "own."
_PACKAGE: Final = "package = "
_HEAD: Final = 20
"""Lines of a table among which conda's name of its framework stands."""


_Row = TypeVar("_Row", ChannelRow, PublishedRelease, CompiledBuilds, LibrariesRow)


class CondaFacts:
    """The table, ready to be asked.

    Args:
        file: its content.
        name: where it lies, for its rows.
    """

    def __init__(self, file: CondaFile, name: str) -> None:
        self._file = file
        self._name = name
        self.package = file.package
        self.carrier = file.carrier

    def beside(self, rows: tuple[PublishedRelease, ...]) -> CondaFacts:
        """Return the table with what was seen beside what is recorded."""
        more = (*self._file.published, *rows)
        return CondaFacts(msgspec.structs.replace(self._file, published=more), self._name)

    def records(self, channel: str) -> bool:
        """Tell whether anything is recorded of a channel."""
        return any(one.channel == channel for one in self._file.published)

    def channel(self, name: str) -> ChannelRow | None:
        """Return what is known of a channel."""
        return next((one for one in self._file.channels if one.name == name), None)

    @property
    def default(self) -> ChannelRow:
        """The channel that is asked where none is named."""
        return self._file.channels[0]

    def retired(self) -> tuple[ChannelRow, ...]:
        """Return the channels that get no new releases any more."""
        return tuple(one for one in self._file.channels if one.last is not None)

    def published(self, channel: str, version: str) -> PublishedRelease | None:
        """Return what a channel has of a release."""
        rows = (one for one in self._file.published if one.channel == channel)
        return next((one for one in rows if one.version == version), None)

    def compiled(
        self, channel: str, version: str, build: str, platform: str
    ) -> CompiledBuilds | None:
        """Return what a build was compiled for, None where nobody has recorded it."""
        number = _number(version)
        return next(
            (
                one
                for one in self._file.compiled
                if one.channel == channel
                and build in one.builds
                and _number(one.first) <= number <= _number(one.last)
                and (not one.platforms or platform in one.platforms)
            ),
            None,
        )

    def libraries(self, channel: str, needs: tuple[str, ...], platform: str) -> LibrariesRow | None:
        """Return what a channel has of the libraries that a wheel lacks."""
        return next(
            (
                one
                for one in self._file.libraries
                if (one.channel, one.needs) == (channel, needs) and platform in one.platforms
            ),
            None,
        )

    @property
    def lent(self) -> tuple[str, ...]:
        """Conda's names of the libraries that wheels may need."""
        specs = (spec for row in self._file.libraries for spec in row.specs)
        return tuple(dict.fromkeys(spec.split(" ")[0] for spec in specs))

    def fact(self, row: PublishedRelease | CompiledBuilds | ChannelRow | LibrariesRow) -> FactRef:
        """Return the reference to a row."""
        url = " ; ".join(self._file.sources[short] for short in row.source)
        if isinstance(row, ChannelRow):
            key = f"channels.{row.name}"
        elif isinstance(row, PublishedRelease):
            key = f"published.{row.channel}.{row.version}"
            url = " at ".join(filter(None, (url, row.at)))
        elif isinstance(row, LibrariesRow):
            key = f"libraries.{row.channel}.{'.'.join(row.needs)}"
            url = f"{url} at {row.at}"
        else:
            key = f"compiled.{row.channel}.{row.builds[0]}.{row.first}"
        return FactRef(file=self._name, key=key, url=url, checked=self._file.checked.isoformat())


def has_conda(framework: str) -> bool:
    """Tell whether anything is known of a framework in conda's channels."""
    base = in_force().base()
    roots = (base.root if base else "", DATA)
    return any(os.path.isfile(_path(str(one), framework)) for one in roots if one)  # noqa: PTH113 (start-up)


def package_of(framework: str) -> str:
    """Return conda's name of a framework, without reading the whole table where its head says it.

    Raises:
        ValueError: as :func:`load_conda`.
    """
    if not has_conda(framework):
        return framework
    facts = in_force()
    base = facts.base()
    places = [_path(str(root), framework) for root in (base.root if base else "", DATA) if root]
    place = next(one for one in places if os.path.isfile(one))  # noqa: PTH113 (start-up)
    if not facts.overlay:
        with open(place, encoding="utf-8") as stream:  # noqa: PTH123 (start-up)
            for _, line in zip(range(_HEAD), stream, strict=False):
                if line.startswith(_PACKAGE):
                    return line[len(_PACKAGE) :].strip().strip('"')
    return load_conda(framework).package


def load_conda(framework: str) -> CondaFacts:
    """Load the table in force, or one without builds; a site's own rows come before the others.

    So the first channel of a site's own table is the one that is asked where none is named.

    Raises:
        ValueError: a table is damaged, or doesn't fit its schema.
    """
    facts = in_force()
    base = facts.base()
    beneath = _path(base.root if base else "", framework)  # older facts may have none
    place = beneath if os.path.isfile(beneath) else _path(DATA, framework)  # noqa: PTH113 (start-up)
    if os.path.isfile(place):  # noqa: PTH113 (start-up)
        file = _read(place)
    else:  # the channels are the same, and nothing is known of what they hold of it
        usual = _read(_path(DATA, DEFAULT))
        file = msgspec.structs.replace(
            usual, package=framework, carrier="", published=(), compiled=(), libraries=()
        )
    own = _path(facts.overlay or "", framework)
    if facts.overlay and os.path.isfile(own):  # noqa: PTH113 (start-up)
        file = _joined(_read(own), file)
    return CondaFacts(file, f"{framework}/{CONDA_FILE}")


def _path(root: str, framework: str) -> str:
    return os.path.join(root, framework, CONDA_FILE)  # noqa: PTH118 (start-up)


def _joined(own: CondaFile, file: CondaFile) -> CondaFile:
    """Put a site's own rows before the others; its sources get names of their own."""
    replace = msgspec.structs.replace

    def marked(one: _Row) -> _Row:
        return replace(one, source=tuple(f"{_OWN}{short}" for short in one.source))

    return replace(
        file,
        package=own.package,
        carrier=own.carrier or file.carrier,
        channels=(*map(marked, own.channels), *file.channels),
        published=(*map(marked, own.published), *file.published),
        compiled=(*map(marked, own.compiled), *file.compiled),
        libraries=(*map(marked, own.libraries), *file.libraries),
        sources=file.sources | {f"{_OWN}{key}": words for key, words in own.sources.items()},
    )


@cache
def _read(path: str) -> CondaFile:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    with open(path, "rb") as stream:  # noqa: PTH123 (start-up)
        text = stream.read().decode("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), CondaFile)
    except (msgspec.ValidationError, ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}") from error


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
