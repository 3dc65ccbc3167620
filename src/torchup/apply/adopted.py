"""Environments that torchup did not make and keeps an eye on: their files are never touched.

What torchup knows of one lies in its own home: the record, as it was when it was adopted, and the
receipt of the last verification.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from torchup.apply.marker import receipt_in
from torchup.backends.installed import fault, installed
from torchup.early import read_file
from torchup.errors import NoAnswerError
from torchup.model import Environment, EnvRecord, Size
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host
    from torchup.state.home import Home

SCHEMA: Final = "torchup.adopted/v1"
_SUFFIX: Final = ".json"
_RECEIPT: Final = ".receipt"


class Adopted(EnvRecord, frozen=True, kw_only=True):
    """The record as it lies on disk; ``backend`` is ``venv`` or ``conda``."""

    schema: Literal["torchup.adopted/v1"]


def receipt_file(home: Home, name: str) -> Path:
    """Return where the receipt of an adopted environment lies."""
    return home.adopted / f"{name}{_RECEIPT}"


def adopted_file(home: Home, name: str) -> Path:
    """Return where what is known of an adopted environment lies."""
    return home.adopted / f"{name}{_SUFFIX}"


def adopted_names(home: Home) -> tuple[str, ...]:
    """Return the names of the adopted environments, in order."""
    try:
        found = os.listdir(home.below("adopted"))  # noqa: PTH208 (start-up)
    except OSError:
        return ()
    return tuple(sorted(one.removesuffix(_SUFFIX) for one in found if one.endswith(_SUFFIX)))


def write_adopted(home: Home, record: EnvRecord) -> None:
    """Keep what is known of an environment.

    Raises:
        OutsideError: the home can't be written.
    """
    body = {"schema": SCHEMA, **msgspec.to_builtins(record)}
    path = adopted_file(home, record.name)
    try:
        home.adopted.mkdir(parents=True, exist_ok=True)
        write_atomic(path, msgspec.json.format(msgspec.json.encode(body), indent=2))
    except OSError as error:
        from torchup.apply.folders import worded

        raise worded(error, path) from error


def read_adopted(home: Home, name: str) -> EnvRecord:
    """Read what is known of an environment.

    Raises:
        NoAnswerError: ``apply.no-such-environment``; ``environment.no-record``: it is damaged.
    """
    path = adopted_file(home, name)
    try:
        found = msgspec.json.decode(read_file(path), type=Adopted)
    except FileNotFoundError as error:
        raise NoAnswerError("apply.no-such-environment", name=name) from error
    except (OSError, *NO_DOCUMENT) as error:
        raise NoAnswerError("environment.no-record", name=name, path=path) from error
    return EnvRecord(**{one: getattr(found, one) for one in EnvRecord.__struct_fields__})


def load_adopted(host: Host, home: Home, name: str) -> Environment:
    """Look at an adopted environment as it is now; ``foreign`` where it is as it was.

    Raises:
        NoAnswerError: as :func:`read_adopted`.
    """
    from pathlib import Path

    record = read_adopted(home, name)
    path = Path(record.path)
    wanted = record.stack.installed
    # conda's own packages need not tell their build in Python's records
    plain = {one: version.partition("+")[0] for one, version in wanted.items()}
    problem = fault(path, host, plain if record.backend == "conda" else wanted)
    receipt = receipt_in(receipt_file(home, name))
    if problem is None and receipt is not None:
        problem = receipt.problem
    return Environment(
        record=record,
        state="broken" if problem else "foreign",
        packages=installed(path, host),
        verified=receipt.at if receipt and receipt.ok else None,
        size=Size(),
        problem=problem,
    )


def forget(home: Home, name: str) -> None:
    """Keep an eye on an environment no longer; its files stay.

    Raises:
        OutsideError: the home can't be written.
    """
    kept = adopted_file(home, name)
    try:
        kept.unlink(missing_ok=True)
        receipt_file(home, name).unlink(missing_ok=True)
    except OSError as error:
        from torchup.apply.folders import worded

        raise worded(error, kept) from error
