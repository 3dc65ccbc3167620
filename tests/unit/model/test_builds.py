"""Builds by the names that people write."""

from __future__ import annotations

import pytest

from torchup.model.builds import build_name


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
