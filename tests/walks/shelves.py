"""What the tutorials install, small: each build that one of their machines gets or should have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cli.fakeframework import torch_files
from cli.world import TAG, add_torch, make_world
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from pathlib import Path

NEWER: Final = (
    ("2.4.0", "cpu"),
    ("2.4.0", "cu118"),
    ("2.7.1", "cu118"),
    ("2.14.1", "rocm7.2"),
)
"""Builds that have wheels for the Python that runs the tests."""
OLDER: Final = {
    "1.6.0": (("cpu", "cu102"), ("cp38",)),
    "1.8.0": (("cpu", "cu102", "cu111"), ("cp38", "cp39")),
    "1.10.1": (("cu102", "cu113"), ("cp38", "cp39")),
}
"""Releases for older Pythons alone."""


def fill(root: Path) -> None:
    """Write the wheels, in folders as PyPI and PyTorch have them."""
    make_world(root)
    for version, build in NEWER:
        add_torch(root, version, build)
    for version, (builds, pythons) in OLDER.items():
        for python in pythons:
            for build in builds:
                add_torch(root, version, build, tag=_tag(python))
    add_torch(root, "2.4.0", "cu118", tag="cp39-cp39-win_amd64")
    simple = root / "simple"
    for python in OLDER["1.6.0"][1]:  # PyPI's own wheel of 1.6 is that of CUDA 10.2
        files = torch_files("1.6.0", build="cu102")
        make_wheel(simple, "torch", "1.6.0", tag=_tag(python), requires=["numpy"], files=files)
    # What pip takes from PyPI's mirrors on Windows, and a build that a page named for any card.
    make_wheel(simple, "torch", "2.13.0", tag=TAG, files=torch_files("2.13.0", build="cpu"))
    wrong = torch_files("1.10.1+cu102")
    make_wheel(root / "page", "torch", "1.10.1+cu102", tag=TAG, files=wrong)
    make_wheel(simple, "opencv-python", "4.11.0.86", files={"cv2/__init__.py": ""})
    make_wheel(simple, "pandas", "2.2.3")
    make_wheel(simple, "numexpr", "2.10.2")
    make_wheel(simple, "ipykernel", "6.29.5")


def _tag(python: str) -> str:
    _, _, platform = TAG.partition("-")[2].partition("-")
    abi = f"{python}m" if python in {"cp36", "cp37"} else python
    return f"{python}-{abi}-{platform}"
