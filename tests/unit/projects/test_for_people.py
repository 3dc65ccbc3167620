"""Dockerfiles, READMEs and imports: what people and code say."""

from __future__ import annotations

import time

import pytest

from torchup.projects.dockerfile import read_dockerfile
from torchup.projects.imports import modules_of_notebook, modules_of_program, read_imports
from torchup.projects.readme import read_readme
from torchup.projects.setup_files import read_setup_py
from unit.projects.reading import lines, told


@pytest.mark.parametrize(
    ("image", "torch", "python", "build"),
    [
        ("pytorch/pytorch:1.7.1-cuda11.0-cudnn8-devel", ["torch==1.7.1"], "", "cu110"),
        ("nvcr.io/nvidia/pytorch:21.10-py3", ["torch==1.10.*"], "3.8", ""),
        ("nvidia/cuda:11.3.1-devel-ubuntu20.04", [], "", "cu113"),
        ("python:3.9-slim", [], "3.9", ""),
        ("ubuntu:20.04", [], "", ""),
    ],
)
def test_an_image_says_what_it_holds(image: str, torch: list[str], python: str, build: str) -> None:
    found = read_dockerfile(f"FROM {image} AS base\n", "Dockerfile")
    assert (lines(found), found.python, found.build) == (torch, python, build)


def test_arguments_and_install_commands_of_a_dockerfile() -> None:
    text = (
        'ARG CUDA="10.2"\nARG BASE=nvidia/cuda:${CUDA}-devel\nFROM ${BASE}\n'
        "RUN apt-get update && pip install -U numpy==1.19.5 'scipy<2' \\\n"
        "    tqdm && pip install -r r.txt\n"
        "RUN conda install -y pytorch=1.6 cudatoolkit=${CUDA} -c pytorch\n"
    )
    found = read_dockerfile(text, "Dockerfile")
    assert lines(found) == ["numpy==1.19.5", "scipy<2", "tqdm", "torch==1.6.*"]
    assert found.build == "cu102"


def test_commands_of_a_readme() -> None:
    text = (
        "# Thing\nInstall with `pip install torch==1.4.0 torchvision`.\n```bash\n"
        "conda create -n thing python=3.7 -y\npip install -e .\n"
        "$ pip install opencv-python  # for video\n```\n"
    )
    found = read_readme(text, "README.md")
    assert lines(found) == ["torch==1.4.0", "torchvision", "opencv-python"]
    assert found.python == "3.7"
    assert told(found) == [("left-editable", ".")]


@pytest.mark.parametrize(
    ("text", "taken", "python", "build"),
    [
        ("Python 3.6, PyTorch 1.7.1, CUDA 11.0", ["torch==1.7.1"], "3.6", "cu110"),
        ("- PyTorch >= 1.8", ["torch>=1.8"], "", ""),
        ("We used PyTorch 1.2 and Python 3.7.", ["torch==1.2.*"], "3.7", ""),
        ("[PyTorch](https://pytorch.org) 1.12+", [], "", ""),
        ("PyTorch 1.12+ and CUDA 11.6+", ["torch>=1.12"], "", ""),
        ("pytorch 1.10.0 or later", ["torch>=1.10.0"], "", ""),
        ("Nothing to see here", [], "", ""),
    ],
)
def test_versions_that_are_stated_in_words(
    text: str, taken: list[str], python: str, build: str
) -> None:
    found = read_readme(text, "README.md")
    assert (lines(found), found.python, found.build) == (taken, python, build)


def test_imports_of_programs_of_any_age() -> None:
    assert modules_of_program(
        "import a.b, c\nfrom d.e import f\nfrom . import g\nfrom .h import i\n"
    ) == {
        "a",
        "c",
        "d",
    }
    assert modules_of_program("import torch\nprint 'two'\n") == {"torch"}


def test_imports_of_a_notebook() -> None:
    text = (
        '{"cells": [{"cell_type": "code", "source": ["%matplotlib inline\\n", "!pip install x\\n", '
        '"import cv2\\n"]}, {"cell_type": "markdown", "source": "import nothing"}]}'
    )
    assert modules_of_notebook(text) == {"cv2"}
    assert modules_of_notebook("no notebook") == set()


def test_modules_become_distributions_and_none_is_guessed() -> None:
    names = ["os", "imp", "cv2", "PIL", "sklearn", "torch", "mine", "apex", "utils", "zzz_no_such"]
    found = read_imports(names, {"mine"}, "*.py")
    assert lines(found) == ["Pillow", "opencv-python", "scikit-learn", "torch"]
    assert ("left-elsewhere", "apex") in told(found)
    assert ("left-unknown", "zzz_no_such") in told(found)
    assert all("utils" not in subject for _, subject in told(found))


@pytest.mark.parametrize(
    "text",
    [
        "First pip install the requirements and then run it.\n",
        "pip install the requirements\n",
        "    # then pip install the requirements\n",
        "Call `setup` after you pip install the requirements.\n",
    ],
)
def test_a_sentence_about_a_command_installs_nothing(text: str) -> None:
    assert lines(read_readme(text, "README.md")) == []


@pytest.mark.parametrize(
    "command",
    [
        "python3 -m pip install six",
        "sudo -H pip install six",
        "RUN --mount=type=cache,target=/root/.cache pip install six",
        "RUN CUDA_HOME=/usr/local/cuda /opt/conda/bin/pip install six",
        'bash -c "pip install six"',
        "conda run -n thing pip install six",
        "cd thing && uv pip install six",
    ],
)
def test_a_command_may_stand_behind_others(command: str) -> None:
    assert lines(read_dockerfile(f"{command}\n", "Dockerfile")) == ["six"]
    assert lines(read_readme(f"```\n{command}\n```\n", "README.md")) == ["six"]


def test_imports_of_a_notebook_of_format_3() -> None:
    text = (
        '{"nbformat": 3, "worksheets": [{"cells": ['
        '{"cell_type": "code", "input": ["%pylab\\n", "import cv2\\n"]}]}]}'
    )
    assert modules_of_notebook(text) == {"cv2"}


def test_odd_programs_are_read_in_silence(recwarn: pytest.WarningsRecorder) -> None:
    text = "import torch\nx = '\\d'\nassert (1, 'always')\nif x is 'a': pass\n"
    assert modules_of_program(text) == {"torch"}
    assert lines(read_setup_py(f"{text}setup(install_requires=['six'])\n", "setup.py")) == ["six"]
    assert not recwarn.list


def test_a_companions_version_is_not_the_frameworks() -> None:
    text = "PyTorch 1.8.0 was used: `pip install torchvision==0.9.0 torch`\n"
    assert "torch==1.8.0" in lines(read_readme(text, "README.md"))
    text = "PyTorch 1.8.0 was used: `pip install 'torch<1.9'`\n"
    assert lines(read_readme(text, "README.md")) == ["torch<1.9"]


def test_what_the_reader_is_to_fill_in_installs_nothing() -> None:
    text = (
        "```\npip install -r needs/<list according to table below> --upgrade\n"
        "pip install thing-<version> numpy\n```\n"
    )
    assert lines(read_readme(text, "README.md")) == ["numpy"]


def test_an_address_of_the_frameworks_index_tells_the_build() -> None:
    text = "`pip3 install torch==2.9.1 --index-url https://download.pytorch.org/whl/cu128`\n"
    assert read_readme(text, "README.md").build == "cu128"


def test_half_a_cuda_in_a_wheels_name_is_no_build() -> None:
    name = "mamba_ssm-2.2.2+cu12torch2.3cxx11abiFALSE-cp310-cp310-linux_x86_64.whl"
    found = read_dockerfile(f"RUN pip install https://x.test/{name}\n", "Dockerfile")
    assert found.build == ""


def test_every_command_of_a_line_counts() -> None:
    text = "RUN pip install numpy && pip install torch==1.9.0 ; conda install -y scipy\n"
    assert lines(read_dockerfile(text, "Dockerfile")) == ["numpy", "torch==1.9.0", "scipy"]


def test_of_commands_for_several_cudas_the_newest_framework_counts() -> None:
    text = (
        "```\n# for CUDA 11.1\npip install torch==1.10.1+cu111 torchvision==0.11.2 -f "
        "https://download.pytorch.org/whl/cu111/torch_stable.html\n# for CUDA 11.8\n"
        "pip install torch==2.3.0 torchvision==0.18.0 --index-url "
        "https://download.pytorch.org/whl/cu118\n```\nFor CUDA 11.1 or 11.8\n"
    )
    found = read_readme(text, "README.md")
    assert lines(found) == ["torch==2.3.0", "torchvision==0.18.0"]
    assert found.build == ""


def test_commands_for_one_framework_and_several_cudas_name_a_build() -> None:
    text = "`pip install torch==1.8.1+cu111`, or `pip install torch==1.8.1+cu102`\n"
    assert read_readme(text, "README.md").build == "cu111"


@pytest.mark.parametrize(
    "line", ["pip install a" + "!" * 60 + '"x', "run" + " -a" * 60 + " x", "pip" + " --a-b" * 60]
)
def test_a_command_is_not_gone_over_again_and_again(line: str) -> None:
    """Each of these letters could once be read in two ways, so that forty took hours."""
    began = time.perf_counter()
    read_dockerfile(f"FROM x\nRUN {line}\n", "Dockerfile")
    assert time.perf_counter() - began < 10
