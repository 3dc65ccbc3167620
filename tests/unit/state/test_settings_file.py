"""Settings that are none."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from torchup.errors import OutsideError, UsageError
from torchup.state.config import read_config

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_that_is_far_too_long_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    with file.open("wb") as stream:
        stream.truncate(1 << 30)
    with pytest.raises(UsageError, match=r"config\.too-large"):
        read_config(file)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device")  # noqa: PTH110
def test_a_device_that_never_ends_is_refused() -> None:
    with pytest.raises(OutsideError, match=r"config\.unreadable"):
        read_config("/dev/zero")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have no names in folders there")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "config.toml"
    os.mkfifo(pipe)
    with pytest.raises(OutsideError, match=r"config\.unreadable"):
        read_config(pipe)


def test_the_empty_device_is_no_settings() -> None:
    assert read_config(os.devnull) == {}
