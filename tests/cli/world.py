"""A small world of packages, laid out as PyPI and the framework's own indexes are."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Final

from cli.fakeframework import companion_files, numpy_files, torch_files
from torchup.facts.load import load_catalogue
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MINOR: Final = f"{sys.version_info[0]}.{sys.version_info[1]}"
_CP: Final = f"cp{sys.version_info[0]}{sys.version_info[1]}"
TAG: Final = f"{_CP}-{_CP}-manylinux_2_28_{platform.machine()}"
NUMPY: Final = "1.26.9"
PIP: Final = "99.0"
FILELOCK: Final = "3.16.1"


def make_world(root: Path) -> None:
    """Write the wheels: three torches for the CPU, two for cu126, and what they need."""
    for version in ("2.12.1", "2.13.0", "2.14.1"):
        add_torch(root, version, "cpu")
    for version in ("2.12.1", "2.13.0"):
        add_torch(root, version, "cu126")
    simple = root / "simple"
    make_wheel(simple, "numpy", NUMPY, files=numpy_files(NUMPY))
    make_wheel(simple, "filelock", FILELOCK)
    make_wheel(simple, "filelock", "3.12.0")
    make_wheel(simple, "six", "1.17.0")
    make_wheel(simple, "pip", PIP, files={"pip/__main__.py": "print('pip 99.0')\n"})


def add_torch(
    root: Path,
    version: str,
    build: str,
    *,
    requires: Sequence[str] = ("filelock",),
    broken: bool = False,
    pause_s: float = 0,
    tag: str = TAG,
) -> Path:
    """Add a torch of one build, with the companions that the catalogue pairs with it.

    ``tag`` is for another Python than the one that runs the tests.
    """
    folder = root / "whl" / build
    full = f"{version}+{build}"
    release = load_catalogue().release(version)
    assert release is not None, version
    for one in release.companions:
        paired = f"{one.version}+{build}"
        needs = [f"torch=={version}", "numpy"] if one.name == "torchvision" else []
        files = companion_files(one.name, paired)
        make_wheel(folder, one.name, paired, tag=tag, requires=needs, files=files)
    files = torch_files(full, broken=broken, pause_s=pause_s)
    return make_wheel(folder, "torch", full, tag=tag, requires=requires, files=files)


def add_toolkit(root: Path, update: str = "13.0.3", *, nvcc: bool = True) -> None:
    """Add the wheels of a CUDA toolkit, in the folders and with the extras of the real ones.

    Its nvcc prints where it was started from.
    """
    runtime, simple = update.rpartition(".")[0], root / "simple"
    base = f"nvidia/cu{runtime.partition('.')[0]}"
    version = f"{runtime}.8{update[-1]}"
    number = int(runtime.partition(".")[0]) * 1000 + int(runtime.partition(".")[2]) * 10
    contents = {
        "cccl": {"include/cccl/cub/cub.cuh": ""},
        "crt": {"include/crt/host_config.h": "#if __GNUC__ > 99\n#error -- unsupported\n"},
        "nvcc": {"bin/nvcc": f'#!/bin/sh\necho "{version} $0"\n'} if nvcc else {"bin/ptxas": ""},
        "runtime": {
            "include/cuda_runtime.h": "",
            "include/cuda.h": f"#define CUDA_VERSION {number}\n",
            "lib/libcudart.so.13": version,
        },
        "nvvm": {"nvvm/bin/cicc": ""},
        **{name: {f"lib/lib{name}.so.13": ""} for name in ("cublas", "cusolver", "cusparse")},
        **{name: {f"lib/lib{name}.so.10": ""} for name in ("curand", "nvml")},
    }
    for part, files in contents.items():
        placed = {f"{base}/{name}": text for name, text in files.items()}
        make_wheel(simple, _nvidia(part), version, files=placed, programs=[f"{base}/bin/nvcc"])
    extras = {**{part: part for part in contents}, "cudart": "runtime"}
    needs = [f'{_nvidia(part)}=={version}.*; extra == "{one}"' for one, part in extras.items()]
    make_wheel(simple, "cuda-toolkit", update, requires=needs, extras=tuple(extras), files={})
    for name in ("ninja", "setuptools"):
        make_wheel(simple, name, "80.0")


def _nvidia(part: str) -> str:
    return f"nvidia-cuda-{part}" if part in {"cccl", "crt", "nvcc", "runtime"} else f"nvidia-{part}"


def companions_of(version: str, build: str = "cpu") -> dict[str, str]:
    """What the catalogue pairs with a torch, as installed versions."""
    release = load_catalogue().release(version)
    assert release is not None, version
    return {one.name: f"{one.version}+{build}" for one in release.companions}
