"""The real framework, where its wheel is at hand: made, verified, used."""

from __future__ import annotations

import os
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
    pytest.mark.skipif(not FOLDERS, reason=f"no folder of PIP_FIND_LINKS has {WHEEL}"),
]

PROGRAM = "import torch; print((torch.randn(3,3) @ torch.randn(3,3)).shape)"


def test_from_nothing_to_a_product(torchup: Torchup) -> None:
    torchup.timeout = 500
    torchup.env["PIP_FIND_LINKS"] = os.environ["PIP_FIND_LINKS"]
    # What the wheel needs comes from where this machine gets it.
    del torchup.env["UV_DEFAULT_INDEX"]
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if name in os.environ:
            torchup.env[name] = os.environ[name]
    made = torchup("create", "demo", "--cpu", "--quick", "torch==2.13.0", "--json")
    outcome = made.document("torchup.outcome/v1")
    assert (made.code, outcome["ok"]) == (EXIT_DONE, True), made
    assert outcome["environment"]["packages"]["torch"] == "2.13.0+cpu"
    assert outcome["verify"]["ok"]
    passed = {one["code"] for one in outcome["verify"]["checks"] if one["status"] == "pass"}
    assert passed >= {"import", "version", "matmul", "conv", "autograd", "threads"}
    ran = torchup("run", "demo", "--", "python", "-c", PROGRAM)
    assert (ran.code, ran.out) == (EXIT_DONE, "torch.Size([3, 3])\n"), ran
    pip = torchup("run", "demo", "--", "python", "-m", "pip", "--version")
    assert (pip.code, pip.out[:4]) == (EXIT_DONE, "pip ")
    again = torchup("verify", "demo", "--quick")
    assert (again.code, again.err) == (EXIT_DONE, "")
