"""Settings that can't be changed without being rewritten are refused in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.errors import UsageError
from torchup.state.config import changed_config

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_changed_stands_beside_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "config.toml"
    place.write_bytes(b"# mine\n")
    assert changed_config(place, {"lang": "zh_CN"}) == (b"# mine\n", b'# mine\nlang = "zh_CN"\n')


def test_a_key_of_too_many_parts_is_refused_and_the_file_stays(tmp_path: Path) -> None:
    place = tmp_path / "config.toml"
    was = b"[" + b".".join([b"a"] * 150) + b"]\n"
    place.write_bytes(was)
    with pytest.raises(UsageError):
        changed_config(place, {"lang": "zh_CN"})
    assert place.read_bytes() == was
