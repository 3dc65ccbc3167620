"""Lines that Windows' shells read in the console's own encoding, which a pipe is not in."""

from __future__ import annotations

import io
import os
import sys

import pytest

from torchup.cli.evaluated import speak_as_the_console
from torchup.errors import NoAnswerError

LINES = [r'set "VIRTUAL_ENV=C:\Users\张三\demo"']


def piped(monkeypatch: pytest.MonkeyPatch, encoding: str) -> io.BytesIO:
    """Stand in for a program of Windows' that writes into a pipe, at a console of an encoding."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252", write_through=True))
    monkeypatch.setattr(os, "device_encoding", {2: encoding}.get)
    return raw


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_the_console_reads_what_is_written(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    out = piped(monkeypatch, encoding)
    speak_as_the_console(LINES)
    sys.stdout.write(LINES[0])
    assert out.getvalue().decode(encoding) == LINES[0]


def test_letters_that_the_console_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    out = piped(monkeypatch, "cp437")
    with pytest.raises(NoAnswerError) as caught:
        speak_as_the_console(LINES)
    assert caught.value.code == "shell.console"
    assert caught.value.details["letters"] == "张三"
    assert not out.getvalue()
