"""The nvidia-smi path with a real program: a script that prints what drivers print."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from torchup.host.real import RealHost
from torchup.vendors.nvidia.places import find_smi
from torchup.vendors.nvidia.smi import ask_smi

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")

OLD_DRIVER = """#!/bin/sh
case "$*" in
  *compute_cap*) echo 'Field "compute_cap" is not a valid field to query.'; exit 2;;
  *query-gpu*)
     echo "0, Tesla K80, GPU-1, 00000000:05:00.0, 0x102D10DE, 0x106C10DE, 11441 MiB, 430.26"
     echo "1, Tesla K80, GPU-2, 00000000:06:00.0, 0x102D10DE, 0x106C10DE, 11441 MiB, 430.26";;
  *) echo "| NVIDIA-SMI 430.26       Driver Version: 430.26       CUDA Version: 10.2     |";;
esac
"""
BROKEN = """#!/bin/sh
echo "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."
exit 9
"""
LOST = """#!/bin/sh
echo "Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost."
"""


def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> str:
    program = tmp_path / "nvidia-smi"
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    found = find_smi(RealHost())
    assert found == str(program)
    return found


def test_old_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ask_smi(RealHost(), install(tmp_path, monkeypatch, OLD_DRIVER))
    assert [(gpu.index, gpu.name, gpu.memory_mib, gpu.arch) for gpu in answer.gpus] == [
        (0, "Tesla K80", 11441, None),
        (1, "Tesla K80", 11441, None),
    ]
    assert (answer.driver, answer.cuda, answer.why) == ("430.26", "10.2", None)


def test_broken_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ask_smi(RealHost(), install(tmp_path, monkeypatch, BROKEN))
    assert answer.gpus == ()
    assert answer.why is not None
    assert answer.why.startswith("NVIDIA-SMI has failed")


def test_text_without_a_card_is_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ask_smi(RealHost(), install(tmp_path, monkeypatch, LOST))
    assert (answer.gpus, answer.driver) == ((), None)
    assert answer.why is not None
    assert answer.why.startswith("Unable to determine")
