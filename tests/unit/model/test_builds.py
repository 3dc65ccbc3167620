"""Builds by the names that people write."""

from __future__ import annotations

import pytest

from torchup.model.builds import build_name, device_of, runtime_of


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("cu121", "cu121"),
        ("CU121", "cu121"),
        ("cuda12.1", "cu121"),
        ("cu12.1", "cu121"),
        ("CUDA 12.1", "cu121"),
        ("12.1", "cu121"),
        ("9.2", "cu92"),
        ("cu92", "cu92"),
        ("rocm6.2.4", "rocm6.2.4"),
        ("ROCm 6.2", "rocm6.2"),
        ("CPU", "cpu"),
        ("xpu", "xpu"),
        ("cpu.cxx11.abi", "cpu.cxx11.abi"),
        ("nonsense", "nonsense"),
        ("", ""),
    ],
)
def test_builds(written: str, name: str) -> None:
    assert build_name(written) == name
    assert build_name(name) == name


@pytest.mark.parametrize(
    ("build", "device", "runtime"),
    [
        ("cu92", "cuda", "9.2"),
        ("cu102", "cuda", "10.2"),
        ("cu126", "cuda", "12.6"),
        ("cu121.post1", "cuda", ""),
        ("rocm6.4", "rocm", "6.4"),
        ("rocm6.4.1", "rocm", "6.4.1"),
        ("xpu", "xpu", ""),
        ("cpu", "cpu", ""),
        ("cpu.cxx11.abi", "cpu", ""),
        ("computecanada", None, ""),
        ("git1234567", None, ""),
        ("", None, ""),
    ],
)
def test_a_build_is_named_after_what_it_computes_on(
    build: str, device: str | None, runtime: str
) -> None:
    assert (device_of(build), runtime_of(build)) == (device, runtime)
