"""What a processor can do where the system is not Linux."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stubs import machines
from torchup.host.capture import Capture, CaptureHost
from torchup.probe.features import _SYSCTL, parse_sysctl
from torchup.probe.hardware import read_cpu

PAYLOAD = ("{python}", "-I", "{torchup}/probe/payload_features.py")
I7 = "FPU VME DE PSE SSE SSE2 SSE3 SSSE3 SSE4.1 SSE4.2 POPCNT AES XSAVE AVX1.0 RDRAND F16C\n"
BRAND = ("sysctl", "machdep.cpu.brand_string", "hw.logicalcpu")


def mac(brand: str) -> Capture:
    facts = f"machdep.cpu.brand_string: {brand}\nhw.logicalcpu: 12\n"
    return Capture(
        system="macos",
        machine="x86_64",
        ran=(machines.ran(*BRAND, out=facts), machines.ran(*_SYSCTL, out=f"{I7}BMI1 AVX2 ERMS\n")),
    )


def test_an_intel_mac_tells_its_features_in_linux_names() -> None:
    cpu = read_cpu(CaptureHost(mac("Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz")))
    assert cpu.features is not None
    assert {"pni", "sse4_1", "sse4_2", "avx", "avx2", "xsaveopt", "f16c"} <= set(cpu.features)
    assert cpu.cores == 12


def test_apples_own_processors_are_not_asked() -> None:
    host = CaptureHost(mac("Apple M2"))
    assert read_cpu(host).features is None
    assert _SYSCTL not in host.asked


@pytest.mark.parametrize(
    ("said", "features"),
    [
        ("sse2 pni ssse3 sse4_1 sse4_2 avx avx2\r\n", ("avx", "avx2")),
        ("sse2 pni\n", None),
        ("", None),
    ],
)
def test_windows_is_asked_in_a_child(said: str, features: tuple[str, ...] | None) -> None:
    capture = replace(machines.WINDOWS, ran=(machines.ran(*PAYLOAD, out=said),))
    found = read_cpu(CaptureHost(capture)).features
    assert found == features if features is None else found[-2:] == features  # type: ignore[index]


@given(st.text())
def test_any_answer_is_a_list_of_names(text: str) -> None:
    assert all(" " not in name for name in parse_sysctl(text))
