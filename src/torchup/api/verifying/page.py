"""The page of a verification, as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.verifying.speed import rated
from torchup.errors import OutsideError
from torchup.host.privacy import redactor_for
from torchup.state.files import write_atomic
from torchup.verify.page import page

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.model import VerifyReport
    from torchup.words import Words


def write_page(context: Context, path: Path, name: str, report: VerifyReport, words: Words) -> None:
    """Write the page of a verification, whole or not at all, without what is private.

    Raises:
        OutsideError: ``verify.page-unwritable``.
    """
    try:
        write_atomic(path.expanduser(), page_text(context, name, report, words).encode())
    except OSError as error:
        raise OutsideError("verify.page-unwritable", path=path, why=error.strerror) from error


def page_text(context: Context, name: str, report: VerifyReport, words: Words) -> str:
    """Return the page of a verification, without what is private."""
    return redactor_for(context.host).clean(page(name, report, rated(report), words))
