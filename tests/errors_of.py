"""Seeing that a run keeps a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.process import Result


def said(done: Result, *, without: str) -> None:
    """See that neither output of a run has a word."""
    assert without not in done.out + done.err
