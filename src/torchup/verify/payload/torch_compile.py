"""Compiling functions: with a C++ compiler for the CPU, with Triton for devices."""

import importlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import sysconfig

from .torch_base import compare, kind_of, random
from .torch_features import lacking

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

    Found = tuple[str, dict[str, object]]

COMPILER_TIMEOUT_S = 20
MENDABLE = ("no-compiler", "no-python-headers")


def compile_function(torch: "Any", wanted: str, options: "Any") -> "Found":
    """Compile a small function and compare it with the plain one."""
    kind = kind_of(torch, wanted)
    target = "cpu" if kind == "mps" else kind
    if not hasattr(torch, "compile"):
        return _without(torch)
    obstacle = _obstacle(target)
    if obstacle:
        return _weigh(obstacle, options.level), obstacle

    def small(x: "Any") -> "Any":
        return (x.sin() + x**2).relu().sum(dim=1)

    x = random(torch, 64, 32)
    try:
        got = torch.compile(small)(x.to(target))
    except Exception as error:
        if " " not in sys.prefix or "CppCompileError" not in str(error):
            raise
        return "skip", {"reason": "space-in-path", "path": sys.prefix}
    return compare(torch, got, small(x.double()))


def _without(torch: "Any") -> "Found":
    gone = lacking(torch, "compile")
    return gone if gone[0] == "fail" else ("skip", {"reason": "no-compile"})


def _weigh(obstacle: "dict[str, object]", level: str) -> str:
    """Fail what can be installed where everything was asked for; else it is only told."""
    mendable = MENDABLE + (("no-triton",) if _has_triton() else ())
    return "fail" if level == "full" and obstacle["reason"] in mendable else "skip"


def _has_triton() -> bool:
    """Tell whether builds for cards bring Triton along: those for Linux on x86-64 do."""
    return sys.platform.startswith("linux") and platform.machine() == "x86_64"


def _obstacle(target: str) -> "dict[str, object]":
    """Say why compiling can't be tried here; nothing where it can."""
    if target != "cpu" and importlib.util.find_spec("triton") is None:
        return {"reason": "no-triton"}
    if not _compiler_works():
        return {"reason": "no-compiler"}
    header = os.path.join(sysconfig.get_paths()["include"], "Python.h")
    if not os.path.exists(header):
        return {"reason": "no-python-headers", "path": header}
    # Last, since this import takes seconds.
    try:
        importlib.import_module("torch._dynamo.eval_frame").check_if_dynamo_supported()
    except (AttributeError, ImportError):
        pass  # a release without this question answers when it compiles
    except RuntimeError as error:
        return {"reason": "compile-unsupported", "why": error}
    return {}


def _compiler_works() -> bool:
    """Run the compiler that PyTorch would take: CXX, else the system's usual one."""
    usual = {"win32": "cl", "darwin": "clang++"}.get(sys.platform, "g++")
    name = os.environ.get("CXX") or usual
    if sys.platform == "darwin" and not _answers(["xcode-select", "-p"]):
        return False  # there clang++ is a stand-in that opens a window to ask for its installation
    return _answers([name] if name == "cl" else [name, "--version"])


def _answers(command: "list[str]") -> bool:
    path = shutil.which(command[0])
    if path is None:
        return False
    try:
        done = subprocess.run(
            [path] + command[1:],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=COMPILER_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
