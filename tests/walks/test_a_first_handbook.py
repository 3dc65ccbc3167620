"""A first handbook: a laptop of 2017 with a GTX 1050 Ti, its driver updated from 511 to 560.

Its author has Windows, where the driver is 511.65; Linux has the same branch as 510.39.01, and both
say CUDA 11.6. Windows is planned for by its description, Linux is really installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from cli.fixtures import needs_world
from stubs.cards import GTX_1050_TI
from walks.machines import python_of
from walks.steps import ends_well, names, packages, right, stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.process import Torchup

pytestmark = [pytest.mark.slow, needs_world]
BEFORE: Final = (GTX_1050_TI, "510.39.01", "11.6")
AFTER: Final = (GTX_1050_TI, "560.28.03", "12.6")


def test_windows_as_its_author_has_it(torchup: Torchup) -> None:
    card = ("--gpu", "GTX 1050 Ti", "--os", "windows")
    before = stack(torchup, *card, "--driver", "511.65")
    after = stack(torchup, *card, "--driver", "560.94")
    assert (before["build"], after["build"]) == ("cu118", "cu126")
    paper = stack(torchup, "torch==1.10.1", *card, "--driver", "511.65")
    assert paper["packages"]["torchvision"] == "0.11.2"
    assert paper["build"] == "cu113"
    newest = torchup("plan", *card, "--driver", "591.44")
    assert newest.code == 1, "the handbook's hint that newer is better ends with branch 580"
    assert "580" in newest.out


def test_the_laptop_before_and_after_its_driver(machine: Callable[..., Torchup]) -> None:
    laptop = machine(*BEFORE)
    said = right(laptop, "probe", "--hardware")
    assert "GTX 1050 Ti" in said
    assert "CUDA up to 11.6" in said
    planned = right(laptop, "plan")
    assert "525.60.13" in planned, "it says which driver would be new enough, and for what"
    right(laptop, "create", "pytorch", "--yes")
    ends_well(laptop, "pytorch", "2.7.1+cu118", cards=1)
    assert "GTX 1050 Ti" in right(laptop, "doctor", "pytorch")

    assert machine(*AFTER) is laptop
    assert "CUDA up to 12.6" in right(laptop, "probe", "--hardware")
    ends_well(laptop, "pytorch", "2.7.1+cu118", cards=1)
    right(laptop, "create", "new", "--yes")
    ends_well(laptop, "new", "2.13.0+cu126", cards=1)
    assert sorted(names(laptop)) == ["new", "pytorch"]
    right(laptop, "delete", "pytorch", "--yes")
    assert names(laptop) == ["new"]


def test_an_old_version_beside_the_new_one(machine: Callable[..., Torchup]) -> None:
    """``conda create -n pytorch_1.10``, and what it was made for."""
    python = python_of("3.9")
    laptop = machine(*BEFORE)
    laptop.env["PATH"] = f"{python}:{laptop.env['PATH']}"
    cuda = laptop.root / "cuda-11.6"
    (cuda / "bin").mkdir(parents=True)
    nvcc = cuda / "bin" / "nvcc"
    nvcc.write_text("#!/bin/sh\necho 'Cuda compilation tools, release 11.6, V11.6.55'\n")
    nvcc.chmod(0o755)
    (cuda / "version.json").write_text('{"cuda": {"name": "CUDA SDK", "version": "11.6.0"}}')
    laptop.env["CUDA_HOME"] = str(cuda)
    assert "11.6" in right(laptop, "toolkit", "list"), "the old toolkit is seen, and may stay"
    right(laptop, "create", "pytorch_1.10", "torch==1.10.1", "--yes")
    ends_well(laptop, "pytorch_1.10", "1.10.1+cu113", cards=1)
    assert packages(laptop, "pytorch_1.10")["torchvision"] == "0.11.2+cu113"
    right(laptop, "create", "new", "--yes")
    ends_well(laptop, "new", "2.7.1+cu118", cards=1)
    right(laptop, "verify", "pytorch_1.10", "--quick")
