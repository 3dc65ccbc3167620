"""``torchup repair``, as a process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.process import Torchup

GONE = "  - https://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/free/\n"
OLD = f"channels:\n{GONE}  - defaults\nssl_verify: false\n"


@pytest.fixture
def condarc(torchup: Torchup) -> Path:
    path = Path(torchup.env["HOME"]) / ".condarc"
    path.write_text(OLD)
    return path


def test_what_is_safe_is_mended_and_the_rest_is_named(torchup: Torchup, condarc: Path) -> None:
    dry = torchup("repair", "--dry-run", "--offline")
    assert dry.code == 0
    assert condarc.read_text() == OLD
    done = torchup("repair", "--offline")
    assert done.code == 0
    assert condarc.read_text() == OLD.replace(GONE, "")
    assert "torchup repair --finding conda-ssl-off" in done.out
    assert torchup("undo").code == 0
    assert condarc.read_text() == OLD


def test_what_asks_is_mended_where_it_is_named(torchup: Torchup, condarc: Path) -> None:
    ended = torchup("repair", "--finding", "conda-ssl-off", "--offline", "--json")
    outcome = ended.document("torchup.outcome/v1")
    assert [one["id"] for one in outcome["steps"]] == ["conda-ssl-off"]
    assert outcome["left"] == []
    assert condarc.read_text() == OLD.replace("ssl_verify: false\n", "")
    assert torchup("undo").code == 0
    assert torchup("repair", "--yes", "--offline").code == 0
    assert condarc.read_text() == "channels:\n  - defaults\n"
    assert torchup("undo").code == torchup("undo").code == 0
    assert condarc.read_text() == OLD


def test_what_is_left_stands_in_the_document(torchup: Torchup, condarc: Path) -> None:
    outcome = torchup("repair", "--offline", "--json").document("torchup.outcome/v1")
    assert [one["code"] for one in outcome["left"]] == ["conda-ssl-off"]
    condarc.write_text("channels:\n\t- a: [\n")
    outcome = torchup("repair", "--offline", "--json").document("torchup.outcome/v1")
    assert not outcome["ok"]


def test_nothing_wrong_is_said(torchup: Torchup) -> None:
    done = torchup("repair", "--offline")
    assert (done.code, done.err) == (0, "")
    assert "othing" in done.out


@pytest.mark.usefixtures("condarc")
@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("--finding", "nonsense"), "repair.no-finding", 2),
        (("no-such",), "apply.no-such-environment", 1),
        (("./no-such",), "foreign.none-there", 1),
        (("a", "b"), "cli.too-much", 2),
        (("--finding",), "cli.option-without-value", 2),
    ],
)
def test_wrong_words_are_one_clear_error(
    torchup: Torchup, words: tuple[str, ...], code: str, status: int
) -> None:
    ended = torchup("repair", *words, "--offline", "--json")
    assert (ended.code, ended.error["code"]) == (status, code)
