"""Machine documents that nobody should have written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.process import Torchup, has_next_step, one_error
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE

HEAD = '{"schema": "torchup.machine/v1", "os": {"system": "linux"}, "arch": "x86_64"'
MACHINES: dict[str, str | bytes] = {
    "empty": "",
    "blank": " \n\n ",
    "not json": "hello",
    "half": HEAD,
    "list": "[]",
    "null": "null",
    "number": "1e400",
    "other schema": HEAD.replace("machine/v1", "plan/v1") + "}",
    "future schema": HEAD.replace("machine/v1", "machine/v9") + "}",
    "unknown system": HEAD.replace("linux", "plan9") + "}",
    "unknown arch": HEAD.replace("x86_64", "z80") + "}",
    "wrong type": HEAD + ', "gpus": "many"}',
    "wrong inner type": HEAD + ', "gpus": [{"name": 5}]}',
    "unknown vendor": HEAD + ', "gpus": [{"vendor": "3dfx"}]}',
    "not a number": HEAD + ', "memory_mib": NaN}',
    "binary": bytes(range(256)),
    "half utf-16": b"\xff\xfe{",
    "deep": "[" * 100_000,
    "deep object": HEAD + ', "evidence": ' + "[" * 50_000 + "]" * 50_000 + "}",
    "second line": HEAD + "}\n" + HEAD + ', "gpus": 5}\n',
    "no system": '{"schema": "torchup.machine/v1", "os": {}, "arch": "x86_64"}',
    "odd python": HEAD + ', "pythons": [{"path": "x", "version": "new", "implementation": "C"}]}',
}


def nvidia(arch: str, driver: str = "580.1") -> str:
    """A machine with one card."""
    card = f'[{{"vendor": "nvidia", "arch": "{arch}"}}]'
    return HEAD + f', "gpus": {card}, "drivers": [{{"vendor": "nvidia", "version": "{driver}"}}]}}'


ODD: dict[str, str] = {
    "huge number": HEAD + f', "memory_mib": {10**40}' + "}",
    "huge index": HEAD + ', "gpus": [{"index": 9223372036854775807, "name": "Tesla V100"}]}',
    "negative memory": HEAD + ', "gpus": [{"memory_mib": -5, "name": "Tesla V100"}]}',
    "odd driver": nvidia("sm_70", "new.est"),
    "huge driver": nvidia("sm_70", "9" * 5000 + ".1"),
    "raised digits": nvidia("sm_7²", "58².1"),
    "odd arch": nvidia("sm_ninety"),
    "huge arch": nvidia("sm_" + "9" * 5000),
    "empty card": HEAD + ', "gpus": [{}]}',
    "odd pci id": HEAD + ', "gpus": [{"pci_id": "zzzz"}]}',
    "odd libc": HEAD.replace('"linux"', '"linux", "libc": "glibc x.y"') + ', "gpus": []}',
    "a hundred cards": HEAD
    + ', "gpus": ['
    + ",".join('{"vendor": "nvidia", "arch": "sm_90"}' for _ in range(100))
    + "]}",
    "control characters": HEAD
    + ', "gpus": [{"name": "\\u001b[31mred\\u001b]0;title\\u0000", "vendor": "nvidia"}]}',
}


@pytest.mark.parametrize("data", MACHINES.values(), ids=MACHINES)
def test_garbage_as_machine(torchup: Torchup, tmp_path: Path, data: str | bytes) -> None:
    file = tmp_path / "machine.json"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    said = one_error(torchup("plan", "--machine", str(file)), EXIT_USAGE)
    assert str(file) in said
    assert has_next_step(said), said
    assert len(said) < 800


@pytest.mark.parametrize("name", ["empty", "binary", "deep", "second line"])
def test_garbage_through_a_pipe(torchup: Torchup, name: str) -> None:
    piped = torchup("plan", "--json", "--machine", "-", stdin=MACHINES[name])
    assert piped.code == EXIT_USAGE
    assert piped.error["code"] in {
        "wire.empty",
        "wire.malformed",
        "wire.wrong-type",
        "wire.not-a-machine",
    }


@pytest.mark.parametrize("name", ODD)
def test_odd_machines_get_an_answer(torchup: Torchup, name: str) -> None:
    done = torchup("plan", "--json", "--machine", "-", stdin=ODD[name])
    assert done.code in {EXIT_DONE, EXIT_NO, EXIT_USAGE}, done
    assert json.loads(done.out)["schema"] in {"torchup.plan/v1", "torchup.error/v1"}


def test_a_file_can_not_paint_the_terminal(torchup: Torchup) -> None:
    for colour in ({}, {"FORCE_COLOR": "1"}):
        done = torchup("plan", "--machine", "-", stdin=ODD["control characters"], **colour)
        assert done.code == EXIT_NO
        assert "\x1b]0;" not in done.out
        assert "\x00" not in done.out
        assert ("\x1b" in done.out) is bool(colour)


def test_machines_that_can_not_be_read(torchup: Torchup, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing", tmp_path / "x" / "y", Path()):
        said = one_error(torchup("why", "--machine", str(path)), EXIT_USAGE)
        assert has_next_step(said)
    one_error(torchup("plan", "--machine", ""), EXIT_USAGE)


@pytest.mark.parametrize("text", ["[root@node1 ~]# lspci\n", "[10:00:00] hello\n", "hello\n"])
def test_what_is_no_json_is_not_called_so(torchup: Torchup, tmp_path: Path, text: str) -> None:
    file = tmp_path / "said.txt"
    file.write_text(text, encoding="utf-8")
    for asked in (("plan", "--machine"), ("probe", "--capture")):
        done = torchup(*asked, str(file), "--json")
        assert (done.code, done.error["code"]) == (EXIT_USAGE, "wire.not-a-machine"), asked


def test_two_machines_in_one_file_are_one_clear_error(torchup: Torchup) -> None:
    text = "GPU 0: NVIDIA L4 (UUID: GPU-1)\nGPU 0: NVIDIA T4 (UUID: GPU-2)\n"
    done = torchup("plan", "--machine", "-", "--json", stdin=text)
    assert (done.code, done.error["code"]) == (EXIT_USAGE, "pasted.two-machines")
    assert "NVIDIA T4" in done.error["message"]
