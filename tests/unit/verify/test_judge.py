from __future__ import annotations

import json

import pytest

from torchup.host import Completed
from torchup.verify.expected import Expected
from torchup.verify.judge import judge, read_line

EXPECTED = Expected(framework="torch", version="2.13.0+cpu")
CODES = EXPECTED.codes("standard")
DONE = Completed(code=0)
END = '{"end": true, "packages": {"torch": "2.13.0+cpu"}, "python": "3.11.7"}'


def passing(*codes: str) -> list[str]:
    lines: list[str] = []
    for code in codes:
        lines.append(json.dumps({"start": code}))
        told = {"code": code, "status": "pass", "detail": "", "took_s": 0.1}
        lines.append(json.dumps(told))
    return lines


def test_all_checks_passed() -> None:
    report = judge([*passing(*CODES), END], DONE, EXPECTED, at="2026-01-01T00:00:00+00:00")
    assert report.ok
    assert report.packages == {"torch": "2.13.0+cpu"}
    assert report.python == "3.11.7"
    assert report.device == "cpu"
    assert report.at == "2026-01-01T00:00:00+00:00"
    assert [check.code for check in report.checks] == list(CODES)


def test_a_skipped_check_that_is_not_needed_is_no_failure() -> None:
    lines = passing(*(code for code in CODES if code != "numpy"))
    lines.append('{"code": "numpy", "status": "skip", "detail": "no-numpy"}')
    assert judge([*lines, END], DONE, EXPECTED).ok


@pytest.mark.parametrize("needed", ["import", "version", "matmul"])
def test_a_skipped_check_that_is_needed_is_not_ok(needed: str) -> None:
    lines = passing(*(code for code in CODES if code != needed))
    lines.append(json.dumps({"code": needed, "status": "skip", "detail": "no-device"}))
    assert not judge([*lines, END], DONE, EXPECTED).ok


def test_wrong_version() -> None:
    detail = "wrong-version expected=2.13.0+cpu found=2.12.0+cpu"
    failed = json.dumps({"code": "version", "status": "fail", "detail": detail})
    lines = [*passing("import"), failed, *passing(*CODES[2:]), END]
    report = judge(lines, DONE, EXPECTED)
    assert not report.ok
    assert [c.code for c in report.checks if c.status == "fail"] == ["version"]
    assert report.checks[1].detail == detail


def test_a_crash_fails_the_check_that_was_running() -> None:
    lines = [*passing("import", "version", "device"), '{"start": "matmul"}']
    completed = Completed(code=-11, out="Fatal Python error: Segmentation fault\n")
    report = judge(lines, completed, EXPECTED)
    failed = [check for check in report.checks if check.status == "fail"]
    assert [check.code for check in failed] == ["matmul"]
    assert failed[0].detail.startswith("crash signal=SIGSEGV last=")
    skipped = [check.code for check in report.checks if check.detail == "not-reached"]
    assert skipped == [c for c in CODES if c not in ("import", "version", "device", "matmul")]
    assert not report.ok


def test_a_crash_on_windows_names_its_status() -> None:
    report = judge(['{"start": "import"}'], Completed(code=0xC0000005), EXPECTED)
    assert report.checks[0].detail == "crash signal=0xC0000005"


def test_a_hang_fails_the_check_that_was_running() -> None:
    lines = [*passing("import", "version"), '{"start": "device"}']
    report = judge(lines, Completed(code=-9, timed_out=True), EXPECTED)
    assert [(c.code, c.detail) for c in report.checks if c.status == "fail"] == [
        ("device", "timeout")
    ]


def test_nothing_but_garbage_fails_the_start() -> None:
    lines = ["Traceback (most recent call last):", "{", "null", "[]", "ModuleNotFoundError: 'x y'"]
    report = judge(lines, Completed(code=1, err="\n".join(lines)), EXPECTED)
    assert not report.ok
    failed = next(check for check in report.checks if check.status == "fail")
    assert failed.code == "start"
    assert failed.detail.startswith("stopped exit=1 last=")
    assert "ModuleNotFoundError" in failed.detail


def test_garbage_between_lines_changes_nothing() -> None:
    lines: list[str] = []
    for line in [*passing(*CODES), END]:
        lines += ["\ufffd\ufffd\x00", line, '{"code": "x", "status": "maybe"}']
    assert judge(lines, DONE, EXPECTED).ok


def test_a_program_that_cannot_be_started() -> None:
    report = judge([], Completed(code=127, err="No such file or directory"), EXPECTED)
    assert not report.ok
    failed = next(check for check in report.checks if check.status == "fail")
    assert failed.detail == "stopped exit=127 last='No such file or directory'"


def test_an_end_without_an_expected_check_is_not_ok() -> None:
    expected = Expected(framework="torch", companions={"torchvision": "1"})
    report = judge([*passing(*CODES), END], DONE, expected)
    assert not report.ok
    assert report.checks[-1].code == "companion:torchvision"
    assert report.checks[-1].detail == "not-reached"


def test_a_clean_exit_without_the_last_line_is_not_ok() -> None:
    assert not judge(passing(*CODES), DONE, EXPECTED).ok


def test_a_dead_worker_fails_the_check_that_it_was_at() -> None:
    died = json.dumps({"died": "conv", "exit": -11, "last": "Segmentation fault", "took_s": 1.5})
    lines = [*passing(*(c for c in CODES if c != "conv")), '{"start": "conv"}', died, END]
    report = judge(lines, DONE, EXPECTED)
    assert not report.ok
    failed = [check for check in report.checks if check.status == "fail"]
    assert [(c.code, c.detail, c.took_s) for c in failed] == [
        ("conv", "crash signal=SIGSEGV last='Segmentation fault'", 1.5)
    ]


def test_the_end_for_want_of_memory_is_not_a_crash() -> None:
    died = json.dumps({"died": "memory", "exit": -9, "last": ""})
    report = judge([*passing(*CODES), died, END], DONE, EXPECTED)
    assert [c.detail for c in report.checks if c.status == "fail"] == ["killed signal=SIGKILL"]


def test_a_worker_that_was_too_slow() -> None:
    died = json.dumps({"died": "fft", "exit": -9, "timeout": True})
    report = judge([*passing(*(c for c in CODES if c != "fft")), died, END], DONE, EXPECTED)
    assert [(c.code, c.detail) for c in report.checks if c.status == "fail"] == [("fft", "timeout")]


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", '{"code": "é"'.encode("latin-1")])
def test_bytes_that_are_not_utf8_are_no_line(raw: bytes) -> None:
    assert read_line(raw.decode("utf-8", "replace")) is None
