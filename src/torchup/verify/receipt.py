"""The receipt of a verification: what ran, when, with which versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from torchup.errors import OutsideError
from torchup.model import Check, Figure, VerifyReport
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA: Final = "torchup.verify/v1"


class _Receipt(Struct, frozen=True, kw_only=True):
    """The document, field by field as it lies on disk."""

    schema: str
    ok: bool
    device: str
    packages: dict[str, str]
    checks: tuple[Check, ...]
    at: str
    python: str
    level: str = ""
    devices: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()


def write_receipt(path: Path, report: VerifyReport) -> None:
    """Write a receipt, whole or not at all.

    Raises:
        OutsideError: ``verify.receipt-unwritable``.
    """
    receipt = _Receipt(schema=SCHEMA, **msgspec.structs.asdict(report))
    data = msgspec.json.format(msgspec.json.encode(receipt), indent=2) + b"\n"
    try:
        write_atomic(path, data)
    except OSError as error:
        raise OutsideError("verify.receipt-unwritable", path=path, why=error.strerror) from error


def read_receipt(path: Path) -> VerifyReport | None:
    """Read a receipt.

    Returns:
        The report, or None where there is no receipt that can be read: a verification that
        nobody can look up is as good as none, and the next one writes a new receipt.
    """
    try:
        return parse_receipt(path.read_bytes())
    except OSError:
        return None


def parse_receipt(data: bytes) -> VerifyReport | None:
    """Read the text of a receipt, or of what ``verify --json`` printed; None if it is neither."""
    try:
        receipt = msgspec.json.decode(data, type=_Receipt)
    except (ValueError, *NO_DOCUMENT):
        return None
    if receipt.schema != SCHEMA:
        return None
    fields = {
        name: getattr(receipt, name) for name in receipt.__struct_fields__ if name != "schema"
    }
    return VerifyReport(**fields)
