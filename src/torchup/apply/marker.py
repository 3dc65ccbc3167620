"""The marker inside an environment: no marker, no environment."""

# A path object for each file of a hundred environments would take longer than reading them.
# ruff: noqa: PTH113, PTH118

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from torchup.early import read_file
from torchup.model import EnvRecord, text
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.model import Text

SCHEMA: Final = "torchup.environment/v1"
#: The folder inside an environment that torchup keeps its records in.
RECORDS: Final = ".torchup"
MARKER: Final = "environment.json"
LOCK: Final = "pylock.toml"
RECEIPT: Final = "receipt.json"


class Marker(EnvRecord, frozen=True, kw_only=True):
    """The record as it lies on disk."""

    schema: Literal["torchup.environment/v1"]


class ReceiptCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One check of the last verification."""

    code: str = ""
    status: str = ""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What is read from the last verification: when it was (ISO time), and whether it passed."""

    at: str = ""
    ok: bool | None = None
    checks: tuple[ReceiptCheck, ...] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """The codes of the checks that failed."""
        return tuple(one.code for one in self.checks if one.status == "fail")

    @property
    def problem(self) -> Text | None:
        """That the verification failed, where it did."""
        if self.ok is not False:
            return None
        failed = ", ".join(self.failed) or "?"
        return text("environment.verify-failed", day=self.at[:10], checks=failed)


def marker_path(environment: Path) -> Path:
    """Return where an environment's marker lies."""
    return environment / RECORDS / MARKER


def has_marker(environment: Path | str) -> bool:
    """Tell whether a folder is a finished environment."""
    return os.path.isfile(_record(environment, MARKER))


def _record(environment: Path | str, name: str) -> str:
    return os.path.join(environment, RECORDS, name)


def write_marker(environment: Path, record: EnvRecord) -> None:
    """Write the marker, at once; one that says the same already stays, with its time.

    It is not forced to the disk (see :func:`torchup.apply.journal.write_entry`): after a power
    cut an environment is as whole as its file system kept it, and ``verify`` tells.

    Raises:
        OSError: it can't be written.
    """
    body = {"schema": SCHEMA, **msgspec.to_builtins(record)}
    data = msgspec.json.format(msgspec.json.encode(body), indent=2)
    path = marker_path(environment)
    with suppress(FileNotFoundError):
        if read_file(path) == data:
            return
    write_atomic(path, data)


def read_marker(environment: Path | str) -> EnvRecord:
    """Read the marker.

    Raises:
        OSError: there is none, or it can't be read.
        msgspec.DecodeError: it is damaged, or of another version.
    """
    found = msgspec.json.decode(read_file(_record(environment, MARKER)), type=Marker)
    return EnvRecord(**{name: getattr(found, name) for name in EnvRecord.__struct_fields__})


def read_receipt(environment: Path | str) -> Receipt | None:
    """Read the last verification's result, None where there is none that can be read."""
    return receipt_in(_record(environment, RECEIPT))


def receipt_in(path: Path | str) -> Receipt | None:
    """Read a receipt, None where there is none that can be read."""
    try:
        return msgspec.json.decode(read_file(path), type=Receipt)
    except (OSError, *NO_DOCUMENT):
        return None
