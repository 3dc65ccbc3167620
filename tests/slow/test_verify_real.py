"""Verification of the real framework, where its CPU wheel can be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from torchup.host.real import RealHost
from torchup.verify import Expected, verify_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.model import Check

pytestmark = pytest.mark.slow

VERSION: Final = "2.13.0+cpu"
PYTHON: Final = "3.11"


def make(root: Path, *more: str) -> str:
    """Make an environment with the framework's CPU wheel, found as pip's setting says."""
    folders = [Path(part) for part in os.environ.get("PIP_FIND_LINKS", "").split()]
    if not any(list(folder.glob(f"torch-{VERSION}-cp311-*")) for folder in folders):
        pytest.skip(f"PIP_FIND_LINKS names no folder with torch {VERSION} for Python {PYTHON}")
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    assert uv, "uv is a dependency of torchup"
    links = [f"--find-links={folder}" for folder in folders]
    interpreter = str(root / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    install = [uv, "pip", "install", "--quiet", "--python", interpreter, *links]
    for command in (
        [uv, "venv", "--quiet", "--python", PYTHON, str(root)],
        [*install, f"torch=={VERSION}", *more],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return interpreter


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("real") / "环境"
    yield make(root)
    shutil.rmtree(root)


def test_everything_runs(python: str, tmp_path: Path) -> None:
    told: list[Check] = []
    expected = Expected(framework="torch", version=VERSION)
    cache = str(tmp_path / "缓存")
    report = verify_environment(RealHost(), python, expected, cache=cache, on_check=told.append)
    assert report.ok, report.checks
    assert tuple(told) == report.checks
    assert report.packages["torch"] == VERSION
    found = {check.code: check for check in report.checks}
    passed = {"import", "version", "device", "matmul", "conv", "autograd", "threads"}
    assert {code for code in passed if found[code].status == "pass"} == passed
    assert found["numpy"].detail == "no-numpy"
    if shutil.which("g++"):
        assert found["compile"].status == "pass", found["compile"].detail
        assert list(Path(cache).rglob("*.so"))
    else:
        assert found["compile"].detail == "no-compiler"


def test_a_space_in_the_path_costs_nothing_but_compiling(tmp_path: Path) -> None:
    interpreter = make(tmp_path / "an env")
    expected = Expected(framework="torch", version=VERSION)
    cache = str(tmp_path / "a cache")
    report = verify_environment(RealHost(), interpreter, expected, cache=cache)
    assert report.ok, report.checks
    compiled = next(check for check in report.checks if check.code == "compile")
    assert compiled.status == "skip" or not shutil.which("g++"), compiled.detail
    assert compiled.detail.startswith(("space-in-path path=", "no-compiler"))
    shutil.rmtree(tmp_path / "an env")


def test_a_build_for_another_device_fails(python: str, tmp_path: Path) -> None:
    expected = Expected(framework="torch", version="2.13.0+cu126", device="cuda")
    report = verify_environment(RealHost(), python, expected, cache=str(tmp_path), level="quick")
    assert not report.ok
    failed = {check.code: check.detail for check in report.checks if check.status == "fail"}
    assert failed == {
        "version": f"wrong-version expected=2.13.0+cu126 found={VERSION}",
        "device": "not-built device=cuda",
    }
