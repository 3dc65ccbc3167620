import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import conda_list

GOOD = """# packages in environment at /opt/envs/t\u00e9st:
#
# Name                    Version                   Build  Channel
_libgcc_mutex             0.1                        main
jpeg                      9d                   h36c2ea0_0    conda-forge
python                    3.10.13         hd12c33a_0_cpython    conda-forge
pytorch                   2.1.0           py3.10_cuda11.8_cudnn8.7.0_0    pytorch
numpy                     1.24.3          py310h5f9d8c6_1
numpy                     1.26.4                   pypi_0    pypi
x264                      1!152.20180806       h14c3975_0
"""


def test_the_packages() -> None:
    reading = conda_list.read(GOOD)
    assert reading.state == "ok"
    assert reading.python == "3.10.13"
    assert reading.packages == {
        "_libgcc_mutex": {"version": "0.1", "build": "main", "channel": None},
        "jpeg": {"version": "9d", "build": "h36c2ea0_0", "channel": "conda-forge"},
        "python": {"version": "3.10.13", "build": "hd12c33a_0_cpython", "channel": "conda-forge"},
        "pytorch": {
            "version": "2.1.0",
            "build": "py3.10_cuda11.8_cudnn8.7.0_0",
            "channel": "pytorch",
        },
        "numpy": {"version": "1.26.4", "build": "pypi_0", "channel": "pypi"},
        "x264": {"version": "1!152.20180806", "build": "h14c3975_0", "channel": None},
    }
    assert reading.facts == {
        "environment": "/opt/envs/t\u00e9st",
        "torch": "2.1.0",
        "twice": ["numpy"],
    }


@pytest.mark.parametrize(
    "text",
    [
        "\N{ZERO WIDTH NO-BREAK SPACE}" + GOOD,
        GOOD.replace("\n", "\r\n"),
        f"```\n(t) $ conda list\n{GOOD}```\n",
        f"(t) C:\\Users\\me>conda list\n{GOOD}\n(t) C:\\Users\\me>",
    ],
)
def test_it_is_read_however_it_was_pasted(text: str) -> None:
    assert conda_list.matches(text)
    assert conda_list.read(text) == conda_list.read(GOOD)


def test_pip_as_old_versions_show_it() -> None:
    reading = conda_list.read("# packages in environment at C:\\x:\n#\ntorch   1.0.1   <pip>\n")
    assert reading.packages == {"torch": {"version": "1.0.1", "build": "<pip>", "channel": None}}
    assert reading.facts["environment"] == "C:\\x"


def test_pip_s_torch_lies_over_conda_s() -> None:
    rows = "pytorch  2.0.0  py310_0  pytorch\ntorch  2.1.0  pypi_0  pypi\n"
    assert conda_list.read(rows).facts["torch"] == "2.1.0"


def test_mamba_s_table() -> None:
    text = """List of packages in environment: "/opt/envs/a"

  Name         Version  Build            Channel
\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500
  python       3.12.1   hab00c5b_1_cpython  conda-forge
  thing        1.0                       local
"""
    reading = conda_list.read(text)
    assert reading.facts["environment"] == "/opt/envs/a"
    assert reading.packages == {
        "python": {"version": "3.12.1", "build": "hab00c5b_1_cpython", "channel": "conda-forge"},
        "thing": {"version": "1.0", "build": None, "channel": "local"},
    }


def test_json() -> None:
    text = """[
  {"build_string": "py_0", "channel": "pytorch", "name": "pytorch", "version": "2.2.0"},
  {"name": 3}, 4
]"""
    assert conda_list.read(text).packages == {
        "pytorch": {"version": "2.2.0", "build": "py_0", "channel": "pytorch"}
    }


def test_a_list_without_its_head() -> None:
    text = "\n".join(GOOD.splitlines()[3:])
    assert conda_list.matches(text)
    assert conda_list.read(text).packages == conda_list.read(GOOD).packages


def test_a_list_that_ends_within_a_line() -> None:
    assert conda_list.read(GOOD + "zlib").state == "truncated"


def test_an_empty_environment() -> None:
    reading = conda_list.read("# packages in environment at /x:\n#\n")
    assert (reading.state, reading.packages) == ("ok", {})


@pytest.mark.parametrize(
    "text", ["", "hello there", "EnvironmentLocationNotFound: no /x", "[" * 5000]
)
def test_another_text_is_unreadable(text: str) -> None:
    assert not conda_list.matches(text)
    reading = conda_list.read(text)
    assert (reading.state, reading.packages) == ("unreadable", None)


@fuzzed
@given(st.text() | spoiled(GOOD))
def test_it_never_raises(text: str) -> None:
    conda_list.matches(text)
    assert conda_list.read(text).kind == "conda-list"
