"""A C++ extension that is compiled against the real framework, in the environment itself."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tarfile
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
    pytest.mark.skipif(not FOLDERS, reason=f"no folder of PIP_FIND_LINKS has {WHEEL}"),
    pytest.mark.skipif(shutil.which("g++") is None, reason="there is no C++ compiler here"),
]

FACTS = """
checked = 2026-11-30

[sources]
lab = "https://wiki.example.org/kernels"

[[packages]]
name = "twice"
source = ["lab"]
pages = []
files = ["file:///nowhere/twice-{version}-{tags}-{platform}.whl"]
wheels = [
  ["1.0", "1.0", ["2.0"], ["cpu"], "", ["linux"]],
]
[packages.compiles]
memory_gib = 1.0
minutes = [1, 2]
needs = ["setuptools", "wheel"]
cpu = true
source = ["lab"]
"""
SETUP = """
from setuptools import setup
from torch.utils.cpp_extension import BuildExtension, CppExtension

setup(
    name="twice",
    version="1.0",
    ext_modules=[CppExtension("twice", ["twice.cpp"], extra_compile_args=["-O0"])],
    cmdclass={"build_ext": BuildExtension.with_options(use_ninja=False)},
)
"""
# The small headers: the one that has everything takes a minute to read.
CODE = """
#include <Python.h>
#include <c10/core/Scalar.h>

static PyObject* twice(PyObject*, PyObject* number) {
  c10::Scalar held(PyLong_AsLong(number));
  return PyLong_FromLong(2 * held.to<long>());
}
static PyMethodDef methods[] = {{"twice", twice, METH_O, ""}, {nullptr, nullptr, 0, nullptr}};
static PyModuleDef module = {PyModuleDef_HEAD_INIT, "twice", "", -1, methods};
PyMODINIT_FUNC PyInit_twice() { return PyModule_Create(&module); }
"""


def lay_out(folder: Path) -> None:
    """Write the source distribution."""
    folder.mkdir()
    texts = {
        "PKG-INFO": "Metadata-Version: 2.1\nName: twice\nVersion: 1.0\n",
        "setup.py": SETUP,
        "twice.cpp": CODE,
    }
    with tarfile.open(folder / "twice-1.0.tar.gz", "w:gz") as archive:
        for place, text in texts.items():
            info = tarfile.TarInfo(f"twice-1.0/{place}")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))


def test_it_is_compiled_against_the_torch_of_the_environment(
    torchup: Torchup, tmp_path: Path
) -> None:
    torchup.timeout = 500
    lay_out(tmp_path / "sources")
    (tmp_path / "facts" / "torch").mkdir(parents=True)
    (tmp_path / "facts" / "torch" / "wheels.toml").write_text(FACTS)
    del torchup.env["UV_DEFAULT_INDEX"]
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if name in os.environ:
            torchup.env[name] = os.environ[name]
    torchup.env["PIP_FIND_LINKS"] = f"{os.environ['PIP_FIND_LINKS']} {tmp_path / 'sources'}"
    torchup.env["TORCHUP_FACTS_OVERLAY"] = str(tmp_path / "facts")
    ways = ("--cpu", "--no-verify", "--no-companions", "--build-from-source", "twice")
    made = torchup("create", "demo", "torch==2.13.0", "twice", *ways)
    assert made.code == EXIT_DONE, made
    code = "import torch, twice; print(twice.twice(21), twice.__file__)"
    ran = torchup("run", "demo", "--", "python", "-c", code)
    assert ran.code == EXIT_DONE, ran
    assert ran.out.startswith("42 "), ran
    assert ran.out.strip().endswith(".so")
