"""The real ONNX Runtime from the index: made by the command, verified, and one that is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from torchup.errors import EXIT_DONE, EXIT_NO

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="tried on Linux"),
]

WRONG = """
_right = InferenceSession.run_with_ort_values
def _wrong(self, names, feeds, *more):
    import numpy
    (found,) = _right(self, names, feeds, *more)
    return [OrtValue.ortvalue_from_numpy(found.numpy() + numpy.float32(0.01))]
InferenceSession.run_with_ort_values = _wrong
"""


def torchup(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "torchup", *arguments]
    where = os.environ | {"TORCHUP_HOME": str(home)}
    return subprocess.run(argv, env=where, capture_output=True, text=True, check=False)


def test_it_is_made_computes_and_a_wrong_one_is_seen(tmp_path: Path) -> None:
    done = torchup(tmp_path, "create", "ort", "onnxruntime", "--cpu", "--yes", "--json")
    assert done.returncode == EXIT_DONE, done
    full = torchup(tmp_path, "verify", "ort", "--full", "--json")
    assert full.returncode == EXIT_DONE, full
    report = json.loads(full.stdout)
    assert {one["status"] for one in report["checks"]} == {"pass"}
    assert {one["code"] for one in report["checks"]} >= {"conv", "attention", "matmul-fp16"}
    # A card that isn't there is never the CPU by accident.
    card = torchup(tmp_path, "verify", "ort", "--device", "cuda", "--quick", "--json")
    assert card.returncode == EXIT_NO, card
    told = {one["code"]: one for one in json.loads(card.stdout)["checks"]}
    assert told["device"]["status"] == "fail"
    assert told["matmul"]["status"] == "skip"
    (place,) = tmp_path.glob("envs/ort/lib/python*/site-packages/onnxruntime/__init__.py")
    text = place.read_text(encoding="utf-8")
    place.unlink()  # it may be a link to uv's cache, which stays as it is
    place.write_text(text + WRONG, encoding="utf-8")
    again = torchup(tmp_path, "verify", "ort", "--quick", "--json")
    assert again.returncode == EXIT_NO, again
    failed = {one["code"] for one in json.loads(again.stdout)["checks"] if one["status"] == "fail"}
    assert {"matmul", "conv", "elementwise"} <= failed
