"""Long lines on a terminal fold under their own column; what people copy and pipe stays whole."""

from __future__ import annotations

import io
import os

import pytest

from torchup.cli import screen as screens
from torchup.cli.folding import fold
from torchup.cli.render import system_name
from torchup.cli.screen import LABEL, Screen, width
from torchup.host.real import RealHost
from torchup.model import Machine, Os

LONG = "The card needs a build that has code for it, and none of these " * 4
WIDE = "这台机器的驱动版本太旧。需要更新到 580.65.06 或更新版本。然后就可以使用。" * 4


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((60, 20)))


@pytest.mark.parametrize("text", [LONG, WIDE], ids=["english", "chinese"])
@pytest.mark.usefixtures("narrow")
def test_a_row_folds_under_its_text(text: str) -> None:
    stream = Terminal()
    Screen(stream, RealHost()).row("Also", text)
    first, *rest = stream.getvalue().splitlines()
    assert len(rest) > 2
    assert all(width(line) <= 60 for line in (first, *rest))
    assert all(line.startswith(" " * LABEL) and line[LABEL] != " " for line in rest)
    joined = first[LABEL:] + "".join(line[LABEL:] for line in rest)
    assert joined.replace(" ", "") == text.replace(" ", "")


@pytest.mark.usefixtures("narrow")
def test_commands_and_lines_for_programs_stay_whole() -> None:
    stream = Terminal()
    command = "torchup create NAME " + "package==1.0 " * 10
    Screen(stream, RealHost()).row("Next", command)
    Screen(stream, RealHost()).line("pip install " + "package==1.0 " * 10)
    assert len(stream.getvalue().splitlines()) == 2
    redirected = io.StringIO()
    Screen(redirected, RealHost()).row("Also", LONG)
    assert len(redirected.getvalue().splitlines()) == 1


def test_what_has_no_room_stays_whole_and_colours_take_none() -> None:
    address = "https://example.org/" + "x" * 80
    assert fold(f"  {address}", 40) == [f"  {address}"]
    short = "\x1b[32m" + "word " * 7 + "\x1b[0m"
    assert fold(short, 40) == [short]
    assert fold("  1  " + "word " * 10, 40)[1].startswith("     word")


@pytest.mark.usefixtures("narrow")
def test_the_terminal_is_asked_only_for_long_lines() -> None:
    stream = Terminal()
    Screen(stream, RealHost()).row("Also", "short")
    assert stream.getvalue() == "Also          short\n"
    assert "get_terminal_size" not in vars(screens)


def test_systems_by_name() -> None:
    names = {
        "macOS 11.7": Os(system="macos", version="11.7"),
        "Windows 10.0.26100": Os(system="windows", version="10.0.26100"),
        "WSL 2 (linux)": Os(system="linux", wsl=2),
        "ubuntu 24.04": Os(system="linux", distro="ubuntu", version="24.04", wsl=0),
    }
    for name, system in names.items():
        assert system_name(Machine(os=system, arch="x86_64")) == name
