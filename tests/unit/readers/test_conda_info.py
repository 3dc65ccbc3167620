import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import conda_info

GOOD = """
     active environment : torch
    active env location : /opt/conda/envs/torch
            shell level : 2
       user config file : /home/me/.condarc
 populated config files :
          conda version : 24.5.0
    conda-build version : not installed
         python version : 3.11.9.final.0
                 solver : libmamba (default)
       virtual packages : __archspec=1=zen3
                          __conda=24.5.0=0
                          __cuda=12.4=0
                          __glibc=2.35=0
       base environment : /opt/conda  (read only)
           channel URLs : https://conda.example.org/main/linux-64
                          https://conda.example.org/main/noarch  (offline)
          package cache : /opt/conda/pkgs
       envs directories : /opt/conda/envs
               platform : linux-64
             user-agent : conda/24.5.0 requests/2.31.0 CPython/3.11.9
                UID:GID : 1000:1000
             netrc file : None
           offline mode : False

"""


def test_what_conda_says() -> None:
    reading = conda_info.read(GOOD)
    assert reading.state == "ok"
    assert (reading.python, reading.cuda, reading.libc) == ("3.11.9", "12.4", "2.35")
    assert reading.arch == "x86_64"
    assert reading.facts == {
        "conda_version": "24.5.0",
        "platform": "linux-64",
        "active_env": "torch",
        "active_env_location": "/opt/conda/envs/torch",
        "virtual_packages": [
            "__archspec=1=zen3",
            "__conda=24.5.0=0",
            "__cuda=12.4=0",
            "__glibc=2.35=0",
        ],
        "cuda_virtual": "12.4",
        "solver": "libmamba (default)",
        "channel_urls": [
            "https://conda.example.org/main/linux-64",
            "https://conda.example.org/main/noarch",
        ],
        "base_environment": "/opt/conda",
        "base_writable": False,
        "offline": False,
        "config_files": [],
        "package_cache": ["/opt/conda/pkgs"],
        "envs_directories": ["/opt/conda/envs"],
        "user_agent": "conda/24.5.0 requests/2.31.0 CPython/3.11.9",
        "mamba_version": None,
    }


@pytest.mark.parametrize(
    "text",
    [
        "\N{ZERO WIDTH NO-BREAK SPACE}" + GOOD,
        GOOD.replace("\n", "\r\n"),
        f"```\n(torch) $ conda info\n{GOOD}```\n",
        f"(torch) PS C:\\x> conda info\n{GOOD}",
        "\n".join(line.strip() for line in GOOD.splitlines()),
        "\n".join(f"> {line}" for line in GOOD.splitlines()),
    ],
)
def test_it_is_read_however_it_was_pasted(text: str) -> None:
    assert conda_info.matches(text)
    assert conda_info.read(text) == conda_info.read(GOOD)


def test_the_layout_of_version_4_3() -> None:
    text = """Current conda install:

               platform : win-64
          conda version : 4.3.30
         python version : 3.6.3.final.0
       root environment : C:\\Anaconda3  (writable)
           channel URLs : https://repo.example.org/pkgs/free/win-64
            config file : None
           offline mode : True
             user-agent : conda/4.3.30
"""
    reading = conda_info.read(text)
    assert (reading.state, reading.python, reading.cuda) == ("ok", "3.6.3", None)
    assert reading.facts["base_environment"] == "C:\\Anaconda3"
    assert reading.facts["base_writable"] is True
    assert reading.facts["offline"] is True
    assert reading.facts["virtual_packages"] is None
    assert reading.facts["active_env"] is None
    assert reading.facts["config_files"] == []


def test_mamba_s_own_program() -> None:
    text = """
            environment : base (active)
           env location : /opt/m
       virtual packages : __unix=0=0
               channels : https://conda.example.org/forge/linux-aarch64
       base environment : /opt/m
               platform : linux-aarch64
       libmamba version : 1.5.8
"""
    assert conda_info.matches(text)
    reading = conda_info.read(text)
    assert (reading.state, reading.arch) == ("ok", "aarch64")
    assert reading.facts["active_env"] == "base"
    assert reading.facts["mamba_version"] == "1.5.8"
    assert reading.facts["channel_urls"] == ["https://conda.example.org/forge/linux-aarch64"]


def test_json() -> None:
    text = """{
  "active_prefix_name": "base", "channels": ["https://c/linux-64"], "conda_version": "23.1.0",
  "offline": false, "platform": "linux-64", "python_version": "3.13.0.candidate.1",
  "root_prefix": "/opt", "root_writable": true, "solver": {"name": "classic"},
  "virtual_pkgs": [["__cuda", "11.8", "0"], 3]
}"""
    assert conda_info.matches(text)
    reading = conda_info.read(text)
    assert (reading.state, reading.cuda, reading.python) == ("ok", "11.8", "3.13.0rc1")
    assert reading.facts["virtual_packages"] == ["__cuda=11.8=0", ""]
    assert reading.facts["solver"] == "classic"
    assert reading.facts["base_writable"] is True


def test_no_environment_is_none() -> None:
    text = GOOD.replace(": torch", ": None")
    assert conda_info.read(text).facts["active_env"] is None


def test_a_text_that_is_cut_off() -> None:
    reading = conda_info.read(GOOD[: GOOD.index("platform :")])
    assert reading.state == "truncated"
    assert reading.facts["conda_version"] == "24.5.0"
    assert reading.facts["offline"] is None


@pytest.mark.parametrize(
    "text", ["", "hello : you", "# conda environments:\nbase * /opt", "{" * 9999]
)
def test_another_text_is_unreadable(text: str) -> None:
    assert not conda_info.matches(text)
    assert conda_info.read(text).state == "unreadable"


@fuzzed
@given(st.text() | spoiled(GOOD))
def test_it_never_raises(text: str) -> None:
    conda_info.matches(text)
    assert conda_info.read(text).kind == "conda-info"


def test_json_of_a_few_keys_is_recognised() -> None:
    text = (
        '{"conda_version": "24.9.2", "platform": "linux-64",'
        ' "virtual_pkgs": [["__cuda", "12.4", "0"], ["__glibc", "2.31", "0"]]}'
    )
    assert conda_info.matches(text)
    found = conda_info.read(text)
    assert (found.cuda, found.libc, found.arch) == ("12.4", "2.31", "x86_64")
