"""``pip.ini`` and ``.condarc`` on Windows, as the tutorials write them: found, mended, written."""

from __future__ import annotations

from typing import Final

import pytest

from torchup.api.checks.mirrors import look
from torchup.api.condas.settings import CondaSettings
from torchup.api.context import Context
from torchup.api.mirrors.choice import choose
from torchup.api.mirrors.writing import prepare
from torchup.api.repairs import propose
from torchup.state.home import Home
from torchup.state.undo import Write
from unit.sources.fakehost import FileHost

ENV: Final = {
    "USERPROFILE": "C:\\Users\\小明",
    "APPDATA": "C:\\Users\\小明\\AppData\\Roaming",
    "PROGRAMDATA": "C:\\ProgramData",
}
PIP_INI: Final = "C:\\Users\\小明\\AppData\\Roaming\\pip\\pip.ini"
CONDARC: Final = f"{ENV['USERPROFILE']}/.condarc"
"""Windows takes both strokes."""
DOUBAN: Final = (
    "[global]\r\nindex-url = http://pypi.douban.com/simple\r\n[install]\r\nuse-mirrors =true\r\n"
    "mirrors = http://pypi.douban.com/simple/\r\ntrusted-host = pypi.douban.com\r\n"
)
FREE: Final = (
    "ssl_verify: true\r\nshow_channel_urls: true\r\nchannels:\r\n"
    "- http://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/free/win-64/\r\n"
    "- http://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/main/win-64/\r\n"
)
ONE_BLANK_TOO_MANY: Final = (
    "channels:\r\n  - defaults\r\nshow_channel_urls: true\r\n default_channels:\r\n"
    "  - https://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/main\r\n"
)


def machine(**files: str) -> Context:
    named = {"pip": PIP_INI, "conda": CONDARC}
    held = {named[name]: text for name, text in files.items()}
    return Context(FileHost(env=ENV, files=held, system="windows"), Home("C:/torchup"))


def test_pip_ini_is_mended_where_it_lies() -> None:
    context = machine(pip=DOUBAN)
    (found,) = look(context)
    assert (found.code, found.facts["path"]) == ("mirror-retired", PIP_INI)
    proposal = propose(context, found)
    assert proposal is not None
    (edit,) = proposal.edits
    assert isinstance(edit, Write)
    assert (edit.path, edit.was) == (PIP_INI, DOUBAN.encode())
    assert edit.data == b"[global]\r\n[install]\r\n"


@pytest.mark.parametrize(
    ("text", "code"), [(FREE, "conda-channel-gone"), (ONE_BLANK_TOO_MANY, "condarc-malformed")]
)
def test_condarc_is_mended_where_it_lies(text: str, code: str) -> None:
    context = machine(conda=text)
    settings = CondaSettings(context)
    assert settings.own_file == CONDARC
    found = [one.finding for one in settings.findings]
    assert code in {one.code for one in found}
    assert all(CONDARC in one.because[0] for one in found)
    ours = next(one for one in found if one.code == code)
    proposal = propose(context, ours)
    assert proposal is not None
    (edit,) = proposal.edits
    assert isinstance(edit, Write)
    assert edit.path == CONDARC
    assert b"\r\n" in edit.data
    assert b"\n" not in edit.data.replace(b"\r\n", b""), "its line ends stay"
    mended = CondaSettings(machine(conda=edit.data.decode()))
    assert code not in {one.finding.code for one in mended.findings}


def test_a_mirror_is_written_to_both() -> None:
    context = machine()
    written = {
        one.program: one
        for one in prepare(context, choose(("pypi", "conda"), ["tuna"]), ("pip", "conda"))
    }
    assert written["pip"].path == PIP_INI
    assert b"pypi.tuna.tsinghua.edu.cn/simple" in written["pip"].now
    assert written["conda"].path == CONDARC
    assert b"anaconda/pkgs/msys2" in written["conda"].now
