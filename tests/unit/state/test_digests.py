"""What a file's content is told apart by."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from torchup.state.digests import file_digest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1])
def test_it_is_that_of_the_whole_file(tmp_path: Path, size: int) -> None:
    content = b"x" * size
    (tmp_path / "b").write_bytes(content)
    assert file_digest(tmp_path / "b") == hashlib.sha256(content).hexdigest()
    assert file_digest(str(tmp_path / "b")) == hashlib.sha256(content).hexdigest()


def test_what_can_not_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        file_digest(tmp_path / "none")
