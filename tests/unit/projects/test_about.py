"""Which framework a project is about, and what it says of one that isn't the usual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.facts.frameworks import DEFAULT, mean, meant
from torchup.host.real import RealHost
from torchup.projects import Declared, read_project
from unit.projects.reading import lines, told, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def the_usual_one_again() -> Iterator[None]:
    mean(DEFAULT)
    yield
    mean(DEFAULT)


def read(folder: Path, files: dict[str, str | bytes]) -> Declared:
    return read_project(RealHost(), written(folder, files))


@pytest.mark.parametrize(
    ("files", "about", "first"),
    [
        ({"requirements.txt": "tensorflow==2.10.0\nnumpy\n"}, "tensorflow", "tensorflow==2.10.0"),
        ({"requirements.txt": "numpy\ntensorflow-gpu==2.4.1\n"}, "tensorflow", "numpy"),
        ({"requirements.txt": "jax[cuda12_pip]==0.4.30\n"}, "jax", "jax==0.4.30"),
        ({"environment.yml": "dependencies:\n- tensorflow-gpu=2.4\n"}, "tensorflow", None),
        ({"train.py": "import jax\n"}, "jax", "jax"),
        ({"train.py": "import keras\n"}, "tensorflow", "tensorflow"),
        ({"train.py": "import torch\nimport tensorflow\n"}, "torch", None),
        ({"requirements.txt": "flax\noptax\n"}, "jax", "jax"),
        ({"Dockerfile": "FROM tensorflow/tensorflow:2.10.0-gpu\n"}, "tensorflow", None),
        ({"README.md": "Tested with TensorFlow 2.10.\n"}, "tensorflow", "tensorflow==2.10.*"),
        ({"requirements.txt": "numpy\n", "README.md": "needs JAX 0.5.3\n"}, "jax", "numpy"),
        (
            {
                "requirements.txt": "tensorflow==2.3.0\n",
                "README.md": "Our PyTorch 1.7 port is here",
            },
            "tensorflow",
            "tensorflow==2.3.0",
        ),
    ],
    ids=range(12),
)
def test_what_a_project_names_is_meant(
    tmp_path: Path, files: dict[str, str | bytes], about: str, first: str | None
) -> None:
    found = read(tmp_path, files)
    assert meant() == about
    assert first in (None, lines(found)[0])
    assert any(one.startswith(about) for one in lines(found))
    assert "framework-unnamed" not in dict(told(found))


def test_names_of_builds_are_taken_as_the_package(tmp_path: Path) -> None:
    found = read(tmp_path, {"requirements.txt": "tensorflow-gpu==2.4.1\njax-cuda12-plugin\n"})
    assert lines(found) == ["tensorflow==2.4.1"]
    assert ("name-corrected", "tensorflow-gpu==2.4.1") in told(found)
    assert ("left-brought", "jax-cuda12-plugin") in told(found)


def test_an_extra_tells_the_build_and_asks_for_none(tmp_path: Path) -> None:
    found = read(tmp_path, {"requirements.txt": "jax[cuda12]==0.4.30\n"})
    assert (lines(found), found.build) == (["jax==0.4.30"], "cu12")


def test_a_readme_states_no_version_of_another_framework(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "requirements.txt": "tensorflow\n",
        "README.md": "Ported from PyTorch 1.7. Runs with Tensorflow 2.4.1.",
    }
    assert lines(read(tmp_path, files)) == ["tensorflow==2.4.1"]


def test_nvidias_image_holds_the_framework_of_its_name(tmp_path: Path) -> None:
    found = read(tmp_path, {"Dockerfile": "FROM nvcr.io/nvidia/pytorch:21.10-py3\n"})
    assert meant() == "torch"
    assert lines(found) == ["torch==1.10.*"]


def test_without_any_the_usual_one_is_meant(tmp_path: Path) -> None:
    found = read(tmp_path, {"requirements.txt": "numpy\n"})
    assert meant() == DEFAULT
    assert "framework-unnamed" in dict(told(found))


def test_what_the_user_names_is_kept(tmp_path: Path) -> None:
    mean("jax")
    folder = written(tmp_path, {"requirements.txt": "tensorflow==2.10.0\n"})
    found = read_project(RealHost(), folder, named=("jax",))
    assert (meant(), lines(found)) == ("jax", ["tensorflow==2.10.0"])
