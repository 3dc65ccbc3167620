"""conda's environment files: written by hand, exported, and with mistakes."""

from __future__ import annotations

import pytest

from torchup.errors import UsageError
from torchup.projects.conda import read_conda_file
from torchup.projects.specs import pip_versions
from unit.projects.reading import lines, told

BY_HAND = """\
name: segmentation
channels:
  - pytorch
  - nvidia
dependencies:
  - python=3.8
  - pytorch::pytorch=1.9   # the framework
  - torchvision
  - nvidia::cudatoolkit=11.1
  - opencv=4.5
  - "pyyaml>=5,<6"
  - libgcc-ng
  - pip
  - pip:
    - -r more.txt
    - wandb==0.12.0
    - git+https://x.test/one.git
    - -e .
prefix: /home/somebody/miniconda3/envs/segmentation
"""
EXPORTED = """\
name: old
dependencies:
  - _libgcc_mutex=0.1=main
  - python=3.8.12=h12debd9_0
  - pytorch=1.8.1=py3.8_cuda11.1_cudnn8.0.5_0
  - numpy=1.20.3=py38hf144106_0
  - numpy-base=1.20.3=py38h74d4b33_0
  - pip:
      - numpy==1.20.3
"""


def test_a_file_that_was_written_by_hand() -> None:
    found = read_conda_file(BY_HAND, "environment.yml")
    assert lines(found) == [
        "torch==1.9.*",
        "torchvision",
        "opencv-python==4.5.*",
        "pyyaml<6,>=5",
        "wandb==0.12.0",
    ]
    assert (found.python, found.build) == ("3.8", "cu111")
    codes = {code for code, _ in told(found)}
    assert codes == {"left-foreign", "left-git", "left-editable"}


def test_an_export_with_builds_is_exact_and_names_its_cuda() -> None:
    found = read_conda_file(EXPORTED, "environment.yml")
    assert lines(found) == ["torch==1.8.1", "numpy==1.20.3"]
    assert (found.python, found.build) == ("3.8", "cu111")
    assert found.packages[0].origin == "environment.yml:5"


def test_libraries_of_an_export_are_none_of_pythons_whatever_pip_has_by_their_names() -> None:
    text = """\
dependencies:
  - aws-c-cal=0.6.0=h6ba3258_0
  - aws-sdk-cpp=1.10.57=h1a0519f_17
  - brotli-python=1.0.9=py39h99910a6_9
  - importlib_metadata=6.8.0=hd8ed1ab_0
  - libclang=15.0.7=default_h77d9078_3
  - ninja=1.10.2=h06a4308_5
  - python-xxhash=3.3.0=py39ha55989b_1
  - re2=2023.03.02=hd4eee63_0
  - some-library=1.0=cxx17_h63175ca_0
  - typing-extensions=4.8.0=hd3eb1b0_0
  - xxhash=0.8.2=hcfcfb64_0
"""
    found = read_conda_file(text, "environment.yml")
    assert lines(found) == [
        "Brotli==1.0.9",
        "importlib_metadata==6.8.0",
        "ninja==1.10.2",
        "xxhash==3.3.0",
        "typing-extensions==4.8.0",
    ]


def test_what_pip_is_told_counts_before_what_conda_is() -> None:
    text = "dependencies:\n  - tensorboard=1.14.0\n  - pip:\n    - tensorboard==2.1.1\n"
    assert lines(read_conda_file(text, "e.yml")) == ["tensorboard==2.1.1"]


@pytest.mark.parametrize("key", ["dependancies", "dependecies", "Dependencies", "dependency"])
def test_a_misspelt_key_is_named_with_its_line(key: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_conda_file(f"name: a\n{key}:\n  - numpy\n", "environment.yml")
    assert caught.value.code == "projects.misspelt-key"
    assert caught.value.details["line"] == "2"
    assert caught.value.details["key"] == key


def test_another_unknown_key_is_named_and_the_rest_goes_on() -> None:
    found = read_conda_file("chanels: [pytorch]\ndependencies: [numpy]\n", "e.yml")
    assert lines(found) == ["numpy"]
    assert told(found) == [("key-unknown", "chanels")]


def test_a_file_that_is_no_yaml_is_read_line_by_line() -> None:
    found = read_conda_file("dependencies:\n  - numpy=1.19\n\t- scipy\n  - torch==1.8.0\n", "e.yml")
    assert {"numpy==1.19.*", "torch==1.8.0"} <= set(lines(found))
    assert ("yaml-broken", "e.yml") in told(found)


@pytest.mark.parametrize(
    ("conda", "pip"),
    [
        ("=1.8", "==1.8.*"),
        ("=1.8.1", "==1.8.1"),
        ("=10.", "==10.*"),
        ("==1.8", "==1.8"),
        (">=3.7,<3.9", ">=3.7,<3.9"),
        ("1.8.*", "==1.8.*"),
        ("3.8|3.9", ""),
        ("*", ""),
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("~1.2", ">=1.2,<1.3"),
        (">=2021a", ">=2021a"),
    ],
)
def test_versions_in_the_words_of_pip(conda: str, pip: str) -> None:
    assert pip_versions(conda) == pip


def test_a_package_stands_below_the_channels() -> None:
    text = "name: pytorch\nchannels:\n  - pytorch\ndependencies:\n  - pytorch\n"
    assert [one.number for one in read_conda_file(text, "e.yml").packages] == [5]
    text = "name: numpy\ndependencies: [numpy]\n"
    assert [one.number for one in read_conda_file(text, "e.yml").packages] == [2]


def test_alternatives_of_conda_are_named() -> None:
    found = read_conda_file("dependencies:\n- numpy 1.19|1.20\n- pytorch\n", "environment.yml")
    assert lines(found) == ["numpy", "torch"]
    assert ("line-repaired", "numpy 1.19|1.20") in told(found)
