"""Files are read at once, and nothing else is."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from torchup.early import EarlyHost, read_file, read_text


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    place = tmp_path / "a"
    place.write_bytes(b"\0one\r\n")
    assert read_file(place) == b"\0one\r\n"
    assert read_file(str(place)) == b"\0one\r\n"


def test_the_ends_of_lines_that_windows_writes_are_plain_ones(tmp_path: Path) -> None:
    place = tmp_path / "pylock.toml"
    place.write_bytes(b'a = "\xc3\xa4"\r\nb = 1\r\n')
    assert read_text(place) == 'a = "ä"\nb = 1\n'


def test_what_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none")
    with pytest.raises(OSError, match=str(tmp_path.name)):
        read_file(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have no names in folders there")
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="pipe"):
        read_file(pipe)
    assert EarlyHost().read(str(pipe)) is None


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device")
def test_a_device_without_end_is_not_read(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("/dev/zero")
    with pytest.raises(OSError, match="link"):
        read_file(link)


@pytest.mark.skipif(sys.platform == "win32", reason="links take rights there")
def test_settings_that_lead_nowhere_are_empty(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(os.devnull)
    assert read_file(link) == b""


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no such folder")
def test_what_a_shell_hands_over_is_read_to_its_end() -> None:
    reader, writer = os.pipe()

    def write() -> None:
        with os.fdopen(writer, "wb") as stream:
            stream.write(b"x" * 200_000)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert len(read_file(f"/dev/fd/{reader}")) == 200_000
    finally:
        thread.join()
        os.close(reader)
