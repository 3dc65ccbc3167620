"""The inventory in the document of version 1 that describes a machine: written, not read."""

# As in torchup.wire.machine: annotations are evaluated as they stand.

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

from torchup.model.software import (
    CondaInstall,
    Editor,
    Folder,
    FoundEnvironment,
    Library,
    Notebook,
    Setting,
)
from torchup.wire.machine import MachineV1

if TYPE_CHECKING:
    from torchup.model.software import Software
    from torchup.words import Words


class AnsweringV1(Struct, frozen=True, kw_only=True):
    """A source, and how it answered: within ``took_ms``, or ``why`` not."""

    id: str
    url: str
    took_ms: int | None = None
    why: str | None = None


class SoftwareV1(Struct, frozen=True, kw_only=True):
    """What is installed beside the drivers."""

    libraries: tuple[Library, ...] = ()
    condas: tuple[CondaInstall, ...] = ()
    environments: tuple[FoundEnvironment, ...] = ()
    settings: tuple[Setting, ...] = ()
    variables: dict[str, str] = {}
    notebooks: tuple[Notebook, ...] = ()
    editors: tuple[Editor, ...] = ()
    folders: tuple[Folder, ...] = ()
    sources: tuple[AnsweringV1, ...] = ()


class ProbedV1(MachineV1, frozen=True, kw_only=True, omit_defaults=True):
    """``torchup.machine/v1`` as ``probe`` writes it: with the inventory, where one was taken."""

    software: SoftwareV1 | None = None


def software(found: "Software", words: "Words") -> SoftwareV1:
    """Write an inventory."""
    answers = tuple(
        AnsweringV1(
            id=one.id,
            url=one.url,
            took_ms=one.took_ms,
            why=None if one.why is None else words.text(one.why),
        )
        for one in found.sources
    )
    fields = {name: value for name, value in asdict(found).items() if name != "sources"}
    return SoftwareV1(**fields, sources=answers)
