"""The list of rows that facts lead back to, as it is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar, cast

import msgspec

from torchup.facts.schema import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from torchup.facts.schema import File


class _Sourced(Protocol):
    @property
    def source(self) -> tuple[str, ...]: ...


_Row = TypeVar("_Row", bound=_Sourced)


class Ledger:
    """Collects rows; strings that repeat are kept once.

    Args:
        origins: (file, source) → where a row with that source really stands, and the day it was
            checked, for rows that were taken over from another file.
    """

    def __init__(self, origins: Mapping[tuple[str, str], tuple[str, str]] | None = None) -> None:
        self._origins = {} if origins is None else origins
        self._files: dict[str, int] = {}
        self._sources: dict[str, int] = {}
        self._days: dict[str, int] = {}
        self._rows: list[tuple[int, str, int, int]] = []

    def add(self, name: str, key: str, source: tuple[str, ...], file: File) -> int:
        """Add a row and return its number.

        Args:
            name: the file, relative to the data folder.
            key: the row's place in it.
            source: keys of the file's ``sources``.
            file: the file itself.

        Raises:
            ValueError: the file has no such source.
        """
        unknown = [short for short in source if short not in file.sources]
        if unknown:
            raise ValueError(f"{name}: {key}: no such source: {', '.join(unknown)}")
        words = " ; ".join(file.sources[short] for short in source)
        place, day = self._origins.get((name, source[0]), (name, file.checked.isoformat()))
        row = (
            self._files.setdefault(place, len(self._files)),
            key,
            self._sources.setdefault(words, len(self._sources)),
            self._days.setdefault(day, len(self._days)),
        )
        self._rows.append(row)
        return len(self._rows) - 1

    def each(
        self, name: str, table: str, rows: Iterable[_Row], file: File
    ) -> Iterator[tuple[_Row, int]]:
        """Add the rows of a table; each comes with its number.

        Args:
            name: the file, relative to the data folder.
            table: the table's name in it.
            rows: the rows.
            file: the file itself.

        Raises:
            ValueError: the file has no such source.
        """
        for row in rows:
            yield (
                row,
                self.add(name, f"{table}.{key_of(cast('msgspec.Struct', row))}", row.source, file),
            )

    def last_day(self) -> str:
        """Return the last day on which any of the rows was checked."""
        return max(self._days)

    def json(self) -> str:
        """Write the table as one member of a JSON object, a row per line."""
        rows = ",\n".join(msgspec.json.encode(row).decode() for row in self._rows)
        sources = ",\n".join(msgspec.json.encode(words).decode() for words in self._sources)
        files = msgspec.json.encode(list(self._files)).decode()
        days = msgspec.json.encode(list(self._days)).decode()
        head = f'"files":{files},\n"days":{days}'
        return f'"facts":{{{head},\n"sources":[\n{sources}\n],\n"rows":[\n{rows}\n]}}'
