"""From documents to the model. What can't be read is named with its line and field."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING, Final

from msgspec import DecodeError, ValidationError
from msgspec.json import Decoder
from msgspec.structs import asdict, replace

from torchup.errors import UsageError
from torchup.model import Interpreter, Machine, Problem
from torchup.wire.machine import MachineV1

if TYPE_CHECKING:
    from torchup.model import CpuArch, Driver, Gpu

_MACHINE: Final = Decoder(MachineV1)
_UNREADABLE: Final = (DecodeError, UnicodeDecodeError, RecursionError)
_WINDOWS_DOTS: Final = 3
_ARM: Final = frozenset({"aarch64", "arm64"})


def machines(data: bytes, where: str) -> tuple[Machine, ...]:
    """Read one machine document, or JSON Lines of many.

    Args:
        data: the file's bytes: UTF-8 with or without a byte order mark, or UTF-16 with one, as
            Windows PowerShell writes what is redirected to a file.
        where: the file's name, for the error.

    Raises:
        UsageError: ``wire.malformed`` with the line and the field.
    """
    whole = _utf8(data, where)
    text = whole.strip()
    if not text:
        raise UsageError("wire.empty", where=where)
    before = whole[: whole.index(text)].count(b"\n")
    lines = text.splitlines()
    try:
        return (_machine(_MACHINE.decode(text)),)
    except ValidationError as error:
        raise _malformed(where, text, before + 1, error) from error
    except _UNREADABLE as error:
        if len(lines) == 1 or not _starts_lines(lines):
            raise _malformed(where, text, before + 1, error) from error
    numbered = enumerate(lines, before + 1)
    return tuple(_line(line, number, where) for number, line in numbered if line.strip())


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
    except _UNREADABLE:
        return False
    return True


def _line(line: bytes, number: int, where: str) -> Machine:
    try:
        return _machine(_MACHINE.decode(line))
    except _UNREADABLE as error:
        raise _malformed(where, line, number, error) from error


def _malformed(where: str, text: bytes, line: int, error: Exception) -> UsageError:
    from torchup.wire.faults import malformed

    return malformed(where, text, error, line=line)


def _machine(found: MachineV1) -> Machine:
    fields = asdict(found)
    del fields["schema"]
    problems = tuple(Problem(code=p.code, args=p.args) for p in found.problems or ())
    fields |= {"arch": _arch(found), "problems": problems, "evidence": found.evidence or ()}
    if found.gpus is not None:
        fields["gpus"] = tuple(map(_gpu, found.gpus))
    if found.drivers is not None:
        fields["drivers"] = tuple(map(_driver, found.drivers))
    if found.pythons is not None:
        fields["pythons"] = tuple(Interpreter(**asdict(one)) for one in found.pythons)
    return Machine(**fields)


def _driver(found: Driver) -> Driver:
    """Read NVIDIA's number out of the one that Windows shows in its device manager."""
    if found.vendor != "nvidia" or found.version.count(".") != _WINDOWS_DOTS:
        return found
    from torchup.model.drivers import driver_number

    return replace(found, version=driver_number(found.version))


def _gpu(found: Gpu) -> Gpu:
    """Write an architecture as the facts do: people also write ``8.6`` and ``SM_86``."""
    arch = found.arch
    if arch is None or arch.startswith(("sm_", "gfx")):
        return found
    plain = arch.strip().lower()
    number = plain.removeprefix("sm").removeprefix("_").replace(".", "")
    if number.isascii() and number.isdecimal() and len(number) > 1 and plain != number:
        return replace(found, arch=f"sm_{number}")
    return replace(found, arch=plain) if plain.startswith("gfx") else found


def _arch(found: MachineV1) -> CpuArch:
    """The processor's name as its system has it: Linux says aarch64, the others say arm64."""
    if found.arch not in _ARM:
        return found.arch
    return "aarch64" if found.os.system == "linux" else "arm64"
