"""What belongs to what: projects with a PyTorch each, on NVIDIA's cards, Apple's and none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from cli.fixtures import needs_world
from stubs.cards import GTX_1650
from walks.machines import python_of
from walks.steps import ASK, ends_well, packages, right, runs, stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.process import Torchup

pytestmark = [pytest.mark.slow, needs_world]
TURING: Final = (GTX_1650, "560.28.03", "12.6")


def test_two_projects_with_a_version_each(machine: Callable[..., Torchup]) -> None:
    """Project A wants 1.6 and project B 1.8: each folder has its own, and both compute."""
    laptop = machine(*TURING)
    laptop.env["PATH"] = f"{python_of('3.8')}:{laptop.env['PATH']}"
    right(laptop, "create", "a", "torch==1.6", "--yes")
    right(laptop, "create", "b", "torch==1.8", "--yes")
    root = laptop.root
    for name, version in (("a", "1.6.0"), ("b", "1.8.0")):
        assert packages(laptop, name)["torch"].partition("+")[0] == version
        folder = root / f"project {name}"
        folder.mkdir()
        laptop.root = folder
        right(laptop, "use", name)
        assert version in right(laptop, "packages"), "the folder's own, which nobody names"
        asked = f"python -c '{ASK}; print(torch.__version__)'\n"
        said = right(laptop, "shell", "--shell", "bash", stdin=asked)
        assert said.startswith("True 1 ")
        assert version in said


def test_apple_s_chips(torchup: Torchup) -> None:
    found = stack(torchup, "--gpu", "Apple M2", "--os", "macos")
    assert found["device"] == "mps"
    old = torchup("plan", "torch==1.6", "--gpu", "Apple M2", "--os", "macos")
    assert old.code == 1
    assert "1.12.1" in old.out, "the first that there is for Apple's chips"


def test_a_machine_without_a_card(bare: Torchup) -> None:
    """The CPU's build, PyCharm, a package that is missing, and a file that is only a hint."""
    right(bare, "create", "pytorch", "--yes")
    ends_well(bare, "pytorch", "2.14.1+cpu", cards=0)
    project = bare.root / "projectA"
    project.mkdir()
    (bare.root / "xdg-config" / "JetBrains" / "PyCharm2025.1" / "options").mkdir(parents=True)
    right(bare, "ide", "pycharm", "pytorch", "--project", str(project), "--yes")
    checked = right(bare, "ide", "check", "--project", str(project), "--json")
    assert str(bare.home / "envs" / "pytorch") in checked

    (project / "train.py").write_text("import torch, cv2\nprint(torch.ones(2, 2).abs().value)\n")
    bare.root = project
    died = runs(bare, "pytorch", "train.py")
    assert died.returncode == 1
    assert "torchup add opencv-python -n pytorch" in died.stderr, "what it is called is said"
    right(bare, "add", "opencv-python", "-n", "pytorch", "--yes")
    assert right(bare, "run", "pytorch", "--", "python", "train.py") == "1.0\n"


def test_somebody_s_project_with_a_file_that_is_a_hint(machine: Callable[..., Torchup]) -> None:
    laptop = machine(*TURING)
    project = laptop.root / "theirs"
    project.mkdir()
    (project / "requirements.txt").write_text("torch==1.7.1+cu101\nnumpy\n")
    newer = ("--gpu", "RTX 3090", "--driver", "550", "--os", "linux")
    planned = right(laptop, "plan", "--project", str(project), *newer)
    assert "1.7.1+cu110" in planned
    assert "cu101" in planned, "what the file asks for is said beside it"
    (project / "train.py").write_text("import torch, cv2\nprint(torch.ones(1).cuda().value)\n")
    (project / "requirements.txt").write_text("torch==2.13.0+cu130\nnumpy\n")
    laptop.root = project
    said = right(laptop, "create", "theirs", "--project", ".", "--yes")
    assert "cu130" in said, "why it moved is said"
    ends_well(laptop, "theirs", "2.13.0+cu126", cards=1)
    assert "opencv-python" in runs(laptop, "theirs", "train.py").stderr
    right(laptop, "add", "opencv-python", "-n", "theirs", "--yes")
    assert right(laptop, "run", "theirs", "--", "python", "train.py") == "1.0\n"


def test_somebody_s_project_without_such_a_file(bare: Torchup) -> None:
    project = bare.root / "theirs"
    project.mkdir()
    (project / "train.py").write_text("import torch, cv2\nprint(torch.ones(1).value)\n")
    bare.root = project
    right(bare, "create", "theirs", "--project", ".", "--yes")
    assert "opencv-python" in packages(bare, "theirs"), "known by the code's imports"
    assert right(bare, "run", "theirs", "--", "python", "train.py") == "1.0\n"
