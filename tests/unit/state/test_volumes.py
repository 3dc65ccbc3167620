from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.host.capture import Capture, CaptureHost
from torchup.state.volumes import can_link, parse_mounts, volume_of

MOUNTS = """/dev/sda2 / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
/dev/sdb1 /data\\040disk xfs rw 0 0
/dev/sdc1 /media/stick vfat rw 0 0
/dev/sdd1 /data\\040disk/old ext4 rw 0 0
broken
"""


def linux() -> CaptureHost:
    return CaptureHost(
        Capture(system="linux", machine="x86_64", files={"/proc/self/mounts": MOUNTS})
    )


def test_a_path_lies_on_the_innermost_volume() -> None:
    names = {
        path: found.device if (found := volume_of(linux(), path)) else None
        for path in ("/", "/home/user", "/tmp", "/tmpfile", "/data disk/x", "/data disk/old/y")
    }
    assert names == {
        "/": "/dev/sda2",
        "/home/user": "/dev/sda2",
        "/tmp": "tmpfs",
        "/tmpfile": "/dev/sda2",
        "/data disk/x": "/dev/sdb1",
        "/data disk/old/y": "/dev/sdd1",
    }


def test_hard_links_need_one_volume_that_has_them() -> None:
    home, cache = volume_of(linux(), "/home/user/a"), volume_of(linux(), "/home/user/b")
    tmp, stick = volume_of(linux(), "/tmp/a"), volume_of(linux(), "/media/stick/a")
    assert (can_link(home, cache), can_link(home, tmp), can_link(stick, stick)) == (
        True,
        False,
        False,
    )
    assert can_link(None, home) is None


def test_on_windows_a_drive_is_a_volume() -> None:
    host = CaptureHost(Capture(system="windows", machine="AMD64"))
    c, d = volume_of(host, "C:\\Users\\user"), volume_of(host, "d:/torchup")
    assert can_link(c, volume_of(host, "c:/x")) is True
    assert can_link(c, d) is False
    assert volume_of(host, "\\\\server\\share") is None


@fuzzed
@given(st.text())
def test_any_list_of_mounts_can_be_read(text: str) -> None:
    parse_mounts(text)
