"""What the builds of a stack need beside their wheels, for one framework and for several."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from torchup.model import Stack
from torchup.resolve.libraries import build_in, libraries_of

LINUX = "linux-x86_64"
TORCH = Stack(
    python="3.10",
    packages={"torch": "2.7.1", "torchvision": "0.22.1"},
    build="cu118",
    runtime="11.8",
    device="cuda",
)
OLD = Stack(
    python="3.10", packages={"tensorflow": "2.10.0"}, build="cu112", runtime="11.2", device="cuda"
)
GPU = {"onnxruntime": "onnxruntime-gpu"}


def beside(stack: Stack, name: str, version: str, **more: object) -> Stack:
    return replace(stack, packages=stack.packages | {name: version}, **more)


@pytest.mark.parametrize(
    ("stack", "needed"),
    [
        (TORCH, ()),
        (OLD, ("cudatoolkit=11.2", "cudnn=8.1")),
        (beside(TORCH, "tensorflow", "2.10.0"), ("cudatoolkit=11.2", "cudnn=8.1")),
        (beside(TORCH, "tensorflow", "2.10.0", devices={"tensorflow": "cpu"}), ()),
        # Both are of CUDA 11 and cuDNN 8: the newer ones of each serve both.
        (
            beside(OLD, "onnxruntime", "1.14.0", distributions=GPU),
            ("cudatoolkit=11.6", "cudnn=8.2"),
        ),
        (
            beside(OLD, "onnxruntime", "1.14.0", devices={"onnxruntime": "cpu"}),
            ("cudatoolkit=11.2", "cudnn=8.1"),
        ),
        (replace(OLD, origin="conda"), ()),
        (beside(TORCH, "tensorflow", "99.0"), ()),
    ],
)
def test_libraries(stack: Stack, needed: tuple[str, ...]) -> None:
    assert libraries_of(stack, LINUX) == needed


def test_the_build_of_a_framework_beside_the_first() -> None:
    both = beside(TORCH, "jax", "0.8.0", runtime="13.0", extras={"jax": "cuda13"})
    found = build_in(both, "jax", LINUX)
    assert found is not None
    assert (found.name, found.runtime) == ("cu13", "13.0")
    on_cpu = build_in(replace(both, extras={}, devices={"jax": "cpu"}), "jax", LINUX)
    assert on_cpu is not None
    assert on_cpu.name == "cpu"
    assert build_in(both, "jax", "windows-x86_64") is None
