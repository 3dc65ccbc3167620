"""What can be done about each cause of an error; read only where one is explained."""

from __future__ import annotations

import shlex
from functools import cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.facts.current import in_force
from torchup.facts.schema import File, Sources, Version
from torchup.facts.seldom import read_seldom
from torchup.model.finding import Safety

if TYPE_CHECKING:
    from torchup.facts.current import InForce

CAUSES_FILE: Final = "causes/remedies.toml"


class RemedyRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way out; its words stand under ``fix.NAME``.

    It is offered only where the log has one of the traits of ``where``, if there are any: whose
    program it helps.
    """

    name: str
    safety: Safety
    commands: tuple[str, ...]
    source: Sources
    where: tuple[str, ...] = ()


class CardsRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which architectures (``75`` is sm_75) count as old, and from which on one is recent."""

    old: int
    recent: int
    source: Sources


class PypiRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The release that is no wheel, and the oldest one that has some."""

    placeholder: Version
    oldest: Version
    source: Sources


class CausesFile(File, frozen=True, kw_only=True):
    """``causes/remedies.toml``."""

    cards: CardsRow
    pypi: PypiRow
    remedies: tuple[RemedyRow, ...]
    causes: dict[str, tuple[str, ...]]


class CauseFacts:
    """The table, ready to be asked."""

    def __init__(self, file: CausesFile) -> None:
        self._rows = {row.name: row for row in file.remedies}
        self._causes = file.causes
        self.cards: Final = file.cards
        self.pypi: Final = file.pypi

    @property
    def codes(self) -> tuple[str, ...]:
        """Every cause that has words and ways out."""
        return tuple(self._causes)

    def remedies(self, code: str, traits: frozenset[str] | None = None) -> tuple[RemedyRow, ...]:
        """The ways out of a cause, the best first.

        Args:
            code: the cause.
            traits: what is known of the log; None where there is none, for all of them.
        """
        rows = (self._rows[name] for name in self._causes.get(code, ()))
        return tuple(
            one for one in rows if traits is None or not one.where or traits & {*one.where}
        )


def words_of(command: str) -> tuple[str, ...]:
    """Part a command into its words."""
    return tuple(shlex.split(command))


def load_cause_facts() -> CauseFacts:
    """Load the table.

    Raises:
        ValueError: it is damaged.
    """
    return _load(in_force())


@cache
def _load(_facts: InForce) -> CauseFacts:
    return CauseFacts(read_seldom(CAUSES_FILE, CausesFile))
