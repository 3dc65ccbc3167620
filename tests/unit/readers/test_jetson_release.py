from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import jetson_release

NEW = """\
Software part of jetson-stats 4.2.9 - (c) 2024, Raffaello Bonghi
Model: NVIDIA Jetson AGX Orin Developer Kit - Jetpack 6.0 [L4T 36.3.0]
Hardware:
 - Module: NVIDIA Jetson AGX Orin (64GB ram)
Platform:
 - Distribution: Ubuntu 22.04 Jammy Jellyfish
 - Release: 5.15.136-tegra
Libraries:
 - CUDA: 12.2.140
 - cuDNN: 8.9.4.25
 - TensorRT: 8.6.2.3
"""
OLD = """\
 - NVIDIA Jetson Nano (Developer Kit Version)
   * Jetpack 4.6 [L4T 32.6.1]
   * CUDA GPU architecture 5.3
 - Libraries:
   * CUDA: 10.2.300
"""
INFO = """\
NVIDIA Jetson TX2
 L4T N.N.N [ JetPack UNKNOWN ]
   Ubuntu 18.04.6 LTS
 CUDA 10.2.89
   CUDA Architecture: 6.2
 CUDNN: NOT_INSTALLED
"""
FILE = "# R35 (release), REVISION: 4.1, GCID: 33958178, BOARD: t186ref, EABI: aarch64, DATE: Tue\n"
PACKAGE = "nvidia-l4t-core\t35.1.0-20220825113828\n"


def test_the_newer_program() -> None:
    reading = jetson_release.read(NEW)
    assert (reading.state, reading.cuda, reading.os, reading.arch) == (
        "ok",
        "12.2.140",
        "Ubuntu 22.04",
        "aarch64",
    )
    assert reading.facts == {
        "device_family": "jetson",
        "l4t": "36.3.0",
        "jetpack": "6.0",
        "model": "NVIDIA Jetson AGX Orin Developer Kit",
        "module": "NVIDIA Jetson AGX Orin (64GB ram)",
        "kernel": "5.15.136-tegra",
        "cudnn": "8.9.4.25",
        "tensorrt": "8.6.2.3",
        "compute_capability": None,
    }


def test_the_older_program() -> None:
    reading = jetson_release.read(OLD)
    assert (reading.facts["l4t"], reading.toolkit, reading.toolkit_full) == (
        "32.6.1",
        "10.2",
        "10.2.300",
    )


def test_in_a_container_the_system_is_unknown() -> None:
    reading = jetson_release.read(INFO)
    assert (reading.state, reading.facts["l4t"]) == ("l4t-unknown", None)
    assert (reading.facts["compute_capability"], reading.facts["cudnn"]) == ("6.2", None)
    assert reading.os == "Ubuntu 18.04.6"


def test_files_and_packages() -> None:
    assert jetson_release.read(FILE).facts["l4t"] == "35.4.1"
    assert jetson_release.read(PACKAGE).facts["l4t"] == "35.1.0"
    policy = "nvidia-l4t-core:\n  Installed: 35.4.1-20230801124926\n"
    assert jetson_release.read(policy).facts["l4t"] == "35.4.1"


def test_colours_are_passed_over() -> None:
    coloured = NEW.replace("CUDA: ", "\x1b[1mCUDA\x1b[0m: ")
    assert jetson_release.read(coloured).cuda == "12.2.140"


def test_each_form_is_recognised() -> None:
    assert all(jetson_release.matches(each) for each in (NEW, OLD, INFO, FILE, PACKAGE))
    assert jetson_release.read("hello").state == "unreadable"


@given(st.text())
@fuzzed
def test_any_text_is_read_without_raising(text: str) -> None:
    jetson_release.matches(text)
    assert jetson_release.read(text).kind == jetson_release.KIND


@given(spoiled(NEW, OLD, INFO, FILE, PACKAGE))
@fuzzed
def test_a_spoiled_text_is_read_without_raising(text: str) -> None:
    jetson_release.matches(text)
    assert jetson_release.read(text).kind == jetson_release.KIND
