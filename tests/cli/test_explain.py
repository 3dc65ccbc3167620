"""``torchup explain``, as a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.process import Torchup

LOG = b"Traceback\nAssertionError: Torch not compiled with CUDA enabled\n"


def test_a_log_is_explained_from_standard_input_and_from_a_file(torchup: Torchup) -> None:
    piped = torchup("explain", stdin=LOG)
    (torchup.root / "build.log").write_bytes(LOG)
    named = torchup("explain", "build.log")
    assert piped.code == named.code == 1
    assert piped.out == named.out
    assert "2: AssertionError" in piped.out


def test_the_document_names_causes_and_remedies(torchup: Torchup) -> None:
    facts = '{"gpu": "RTX 3060", "os": "Windows 11"}'
    found = torchup("explain", "--facts", facts, "--json", stdin=LOG)
    (first, *_) = found.document("torchup.diagnosis/v1")["findings"]
    assert first["code"] == "torch-cpu-build-on-gpu-machine"
    assert first["severity"] == "error"
    assert 0 < first["confidence"] <= 1
    assert first["because"] == ["2: AssertionError: Torch not compiled with CUDA enabled"]
    assert ["torchup", "plan"] in first["remedies"][0]["commands"]


def test_a_machine_document_decides(torchup: Torchup) -> None:
    (torchup.root / "m.json").write_text(
        '{"schema": "torchup.machine/v1", "os": {"system": "macos"}, "arch": "arm64", "gpus": []}'
    )
    found = torchup("explain", "--machine", "m.json", "--json", stdin=LOG)
    (first, *_) = found.document("torchup.diagnosis/v1")["findings"]
    assert first["code"] == "cuda-code-on-machine-without-nvidia"


def test_nothing_wrong_is_said_and_is_no_error(torchup: Torchup) -> None:
    done = torchup("explain", stdin=b"epoch 1 loss 0.1\n")
    assert done.code == 0
    assert torchup("explain", "--json", stdin=b"").document("torchup.diagnosis/v1") == {
        "schema": "torchup.diagnosis/v1",
        "findings": [],
        "question": None,
    }


def test_this_machine_is_looked_at_only_where_it_is_asked(torchup: Torchup) -> None:
    here = torchup("explain", "--here", "--json", stdin=LOG)
    assert here.code == 1
    assert here.document("torchup.diagnosis/v1")["findings"]


def test_causes_are_listed_and_searched(torchup: Torchup) -> None:
    every = torchup("explain", "--list", "--json").document("torchup.diagnosis/v1")["findings"]
    assert len(every) == 101
    some = torchup("explain", "--list", "wsl")
    assert some.code == 0
    assert "wsl-libcuda-missing" in some.out or "WSL" in some.out
    assert torchup("explain", "--list", "nonsense-word").code == 1
    one = torchup("explain", "--list", "ninja-missing")
    assert "torchup add ninja" in one.out


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("no-such.log",), "explain.unreadable", 3),
        ((".",), "explain.unreadable", 3),
        (("--facts", "{"), "explain.facts", 2),
        (("--facts", "no-such.json"), "explain.facts", 2),
        (("--machine", "m.json", "--here"), "explain.one-machine", 2),
    ],
)
def test_wrong_words_get_one_clear_error(
    torchup: Torchup, words: tuple[str, ...], code: str, status: int
) -> None:
    done = torchup("explain", *words, "--json")
    assert (done.code, done.error["code"]) == (status, code)
