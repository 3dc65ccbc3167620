"""The real JAX and TensorFlow from the index, and a JAX that computes wrongly."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from torchup.host.real import RealHost
from torchup.verify import Expected, verify_environment

if TYPE_CHECKING:
    from torchup.model import VerifyReport

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="tried on Linux"),
]

PYTHON: Final = "3.11"
JAX: Final = "0.10.2"
TENSORFLOW: Final = "2.20.0"
WRONG: Final = """
import jax.numpy as _numpy
_right = _numpy.matmul
_numpy.matmul = lambda a, b: _right(a, b) + 0.01
"""


def make(root: Path, *requirements: str) -> str:
    """Make an environment from the index that is configured."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    assert uv, "uv is a dependency of torchup"
    interpreter = str(root / "bin/python")
    for command in (
        [uv, "venv", "--quiet", "--python", PYTHON, str(root)],
        [uv, "pip", "install", "--quiet", "--python", interpreter, *requirements],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return interpreter


def verified(python: str, framework: str, version: str, cache: Path) -> VerifyReport:
    expected = Expected(framework=framework, version=version)
    return verify_environment(RealHost(), python, expected, cache=str(cache))


def test_jax_computes_and_a_wrong_product_is_seen(tmp_path: Path) -> None:
    python = make(tmp_path / "环境", f"jax=={JAX}")
    report = verified(python, "jax", JAX, tmp_path / "cache")
    assert report.ok, [one for one in report.checks if one.status != "pass"]
    assert {one.status for one in report.checks} == {"pass"}
    assert report.packages["jax"] == JAX
    (place,) = (tmp_path / "环境").glob("lib/python*/site-packages/jax/__init__.py")
    text = place.read_text(encoding="utf-8")
    place.unlink()  # it may be a link to uv's cache, which stays as it is
    place.write_text(text + WRONG, encoding="utf-8")
    again = verified(python, "jax", JAX, tmp_path / "cache")
    assert not again.ok
    failed = {one.code: one.detail for one in again.checks if one.status == "fail"}
    assert failed["matmul"].startswith("wrong-numbers"), failed
    assert "train" not in failed


def test_tensorflow_computes_and_tensorboard_answers(tmp_path: Path) -> None:
    # The trap that torchup knows: this TensorBoard imports pkg_resources.
    python = make(tmp_path / "env", f"tensorflow=={TENSORFLOW}", "setuptools<82")
    report = verified(python, "tensorflow", TENSORFLOW, tmp_path / "cache")
    assert not {one.code: one.detail for one in report.checks if one.status == "fail"}
    assert report.ok
    found = {one.code: one for one in report.checks}
    assert found["tensorboard"].status == "pass", found["tensorboard"].detail
    assert found["train"].status == "pass"
    assert {code for code, one in found.items() if one.status == "skip"} == {"fit"}
