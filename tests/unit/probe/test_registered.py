"""Pythons that are registered with Windows."""

from __future__ import annotations

from torchup.host import Completed
from torchup.host.capture import Capture, CaptureHost, Ran
from torchup.probe.interpreters import list_candidates
from torchup.probe.registered import registered

MINE = "C:\\Users\\李雷\\AppData\\Local\\Programs\\Python\\Python312\\python.exe"
ALL = "C:\\Program Files\\Python310\\python.exe"
SAID = """
HKEY_CURRENT_USER\\Software\\Python\\PythonCore\\3.12\\InstallPath
    ExecutablePath    REG_SZ    {path}

End of search: 1 match(es) found.
"""


def query(key: str, *options: str, out: str) -> Ran:
    argv = ("reg", "query", key, "/s", "/v", "ExecutablePath", *options)
    return Ran(argv=argv, done=Completed(code=0, out=out))


def host(*ran: Ran) -> CaptureHost:
    files = {MINE: (1, 100_000), ALL: (1, 100_000)}
    capture = Capture(
        system="windows",
        machine="AMD64",
        ran=ran,
        modified=files,
        executables=tuple(files),
        env={"USERPROFILE": "C:\\Users\\李雷", "PATH": "C:\\Windows"},
    )
    return CaptureHost(capture)


def test_the_users_own_and_everybodys_are_found() -> None:
    there = host(
        query("HKCU\\Software\\Python", out=SAID.format(path=MINE)),
        query("HKLM\\Software\\Python", "/reg:64", out=SAID.format(path=ALL) + SAID),
        query("HKLM\\Software\\Python", "/reg:32", out="搜索结束: 找到 0 匹配。\n"),
    )
    assert list(registered(there))[:2] == [MINE, ALL]
    found = {(one.path, one.origin) for one in list_candidates(there)}
    assert found == {(MINE, "registry"), (ALL, "registry")}


def test_nothing_is_registered() -> None:
    assert list(registered(host())) == []
