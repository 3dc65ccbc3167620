"""From documents to the model. What can't be read is named with its line and field."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING, Final, TypeVar, get_args

from msgspec import Struct, ValidationError
from msgspec.json import Decoder

from torchup.errors import UsageError
from torchup.model import Machine
from torchup.model.machine import CpuArch
from torchup.model.no_document import NO_DOCUMENT
from torchup.wire.machine import MachineV1
from torchup.wire.parts import fields_of

if TYPE_CHECKING:
    from torchup.wire.gathered import AnswersV1

_Document = TypeVar("_Document", bound=Struct)
_MACHINE: Final = Decoder(MachineV1)


def machines(data: bytes, where: str) -> tuple[Machine, ...]:
    """Read one machine document, or JSON Lines of many.

    Args:
        data: the file's bytes: UTF-8 with or without a byte order mark, or UTF-16 with one, as
            Windows PowerShell writes what is redirected to a file.
        where: the file's name, for the error.

    Raises:
        UsageError: ``wire.malformed`` with the line and the field.
    """
    return tuple(map(_machine, _documents(data, where, _MACHINE)))


def hosts(data: bytes, where: str) -> tuple[tuple[str | None, Machine | str], ...]:
    """Read machines as :func:`machines` does, each with the name in its ``host``, None for none.

    One whose processor nothing is published for is only told by its ``arch``: it doesn't keep the
    others from being read.

    Raises:
        UsageError: ``wire.malformed`` with the line and the field.
    """
    from torchup.wire.hosts import AnyHostV1

    known = frozenset(get_args(CpuArch))
    found = _documents(data, where, Decoder(AnyHostV1))
    return tuple((one.host, _machine(one) if one.arch in known else one.arch) for one in found)


def collected(data: bytes, where: str) -> tuple[tuple[str, str], ...]:
    """Read what a shell script said on hosts: the name of each, and its text.

    Raises:
        UsageError: ``wire.malformed`` with the line and the field.
    """
    from torchup.wire.gathered import CollectedV1

    found = _documents(data, where, Decoder(CollectedV1))
    return tuple((one.host, one.text.decode("utf-8", "replace")) for one in found)


def answers(data: bytes, where: str) -> AnswersV1:
    """Read what hosts said of each other.

    Raises:
        UsageError: ``wire.not-answers``: it is another document, or cut off; ``wire.not-text``.
    """
    from torchup.wire.gathered import AnswersV1

    try:
        return _documents(data, where, Decoder(AnswersV1))[0]
    except UsageError as error:
        if error.code == "wire.not-text":
            raise
        # How a machine document looks, as other faults tell, is of no use here.
        raise UsageError("wire.not-answers", where=where) from error


def _documents(data: bytes, where: str, decoder: Decoder[_Document]) -> tuple[_Document, ...]:
    whole = _utf8(data, where)
    text = whole.strip()
    if not text:
        raise UsageError("wire.empty", where=where)
    before = whole[: whole.index(text)].count(b"\n")
    lines = text.splitlines()
    try:
        return (decoder.decode(text),)
    except ValidationError as error:
        raise _malformed(where, text, before + 1, error) from error
    except NO_DOCUMENT as error:
        if len(lines) == 1 or not _starts_lines(lines):
            raise _malformed(where, text, before + 1, error) from error
    numbered = enumerate(lines, before + 1)
    return tuple(_line(line, number, where, decoder) for number, line in numbered if line.strip())


def _utf8(data: bytes, where: str) -> bytes:
    if not data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.removeprefix(BOM_UTF8)
    try:
        return data.decode("utf-16").encode()
    except UnicodeError as error:
        raise _malformed(where, b"", 1, error) from error


def _starts_lines(lines: list[bytes]) -> bool:
    """Tell whether a file looks like JSON Lines: its first line is a whole document."""
    try:
        Decoder().decode(lines[0])
    except NO_DOCUMENT:
        return False
    return True


def _line(line: bytes, number: int, where: str, decoder: Decoder[_Document]) -> _Document:
    try:
        return decoder.decode(line)
    except NO_DOCUMENT as error:
        raise _malformed(where, line, number, error) from error


def _malformed(where: str, text: bytes, line: int, error: Exception) -> UsageError:
    from torchup.wire.faults import malformed

    return malformed(where, text, error, line=line)


def _machine(found: MachineV1) -> Machine:
    fields = fields_of(found)
    del fields["schema"]
    fields.pop("host", None)
    return Machine(**fields)
