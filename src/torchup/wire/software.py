"""What ``probe`` adds to the document of version 1 that describes a machine: not read."""

# As in torchup.wire.machine: annotations are evaluated as they stand.

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.model.software import Software
from torchup.wire.machine import MachineV1

if TYPE_CHECKING:
    from torchup.model.software import Answering
    from torchup.words import Words


class AnsweringV1(Struct, frozen=True, kw_only=True):
    """A source, and how it answered: within ``took_ms``, or ``why`` not."""

    id: str
    url: str
    took_ms: int | None = None
    proxy: str = ""
    why: str | None = None


class ProbedV1(MachineV1, frozen=True, kw_only=True, omit_defaults=True):
    """``torchup.machine/v1`` as ``probe`` writes it.

    ``software`` is there where an inventory was taken, ``sources`` where they were asked.
    """

    software: Software | None = None
    sources: tuple[AnsweringV1, ...] | None = None


def answering(found: "Answering", words: "Words") -> AnsweringV1:
    """Write how a source answered."""
    why = None if found.why is None else words.text(found.why)
    return AnsweringV1(
        id=found.id, url=found.url, took_ms=found.took_ms, proxy=found.proxy, why=why
    )
