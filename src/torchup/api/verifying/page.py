"""The page of a verification, as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.verifying.speed import rated
from torchup.errors import OutsideError
from torchup.state.files import write_atomic
from torchup.verify.page import page

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.model import VerifyReport
    from torchup.words import Words


def write_page(path: Path, name: str, report: VerifyReport, words: Words) -> None:
    """Write the page of a verification, whole or not at all.

    Raises:
        OutsideError: ``verify.page-unwritable``.
    """
    data = page(name, report, rated(report), words).encode()
    try:
        write_atomic(path.expanduser(), data)
    except OSError as error:
        raise OutsideError("verify.page-unwritable", path=path, why=error.strerror) from error
