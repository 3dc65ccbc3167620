"""What the payload told of good and broken environments and of every vendor, and the answer.

Recorded by ``tests/slow/record_payload.py``; devices other than the CPU were simulated there.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from torchup.host import Completed
from torchup.verify.expected import Expected
from torchup.verify.judge import judge
from torchup.verify.wording import describe, explain
from torchup.words import Words, load_words

if TYPE_CHECKING:
    from torchup.model import VerifyReport

FOLDER: Final = Path(__file__).with_name("recorded")
FAILED: Final[dict[str, dict[str, str]]] = {
    "cpu": {},
    "cpu-bench": {},
    "cpu-build-for-cuda": {"device": "not-built device=cuda"},
    "cpu-crash": {"conv": "crash signal=SIGSEGV last='Fatal Python error: Segmentation fault'"},
    "cpu-foreign-library": {
        "libraries": "foreign-library name=libc10.so path=/elsewhere/foreign/libc10.so"
        " own=/env/lib/python3.11/site-packages/torch/lib/libc10.so"
    },
    "cpu-hang": {"conv": "timeout"},
    "cpu-killed": {"conv": "killed signal=SIGKILL"},
    "cpu-no-library": {
        "import": "error error=ImportError message='libtorch_cpu.so: cannot open shared object"
        " file: No such file or directory'"
    },
    "cpu-two-openmp": {
        "libraries": "two-libraries name=libiomp5.so path=/elsewhere/conda/libiomp5.so"
        " other=/elsewhere/mkl/libiomp5.so"
    },
    "cpu-wrong": {"conv": "wrong-numbers max_error=0.001 allowed=1e-04"},
    "cuda": {},
    "cuda-jit": {},
    "cuda-jit-old-driver": {"fit": "jit-driver-old runtime=12.6 driver=12.4"},
    "cuda-kernel-error": {
        "conv": "error error=RuntimeError"
        " message='CUDA error: an illegal memory access was encountered'"
    },
    "cuda-minor": {},
    "cuda-no-code": {
        "fit": "no-code card='NVIDIA GeForce RTX 5090' arch=sm_120"
        " has='sm_50 sm_60 sm_70 sm_75 sm_80 sm_86 sm_90'"
    },
    "cuda-old-driver": {"fit": "driver-old runtime=13.0 driver=12.8"},
    "mps": {},
    "rocm": {},
    "rocm-no-code": {"fit": "no-code card='AMD Radeon RX 7900 XTX' arch=gfx1103 has=gfx1100"},
    "xpu": {},
}


def read(name: str) -> tuple[VerifyReport, dict[str, Any]]:
    first, *lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    head = json.loads(first)["recorded"]
    expected = Expected(framework="torch", device=head["device"])
    only = [code for code in expected.codes(head["level"]) if code not in head["skipped"]]
    completed = Completed(code=head["exit"])
    return judge(lines, completed, expected, level=head["level"], only=only), head


def test_every_recording_has_its_answer() -> None:
    assert {path.stem for path in FOLDER.glob("*.jsonl")} == set(FAILED)


@pytest.mark.parametrize("name", FAILED)
def test_what_was_told_is_judged(name: str) -> None:
    report, head = read(name)
    failed = {check.code: check.detail for check in report.checks if check.status == "fail"}
    assert failed == FAILED[name]
    assert report.ok is (not FAILED[name])
    assert report.device == head["device"]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", FAILED)
def test_what_was_told_can_be_worded(name: str, language: str) -> None:
    words: Words = load_words(language)
    for check in read(name)[0].checks:
        assert words.text(describe(check))
        why = explain(check)
        assert why is None or why.code != "verify.reason.other"


def test_a_card_that_failed_gets_a_fresh_process_for_what_follows() -> None:
    found = {check.code: check.status for check in read("cuda-kernel-error")[0].checks}
    assert (found["conv"], found["autograd"], found["libraries"]) == ("fail", "pass", "pass")


def test_every_device_is_computed_on() -> None:
    report, _ = read("cuda")
    twice = {check.code for check in report.checks if check.code.endswith("@cuda:1")}
    assert {"matmul@cuda:1", "conv@cuda:1", "memory@cuda:1"} <= twice
    assert report.devices == ("NVIDIA H100 80GB HBM3",) * 2


def test_what_fits_only_by_compiling_is_said() -> None:
    detail = {check.code: check.detail for check in read("cuda-jit")[0].checks}["fit"]
    assert detail == "jit=sm_120 driver=12.8"
    minor = {check.code: check.detail for check in read("cuda-minor")[0].checks}["fit"]
    assert minor == "driver=12.8 compatibility=minor"


def test_figures_are_kept() -> None:
    report, _ = read("cpu-bench")
    assert {one.name for one in report.figures} == {"matmul", "memory", "launch", "train"}
    assert all(len(one.samples) == 9 for one in report.figures)
