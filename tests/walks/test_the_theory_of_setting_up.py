"""The theory of setting up: conda's commands, one by one, on a machine without a card.

Environments are made, entered, listed, filled, searched and removed, beside an Anaconda whose
environments are seen and left alone until they are named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.anaconda import Anaconda
from cli.fixtures import needs_world
from walks.steps import everything, names, packages, right

if TYPE_CHECKING:
    from cli.process import Torchup

pytestmark = [pytest.mark.slow, needs_world]


def test_environments_and_packages(bare: Torchup) -> None:
    right(bare, "create", "pytorch", "--python", "3.11", "--cpu", "--yes")
    right(bare, "create", "other", "--cpu", "--yes", "--no-verify")
    assert sorted(names(bare)) == ["other", "pytorch"]
    right(bare, "use", "pytorch")
    assert "pytorch" in right(bare, "use")
    listed = right(bare, "list").splitlines()
    assert [line[:2] for line in listed] == ["  ", "* "], "the current one has its star"
    assert listed[1].startswith("* pytorch ")
    asked = "python -c 'import sys; print(sys.prefix)'\n"
    entered = right(bare, "shell", "--shell", "bash", stdin=asked)
    assert entered.strip() == str(bare.home / "envs" / "pytorch")

    assert "pandas" not in packages(bare, "pytorch")
    right(bare, "add", "pandas", "filelock==3.12.0", "-n", "pytorch", "--yes", "--no-verify")
    assert packages(bare, "pytorch")["filelock"] == "3.12.0"
    assert "pandas" not in packages(bare, "other")
    torch = packages(bare, "pytorch")["torch"]
    right(bare, "upgrade", "filelock==3.16.1", "-n", "pytorch", "--yes", "--no-verify")
    right(bare, "upgrade", "--all", "-n", "pytorch", "--yes", "--no-verify")
    assert packages(bare, "pytorch")["torch"] == torch
    right(bare, "remove", "pandas", "-n", "pytorch", "--yes")
    left = packages(bare, "pytorch")
    assert "pandas" not in left
    assert left["torch"] == torch
    right(bare, "verify", "pytorch", "--quick")
    right(bare, "delete", "pytorch", "--yes")
    assert names(bare) == ["other"]
    assert not (bare.home / "envs" / "pytorch").exists()


def test_searching(bare: Torchup) -> None:
    exact = right(bare, "search", "numpy")
    assert "1.26.9" in exact
    fuzzy = bare("search", "num")
    assert {"numpy", "numexpr"} <= set(fuzzy.out.replace(",", " ").split()), fuzzy


def test_beside_an_anaconda(bare: Torchup) -> None:
    anaconda = Anaconda(bare.root)
    anaconda.add_conda()
    before = everything(anaconda.base)
    listed = right(bare, "list", "--all")
    for name in ("conda:base", "conda:course", "conda:lab", "conda:plain"):
        assert name in listed
    assert "pandas" in right(bare, "packages", "-n", "conda:lab")
    assert everything(anaconda.base) == before, "looking changes nothing"
    right(bare, "delete", "conda:plain", "--yes")
    assert not anaconda.plain.exists()
    assert "conda:plain" not in right(bare, "list", "--all")
    assert anaconda.course.exists()
    assert right(bare, "--version").startswith("torchup ")
    picture = right(bare, "probe", "--diagram")
    assert "PyTorch" in picture
