"""Looking for signs in a log."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.diagnose.log import decode, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchup.diagnose.log import Piece
    from torchup.diagnose.rule import Harmless, Rule, Sign

_EACH: Final = 40
"""Lines of one piece that are looked at for one key: a message that is repeated is one message."""
_RUN: Final = re.compile(r"[^\W\d_]+")
"""Letters that follow each other."""
_KEPT: Final = 6
"""Hits of one sign that are kept."""


class Hit(Struct, frozen=True):
    """A sign that was found: its number among the rule's, where, and in which words."""

    code: str
    sign: int
    line: int
    text: str
    share: float = 1.0


class Read(Struct, frozen=True, kw_only=True):
    """What a log says.

    ``traits`` are found in it; ``harmless`` tells whether a message was found that only looks like
    a fault; ``lines`` is their number.
    """

    hits: tuple[Hit, ...]
    traits: frozenset[str]
    harmless: bool = False
    lines: int = 0


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern, for letters of any case."""
    return re.compile(pattern, re.IGNORECASE)


class Reader:
    """Reads logs by the rules.

    Args:
        rules: every cause.
        harmless: messages that are no faults.
        traits: name → signs of what the log tells of its machine.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        harmless: tuple[Harmless, ...],
        traits: tuple[tuple[str, Sign], ...],
    ) -> None:
        self._rules = rules
        self._harmless = harmless
        self._traits = traits
        signs = [sign for rule in rules for sign in rule.signs] + [sign for _, sign in traits]
        keys = {one.key for one in signs} | {one.key for one in harmless}
        self._runs = tuple((key, _runs(key)) for key in sorted(keys))

    def read(self, blocks: Iterable[bytes]) -> Read:
        """Read a log, whatever it is; nothing is raised."""
        hits: dict[tuple[str, int], list[Hit]] = {}
        traits: set[str] = set()
        harmless, count = False, 0
        for piece in pieces(decode(blocks)):
            piece.found.update(dict.fromkeys(self._absent(piece.lower), _NOWHERE))
            veiled = self._veiled(piece)
            harmless = harmless or bool(veiled)
            for hit in self._hits(piece):
                if hit.line - piece.first not in veiled:
                    held = hits.setdefault((hit.code, hit.sign), [])
                    if len(held) >= _KEPT:
                        held.pop()  # the first ones stay, and the last
                    held.append(hit)
            traits |= self._told(piece)
            count = piece.first + len(piece.lines) - 1
        found = tuple(one for held in hits.values() for one in held)
        return Read(hits=found, traits=frozenset(traits), harmless=harmless, lines=count)

    def _absent(self, text: str) -> Iterator[str]:
        """Return keys that a text can't hold, for it lacks one of their words.

        So a text is searched for few of the keys, whatever their number; its words are far fewer
        than its letters.
        """
        words = f" {' '.join(set(_RUN.findall(text)))} "
        for key, runs in self._runs:
            if any(run not in words for run in runs):
                yield key

    def _hits(self, piece: Piece) -> Iterator[Hit]:
        for rule in self._rules:
            for number, sign in enumerate(rule.signs):
                for line, share in _matches(piece, sign):
                    if line >= piece.fresh - sign.more:
                        said = _shown(piece.lines[line])
                        yield Hit(rule.code, number, piece.first + line, said, share)

    def _veiled(self, piece: Piece) -> set[int]:
        veiled: set[int] = set()
        for one in self._harmless:
            for line in _lines_with(piece, one.key):
                if not one.pattern or compiled(one.pattern).search(piece.lines[line]):
                    after = one.reach(piece.lines, line) if one.reach else one.after
                    veiled |= set(range(line - one.before, line + after + 1))
        return veiled

    def _told(self, piece: Piece) -> set[str]:
        return {name for name, sign in self._traits if next(_matches(piece, sign), None)}


def _matches(piece: Piece, sign: Sign) -> Iterator[tuple[int, float]]:
    """Return the lines where a sign is, and how much of its points each counts."""
    for line in _lines_with(piece, sign.key):
        if not sign.pattern:
            yield line, 1.0
            continue
        window = "\n".join(piece.lines[max(line - sign.before, 0) : line + 1 + sign.more])
        found = compiled(sign.pattern).search(window)
        if found:
            share = sign.weigh(found) if sign.weigh else 1.0
            if share > 0:
                yield line, share


def _lines_with(piece: Piece, key: str) -> list[int]:
    """Return the lines that hold a key, each once."""
    held = piece.found.get(key)
    if held is not None:
        return held
    lines: list[int] = []
    place = piece.lower.find(key)
    while place >= 0 and len(lines) < _EACH:
        line, after = piece.line_at(place)
        lines.append(line)
        place = piece.lower.find(key, after)
    piece.found[key] = lines
    return lines


def _runs(key: str) -> tuple[str, ...]:
    """Return the words of a key, with a space where a word begins or ends inside of it."""
    return tuple(
        f"{' ' if found.start() else ''}{found[0]}{' ' if found.end() < len(key) else ''}"
        for found in _RUN.finditer(key)
    )


_NOWHERE: Final[list[int]] = []


def _shown(line: str) -> str:
    """Return a line as it is quoted."""
    plain = " ".join(line.split())
    return plain if len(plain) <= _QUOTED else f"{plain[: _QUOTED - 1]}…"


_QUOTED: Final = 240
