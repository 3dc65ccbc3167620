"""The measurements of a home: they outlive the environments that they were made in.

An environment's receipt is that of its last verification. What was measured stays in
``home.measured``, so that one can see what became slower after an upgrade.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.apply.names import name_key
from torchup.early import read_file
from torchup.errors import NoAnswerError
from torchup.model import VerifyReport
from torchup.verify.receipt import parse_receipt, write_receipt

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.context import Context

MOST: Final = 20
"""Measurements of one environment that are kept; each is about 20 kB for each device."""
_FILE: Final = re.compile(r"([0-9]{8}-[0-9]{6})-(.+)\.json", re.DOTALL)
_LONGEST: Final = 4_000_000
"""Bytes of a file that is read: nothing that torchup writes comes near."""


class Kept(Struct, frozen=True, kw_only=True):
    """One measurement: what it is called, the environment's name, and the verification."""

    id: str
    name: str
    report: VerifyReport


def keep(context: Context, name: str, report: VerifyReport) -> str:
    """Keep what was measured, and let go of the oldest of that environment.

    Returns:
        What it is called.

    Raises:
        OutsideError: ``verify.receipt-unwritable``.
    """
    stamp = re.sub(r"[^0-9]", "", report.at[:19])
    called = f"{stamp[:8]}-{stamp[8:14]}-{name}"
    write_receipt(context.home.measured / f"{called}.json", report)
    ours = sorted((one for one in _files(context) if _is_of(one, name)), reverse=True)
    for old in ours[MOST:]:
        with suppress(OSError):  # somebody else did it
            (context.home.measured / old).unlink()
    return called


def listed(context: Context) -> tuple[Kept, ...]:
    """Return every measurement that can be read, the newest first."""
    found = (_read(context, name) for name in sorted(_files(context), reverse=True))
    return tuple(one for one in found if one is not None)


def find(context: Context, called: str) -> Kept:
    """Return one measurement.

    Args:
        context: the session.
        called: what :func:`keep` called it; an environment's name means its newest.

    Raises:
        NoAnswerError: ``bench.unknown``.
    """
    names = sorted(_files(context), reverse=True)
    exact = [one for one in names if name_key(one) == name_key(f"{called}.json")]
    for name in exact or [one for one in names if _is_of(one, called)]:
        found = _read(context, name)
        if found is not None:
            return found
    raise NoAnswerError("bench.unknown", what=called)


def of_environment(context: Context, name: str) -> tuple[Kept, ...]:
    """Return the measurements of one environment, the newest first."""
    return tuple(one for one in listed(context) if name_key(one.name) == name_key(name))


def _files(context: Context) -> list[str]:
    names = context.host.listdir(str(context.home.measured))
    return [one for one in names if _FILE.fullmatch(one)]


def _named(file: str) -> str:
    found = _FILE.fullmatch(file)
    return unicodedata.normalize("NFC", found[2]) if found else ""


def _is_of(file: str, name: str) -> bool:
    """Whether a file is of an environment, however its name is spelled."""
    return bool(name) and name_key(_named(file)) == name_key(name)


def _read(context: Context, file: str) -> Kept | None:
    """Read one; None for what is damaged or was taken away meanwhile."""
    path: Path = context.home.measured / file
    try:
        if path.stat().st_size > _LONGEST:
            return None
        report = parse_receipt(read_file(path))
    except OSError:
        return None
    if report is None or not report.figures:
        return None
    return Kept(id=file.removesuffix(".json"), name=_named(file), report=report)
