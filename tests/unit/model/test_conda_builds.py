from __future__ import annotations

import pytest

from torchup.model.builds import conda_build, conda_pattern


@pytest.mark.parametrize(
    ("string", "build", "pattern"),
    [
        ("cuda126_mkl_py312_h3f1_300", "cu126", "cuda126*"),
        ("cuda112py38h3bc3be5_200", "cu112", "cuda112*"),
        ("py3.9_cuda11.3_cudnn8.2.0_0", "cu113", "*cuda11.3*"),
        ("py39_cu113", "cu113", "*cu113*"),
        ("cpu_generic_py311_h0_0", "cpu", "cpu*"),
        ("py3.9_cpu_0", "cpu", "*cpu*"),
    ],
)
def test_a_build_string_names_its_build(string: str, build: str, pattern: str) -> None:
    assert conda_build(string) == build
    assert conda_pattern(string) == pattern


@pytest.mark.parametrize("string", ["py3.9_0", "h9a34b6e_5_cp313t", "0", "", "h3cpuid1_0"])
def test_a_build_string_may_name_none(string: str) -> None:
    assert conda_build(string) == ""
