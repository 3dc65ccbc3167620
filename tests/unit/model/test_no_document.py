"""Bytes that are no document, however odd."""

from __future__ import annotations

import msgspec
import pytest

from torchup.errors import UsageError
from torchup.model.no_document import NO_DOCUMENT
from torchup.projects.toml_text import toml_of

LONG = b"9" * 5_000
"""More digits than Python makes a number of."""


def test_a_number_without_an_end_is_no_document() -> None:
    with pytest.raises(NO_DOCUMENT):
        msgspec.toml.decode(b"a = " + LONG)


def test_a_project_with_such_a_number_is_refused() -> None:
    with pytest.raises(UsageError, match=r"projects\.malformed"):
        toml_of(f"a = {LONG.decode()}", "pyproject.toml")
