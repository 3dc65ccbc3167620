"""``torchup doctor``, as a process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from madeenvironments import make_environment, site_of

if TYPE_CHECKING:
    from cli.process import Torchup


def findings(torchup: Torchup, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = torchup("doctor", *words, "--json").document(
        "torchup.diagnosis/v1"
    )["findings"]
    return found


def test_sources_that_do_not_answer_are_warnings_and_no_error(torchup: Torchup) -> None:
    done = torchup("doctor")
    assert done.code == 0
    assert "✓" in done.out or "·" in done.out
    assert {one["code"] for one in findings(torchup)} <= {"source-unreachable"}


def test_a_broken_environment_is_found_with_its_repair(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo")
    whole = findings(torchup, "demo", "--offline")
    assert "environment-broken" not in [one["code"] for one in whole]
    for entry in site_of(path).glob("torch-*"):
        (entry / "METADATA").unlink()
    found = findings(torchup, "--all", "--offline")
    assert found[0]["code"] == "environment-broken"
    assert ["torchup", "repair", "demo"] in found[0]["remedies"][0]["commands"]
    assert torchup("doctor", "--offline").code == 1
    assert torchup("doctor", "demo", "--offline").code == 1


def test_settings_of_conda_are_looked_at(torchup: Torchup) -> None:
    (Path(torchup.env["HOME"]) / ".condarc").write_text("channels:\n\t- a\n")
    found = findings(torchup, "--offline")
    assert [one["code"] for one in found] == ["condarc-malformed"]


def test_a_machine_of_a_file_is_judged(torchup: Torchup) -> None:
    (torchup.root / "m.json").write_text(
        '{"schema": "torchup.machine/v1", "os": {"system": "linux"}, "arch": "x86_64", '
        '"gpus": [{"vendor": "nvidia", "name": "GeForce RTX 3090"}], '
        '"problems": [{"code": "nvidia-driver-missing", "args": {"card": "01:00.0"}}]}'
    )
    found = findings(torchup, "--machine", "m.json")
    assert found[0]["code"] == "nvidia-driver-missing"
    assert found[0]["severity"] == "error"


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("no-such",), "apply.no-such-environment", 1),
        (("demo", "--all"), "doctor.one-thing", 2),
        (("--machine", "no-such.json"), "wire.unreadable", 2),
    ],
)
def test_wrong_words_get_one_clear_error(
    torchup: Torchup, words: tuple[str, ...], code: str, status: int
) -> None:
    done = torchup("doctor", *words, "--json")
    assert (done.code, done.error["code"]) == (status, code)
