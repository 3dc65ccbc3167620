"""Which of a host's packages are its frameworks, under the names they are installed by."""

from __future__ import annotations

import pytest

from torchup.fleet.summary import frameworks_in


@pytest.mark.parametrize(
    ("packages", "found"),
    [
        (("absl-py", "tensorflow", "zlib"), ("tensorflow",)),
        (("absl-py", "jax", "jaxlib", "torchvision", "torch"), ("torch", "jax")),
        (("numpy", "onnxruntime-gpu"), ("onnxruntime-gpu",)),
        (("numpy", "torch2"), ()),
        ((), ()),
    ],
)
def test_frameworks_in(packages: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert frameworks_in(dict.fromkeys(packages, "1.0")) == found
