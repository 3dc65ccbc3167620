"""Paths that Windows can't open as it is usually set up."""

from __future__ import annotations

from msgspec.structs import replace

from torchup.api.long_paths import long_paths
from torchup.facts.load import load_catalogue
from torchup.host import Completed
from torchup.host.capture import Capture, CaptureHost, Ran

KEY = r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem"
DEEP = r"C:\Users\somebody.with.a.long.name\OneDrive - A Company\Dokumente\torchup\envs\demo"
WINDOWS = Capture(system="windows", machine="AMD64")


def answering(value: str) -> CaptureHost:
    said = f"\n{KEY}\n    LongPathsEnabled    REG_DWORD    {value}\n\n"
    done = Completed(code=0, out=said)
    ran = Ran(argv=("reg", "query", KEY, "/v", "LongPathsEnabled"), done=done)
    return CaptureHost(replace(WINDOWS, ran=(ran,)))


def test_a_deep_home_is_warned_of_where_long_paths_are_off() -> None:
    for host in (CaptureHost(WINDOWS), answering("0x0")):
        (found,) = long_paths(host, DEEP)
        assert (found.effect, found.subject) == ("warn", DEEP)
        assert int(found.has) == len(DEEP) + len(r"\Lib\site-packages") + 1 + (
            load_catalogue().framework.longest_path
        )
        fits = "C:\\" + "x" * (int(found.about) - 3)
        assert long_paths(host, fits) == ()
        assert long_paths(host, fits + "x")


def test_nothing_is_said_where_they_are_on_or_on_other_systems() -> None:
    assert long_paths(answering("0x1"), DEEP) == ()
    assert long_paths(CaptureHost(replace(WINDOWS, system="linux")), DEEP) == ()
    assert long_paths(CaptureHost(WINDOWS), r"C:\Users\me\AppData\Local\torchup\envs\demo") == ()
