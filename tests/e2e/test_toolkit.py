"""A real toolkit from PyPI: it compiles a .cu file, and a C++ extension of the real framework."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.world import TAG
from torchup.errors import EXIT_DONE

if TYPE_CHECKING:
    from cli.process import Torchup

WHEEL = f"torch-2.13.0+cpu-{TAG}.whl"
FOLDERS = [
    one for one in os.environ.get("PIP_FIND_LINKS", "").split() if (Path(one) / WHEEL).exists()
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="the wheel is for Linux"),
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the wheel is for x86_64"),
    pytest.mark.skipif(not FOLDERS, reason=f"no folder of PIP_FIND_LINKS has {WHEEL}"),
    pytest.mark.skipif(shutil.which("g++") is None, reason="nvcc needs a C++ compiler"),
]

# A kernel, CCCL's headers (which lie in a folder of their own) and the static runtime.
KERNEL = """
#include <cstdio>
#include <cub/version.cuh>
__global__ void add(int n, float *x, const float *y) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) x[i] += y[i];
}
int main() {
  int version = 0;
  cudaRuntimeGetVersion(&version);
  std::printf("%d %d\\n", version, CUB_VERSION > 0);
  return 0;
}
"""
EXTENSION = """
#include <torch/extension.h>
torch::Tensor twice(torch::Tensor x) { return x + x; }
PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) { m.def("twice", &twice); }
"""
BUILD = """
import torch
from torch.utils.cpp_extension import load
built = load(name="twice", sources=["twice.cpp"], build_directory="build")
print(built.twice(torch.ones(3)).tolist())
"""


@pytest.fixture
def made(torchup: Torchup) -> Torchup:
    """The real framework, and what it needs, from where this machine gets them."""
    torchup.timeout = 500
    torchup.env["PIP_FIND_LINKS"] = os.environ["PIP_FIND_LINKS"]
    del torchup.env["UV_DEFAULT_INDEX"]
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if name in os.environ:
            torchup.env[name] = os.environ[name]
    asked = ("torch==2.13.0", "--cpu", "--no-companions", "--no-verify")
    assert torchup("create", "demo", *asked).code == EXIT_DONE
    return torchup


def test_real_code_is_compiled(made: Torchup) -> None:
    done = made("toolkit", "add", "-n", "demo", "--cuda", "13.0", "--json")
    outcome = done.document("torchup.outcome/v1")
    assert (done.code, outcome["ok"]) == (EXIT_DONE, True), done
    assert outcome["verify"]["ok"], "the framework computes as before"
    assert outcome["environment"]["packages"]["torch"] == "2.13.0+cpu"
    compiler = next(one for one in outcome["steps"] if one["id"] == "compiler")
    assert compiler["detail"].startswith("fits g++")

    (made.root / "add.cu").write_text(KERNEL)
    # By name, in the environment and in a clone of it: the program was made by its toolkit.
    assert made("clone", "demo", "copy").code == EXIT_DONE
    for name, linked in (("demo", "static"), ("copy", "shared")):
        home = made.home / "envs" / name / ".torchup" / "cuda"
        options = ("-arch=sm_80", f"-cudart={linked}", "add.cu", "-o", name)
        built = made("run", name, "--", "nvcc", *options)
        assert built.code == EXIT_DONE, built
        ran = subprocess.run(
            [made.root / name],
            check=True,
            capture_output=True,
            text=True,
            env={"LD_LIBRARY_PATH": str(home / "lib64")},
        )
        assert ran.stdout == "13000 1\n"

    (made.root / "build").mkdir()
    (made.root / "twice.cpp").write_text(EXTENSION)
    (made.root / "build.py").write_text(BUILD)
    # Nothing of this machine's own: ninja comes from the environment.
    extended = made("run", "demo", "--", "python", "build.py", MAX_JOBS="1")
    assert (extended.code, extended.out) == (EXIT_DONE, "[2.0, 2.0, 2.0]\n"), extended

    assert made("toolkit", "remove", "-n", "demo", "--no-verify").code == EXIT_DONE
    assert made("run", "demo", "--", "sh", "-c", "echo ${CUDA_HOME-unset}").out == "unset\n"
    assert made("run", "copy", "--", "nvcc", "--version").code == EXIT_DONE
