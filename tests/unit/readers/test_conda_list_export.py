import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import conda_list_export

GOOD = """# This file may be used to create an environment using:
# $ conda create --name <env> --file <this file>
# platform: win-64
# created-by: conda 24.1.2
cudatoolkit=11.3.1=h59b6b97_2
python=3.8.18=h1aa4202_0
pytorch=1.12.1=py3.8_cuda11.3_cudnn8_0
torchmetrics=1.2.0=pypi_0
"""


def test_the_packages() -> None:
    reading = conda_list_export.read(GOOD)
    assert reading.state == "ok"
    assert reading.python == "3.8.18"
    assert reading.facts == {"platform": "win-64", "torch": "1.12.1", "twice": []}
    assert reading.packages == {
        "cudatoolkit": {"version": "11.3.1", "build": "h59b6b97_2", "channel": None},
        "python": {"version": "3.8.18", "build": "h1aa4202_0", "channel": None},
        "pytorch": {"version": "1.12.1", "build": "py3.8_cuda11.3_cudnn8_0", "channel": None},
        "torchmetrics": {"version": "1.2.0", "build": "pypi_0", "channel": "pypi"},
    }


@pytest.mark.parametrize(
    "text",
    [
        "\N{ZERO WIDTH NO-BREAK SPACE}" + GOOD,
        GOOD.replace("\n", "\r\n"),
        f"```\n{GOOD}```\n",
        f"(t) me@host:~$ conda list --export\n{GOOD}(t) me@host:~$ ",
    ],
)
def test_it_is_read_however_it_was_pasted(text: str) -> None:
    assert conda_list_export.matches(text)
    assert conda_list_export.read(text) == conda_list_export.read(GOOD)


def test_the_explicit_form() -> None:
    text = """# platform: linux-64
@EXPLICIT
https://conda.anaconda.org/pytorch/linux-64/pytorch-2.1.0-py3.10_cuda12.1_0.tar.bz2#abc
https://conda.anaconda.org/conda-forge/noarch/ld-impl-2.40-h41732ed_0.conda
"""
    assert conda_list_export.matches(text)
    reading = conda_list_export.read(text)
    assert reading.facts["platform"] == "linux-64"
    assert reading.packages == {
        "pytorch": {"version": "2.1.0", "build": "py3.10_cuda12.1_0", "channel": "pytorch"},
        "ld-impl": {"version": "2.40", "build": "h41732ed_0", "channel": "conda-forge"},
    }


def test_without_its_head() -> None:
    text = "".join(GOOD.splitlines(keepends=True)[4:])
    assert conda_list_export.matches(text)
    assert conda_list_export.read(text).packages == conda_list_export.read(GOOD).packages


def test_a_list_that_ends_within_a_line() -> None:
    reading = conda_list_export.read(GOOD + "zlib=")
    assert reading.state == "truncated"
    assert "zlib" not in (reading.packages or {})


@pytest.mark.parametrize("text", ["", "torch==2.1.0\nnumpy==1.26\n", "A=1\nB=2\n", "hello"])
def test_another_text_is_of_another_kind(text: str) -> None:
    assert not conda_list_export.matches(text)


def test_nothing_to_read() -> None:
    assert conda_list_export.read("hello").state == "unreadable"


@fuzzed
@given(st.text() | spoiled(GOOD))
def test_it_never_raises(text: str) -> None:
    conda_list_export.matches(text)
    assert conda_list_export.read(text).kind == "conda-list-export"
