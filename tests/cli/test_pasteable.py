"""Commands that are shown are read by the shells of the machine that they are shown on."""

from __future__ import annotations

import argparse

import pytest

from torchup.cli.findings import print_findings
from torchup.cli.kernels import next_of
from torchup.cli.repairs import print_left
from torchup.cli.session import Session
from torchup.host.real import RealHost
from torchup.model import Text
from torchup.model.finding import Finding, Remedy
from torchup.words import load_words

TITLE = Text(code="finding.safe", args={})
COMMAND = ("pip", "install", "numpy<2", "C:\\my lab\\x.whl")


class Windows(RealHost):
    """This machine, as if it were Windows."""

    @property
    def system(self) -> str:  # type: ignore[override]  # the others aren't played
        return "windows"


def session(*, windows: bool) -> Session:
    return Session(Windows() if windows else RealHost(), load_words("en"), {})


def finding(*commands: tuple[str, ...]) -> Finding:
    remedy = Remedy(title=TITLE, safety="manual", commands=commands)
    return Finding(code="x", severity="error", title=TITLE, because=(), remedies=(remedy,))


@pytest.mark.parametrize("printing", [print_findings, print_left])
def test_what_is_to_be_done_can_be_pasted(
    printing: object, capsys: pytest.CaptureFixture[str]
) -> None:
    for windows, line in (
        (True, 'pip install "numpy<2" "C:\\my lab\\x.whl"'),
        (False, "pip install \"numpy<2\" 'C:\\my lab\\x.whl'"),
    ):
        here = session(windows=windows)
        printing((finding(COMMAND),), here)  # type: ignore[operator]  # one of the two
        here.out.flush()
        assert line in capsys.readouterr().out


def test_a_whole_line_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    here = session(windows=True)
    print_findings((finding(("net stop x && net start x",)),), here)
    here.out.flush()
    assert "      net stop x && net start x" in capsys.readouterr().out


def test_where_kernels_are_is_said_again() -> None:
    args = argparse.Namespace(prefix="C:\\Program Files\\lab", jupyter=None)
    said = next_of(args, session(windows=True), "torchup kernel check")
    assert said == 'torchup kernel check --prefix "C:\\Program Files\\lab"'
    none = argparse.Namespace(prefix=None, jupyter=None)
    assert next_of(none, session(windows=False), "torchup kernel check") == "torchup kernel check"
