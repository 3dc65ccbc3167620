from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from torchup.host import Completed
from torchup.host.capture import Capture, CaptureHost, Ran
from torchup.model import Tool
from torchup.model.software import CondaInstall, FoundEnvironment, Library
from torchup.probe.inventory import take_inventory
from torchup.probe.inventory.caches import cache_folders
from torchup.probe.inventory.condas import find_condas
from torchup.probe.inventory.libraries import find_libraries, header_version
from torchup.probe.inventory.programs import find_programs, parse_vswhere, program_version
from torchup.probe.tools import find_toolkits

HOME = "/home/user"
NAMES = {"torch": "torch", "torchvision": "torchvision", "pytorch": "torch"}


def conda(base: str, *packages: str) -> dict[str, str]:
    return {f"{base}/conda-meta/{name}.json": "{}" for name in packages}


def linux(files: dict[str, str], **env: str) -> CaptureHost:
    return CaptureHost(
        Capture(system="linux", machine="x86_64", env={"HOME": HOME, **env}, files=files)
    )


BASE = f"{HOME}/miniforge3"
STUDY = f"{BASE}/envs/study"
OLD = f"{HOME}/.virtualenvs/old/lib/python3.11/site-packages"
MINIFORGE = {
    **conda(BASE, "conda-24.1.2-py312h1_0", "python-3.12.3-hab_0_cpython", "mamba-1.5.8-py_0"),
    **conda(STUDY, "python-3.10.14-h1_0", "pytorch-2.1.0-py3.10_cuda11.8_cudnn8.7.0_0"),
    f"{STUDY}/lib/python3.10/site-packages/torch-2.1.0-py3.10.egg-info/PKG-INFO": "",
    f"{BASE}/.condarc": "channels:\n  - conda-forge\n",
    f"{HOME}/.conda/environments.txt": f"{BASE}\n{STUDY}\n/data/paper\n/gone\n",
    **conda("/data/paper", "python-3.8.20-h1_0", "pytorch-1.7.1-py3.8_cpu_0"),
    "/data/paper/lib/python3.8/site-packages/six.py": "",
}


def test_a_conda_is_found_with_environments_that_lie_elsewhere() -> None:
    assert find_condas(linux(MINIFORGE, PATH=f"/usr/bin:{BASE}/condabin")) == (
        CondaInstall(
            path=BASE,
            kind="miniforge",
            version="24.1.2",
            python="3.12.3",
            on_path=True,
            environments=(STUDY, "/data/paper"),
        ),
    )


@pytest.mark.parametrize(
    ("files", "kind", "version"),
    [
        (
            conda("/opt/conda", "conda-23.11.0-py311_0", "python-3.11.5-h1_0"),
            "miniconda",
            "23.11.0",
        ),
        (
            conda(f"{HOME}/anaconda3", "conda-24.5.0-py312_0", "anaconda-navigator-2.6.0-py312_0"),
            "anaconda",
            "24.5.0",
        ),
        (conda(f"{HOME}/micromamba/envs/one", "python-3.12.0-h1_0"), "micromamba", None),
        ({f"{HOME}/.pixi/bin/pixi": ""}, "pixi", None),
    ],
)
def test_each_kind_of_conda_is_told_by_what_its_installer_leaves(
    files: dict[str, str], kind: str, version: str | None
) -> None:
    (found,) = find_condas(linux(files))
    assert (found.kind, found.version, found.on_path) == (kind, version, False)


def test_a_conda_on_windows_is_one_however_its_path_is_written() -> None:
    base = "C:/Users/user/anaconda3"
    capture = Capture(
        system="windows",
        machine="AMD64",
        env={
            "USERPROFILE": "C:\\Users\\user",
            "CONDA_PREFIX": "C:\\Users\\user\\anaconda3",
            "PATH": "C:\\Windows;C:\\Users\\user\\anaconda3\\Scripts",
        },
        files=conda(base, "conda-24.5.0-py312_0") | conda(f"{base}/envs/dl", "python-3.9.0-h_0"),
    )
    (found,) = find_condas(CaptureHost(capture))
    assert (found.path, found.on_path, found.environments) == (base, True, (f"{base}/envs/dl",))


def test_no_conda_is_no_conda() -> None:
    assert find_condas(linux({})) == ()


def test_environments_with_the_framework_are_found_with_its_build() -> None:
    files = {
        **MINIFORGE,
        f"{HOME}/.virtualenvs/old/pyvenv.cfg": "home = /usr/bin\n",
        f"{OLD}/torch-2.4.1+cu121.dist-info/METADATA": "",
        f"{OLD}/torchvision-0.19.1+cu121.dist-info/METADATA": "",
        f"{HOME}/.virtualenvs/web/pyvenv.cfg": "home = /usr/bin\n",
        f"{HOME}/.virtualenvs/web/lib/python3.11/site-packages/flask-3.0.0.dist-info/METADATA": "",
        f"{HOME}/.local/lib/python3.10/site-packages/torch-1.13.1.dist-info/METADATA": "",
    }
    found = take_inventory(linux(files), NAMES).environments
    assert found == (
        FoundEnvironment(
            path=STUDY, kind="conda", python="3.10", packages={"torch": "2.1.0+cu118"}
        ),
        FoundEnvironment(
            path="/data/paper", kind="conda", python="3.8", packages={"torch": "1.7.1+cpu"}
        ),
        FoundEnvironment(
            path=f"{HOME}/.virtualenvs/old",
            kind="venv",
            python="3.11",
            packages={"torch": "2.4.1+cu121", "torchvision": "0.19.1+cu121"},
        ),
        FoundEnvironment(
            path=f"{HOME}/.local", kind="user", python="3.10", packages={"torch": "1.13.1"}
        ),
    )


def test_torchups_own_environments_are_not_listed_again() -> None:
    mine = f"{HOME}/torchup/envs/demo"
    files = {f"{mine}/lib/python3.12/site-packages/torch-2.9.0.dist-info/METADATA": ""}
    host = linux(files, VIRTUAL_ENV=mine)
    assert take_inventory(host, NAMES, own=(f"{HOME}/torchup/envs",)).environments == ()
    assert len(take_inventory(host, NAMES).environments) == 1


def test_cudnn_and_nccl_are_found_where_compilers_look() -> None:
    files = {
        "/usr/include/cudnn_version.h": _header("CUDNN", MAJOR=9, MINOR=1, PATCHLEVEL=0),
        "/usr/local/cuda-12.4/include/nccl.h": _header("NCCL", MAJOR=2, MINOR=21, PATCH=5),
    }
    assert set(take_inventory(linux(files), NAMES).libraries) == {
        Library(name="cudnn", version="9.1.0", path="/usr/include/cudnn_version.h"),
        Library(name="nccl", version="2.21.5", path="/usr/local/cuda-12.4/include/nccl.h"),
    }


def _header(prefix: str, **numbers: int) -> str:
    return "".join(f"#define {prefix}_{part} {number}\n" for part, number in numbers.items())


def test_runtime_libraries_without_headers_are_found_where_the_loader_looks() -> None:
    wide = "/usr/lib/x86_64-linux-gnu"
    capture = Capture(
        system="linux",
        machine="x86_64",
        env={"LD_LIBRARY_PATH": "/data/cudnn/lib"},
        files={
            "/etc/ld.so.conf.d/cuda.conf": "# CUDA\n/opt/nccl/lib\n",
            "/usr/include/cudnn_version.h": _header("CUDNN", MAJOR=9, MINOR=1, PATCHLEVEL=0),
            f"{wide}/libcudnn.so.9.1.0": "",
            "/opt/nccl/lib/libnccl.so.2.21.5": "",
            "/data/cudnn/lib/libcudnn.so.8": "",
        },
        links={
            f"{wide}/libcudnn.so.9": f"{wide}/libcudnn.so.9.1.0",
            "/opt/nccl/lib/libnccl.so.2": "/opt/nccl/lib/libnccl.so.2.21.5",
        },
    )
    found = [(one.name, one.version, one.path) for one in find_libraries(CaptureHost(capture))]
    assert found == [
        ("cudnn", "9.1.0", "/usr/include/cudnn_version.h"),
        ("cudnn", "8", "/data/cudnn/lib/libcudnn.so.8"),
        ("nccl", "2.21.5", "/opt/nccl/lib/libnccl.so.2.21.5"),
    ]


def test_environments_of_the_folder_one_works_in_are_found() -> None:
    here = "/work/paper"
    files = {
        f"{here}/.venv/lib/python3.12/site-packages/torch-2.9.0+cu128.dist-info/METADATA": "",
        f"{here}/.pixi/envs/default/lib/python3.11/site-packages/six.py": "",
        **conda(f"{here}/.pixi/envs/default", "pytorch-2.5.1-cuda126_py311h1_0"),
    }
    capture = Capture(system="linux", machine="x86_64", files=files, links={".": here})
    found = take_inventory(CaptureHost(capture), NAMES).environments
    assert [(one.path, one.kind, one.packages["torch"]) for one in found] == [
        (f"{here}/.venv", "venv", "2.9.0+cu128"),
        (f"{here}/.pixi/envs/default", "pixi", "2.5.1+cu126"),
    ]


@fuzzed
@given(st.text())
def test_any_header_gives_a_version_or_none(text: str) -> None:
    assert header_version(text, "CUDNN") is None or "CUDNN_MAJOR" in text


def test_several_toolkits_are_listed_and_the_one_that_compiles_is_marked() -> None:
    files = {
        "/usr/local/cuda-11.8/version.json": '{"cuda": {"name": "CUDA SDK", "version": "11.8.89"}}',
        "/usr/local/cuda-12.8/version.json": '{"cuda": {"name": "CUDA SDK", "version": "12.8.93"}}',
        "/opt/cuda/include/cuda.h": "#define CUDA_VERSION 12060\n",
    }
    capture = Capture(
        system="linux",
        machine="x86_64",
        env={"PATH": "/usr/local/cuda-11.8/bin"},
        files=files,
        executables=("/usr/local/cuda-11.8/bin/nvcc",),
        links={"/usr/local/cuda": "/usr/local/cuda-12.8"},
    )
    found = {one.version: one.chosen for one in find_toolkits(CaptureHost(capture))}
    assert found == {"11.8.89": True, "12.8.93": False, "12.6": False}
    named = linux(files, CUDA_HOME="/usr/local/cuda-12.8/")
    assert [one.version for one in find_toolkits(named) if one.chosen] == ["12.8.93"]


def test_every_rocm_is_listed_once() -> None:
    files = {
        "/opt/rocm-6.2.4/.info/version": "6.2.4-102\n",
        "/opt/rocm-6.4.1/.info/version": "6.4.1-83\n",
    }
    assert [one.version for one in find_toolkits(linux(files))] == ["6.2.4", "6.4.1"]
    linked = Capture(
        system="linux", machine="x86_64", files=files, links={"/opt/rocm": "/opt/rocm-6.4.1"}
    )
    found = [(one.version, one.path) for one in find_toolkits(CaptureHost(linked))]
    assert found == [("6.4.1", "/opt/rocm"), ("6.2.4", "/opt/rocm-6.2.4")]


def test_toolkits_on_windows_are_found_in_their_own_folder() -> None:
    root = "C:/Program Files/NVIDIA GPU Computing Toolkit/CUDA"
    capture = Capture(
        system="windows",
        machine="AMD64",
        env={"PROGRAMFILES": "C:\\Program Files"},
        files={f"{root}/v12.1/version.json": '{"cuda": {"version": "12.1.105"}}'},
    )
    assert [one.version for one in find_toolkits(CaptureHost(capture))] == ["12.1.105"]


NVCC = """nvcc: NVIDIA (R) Cuda compiler driver
Copyright (c) 2005-2024 NVIDIA Corporation
Built on Thu_Mar_28_02:18:24_PDT_2024
Cuda compilation tools, release 12.4, V12.4.131
Build cuda_12.4.r12.4/compiler.34097967_0
"""


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("gcc (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0\nCopyright (C) 2021\n", "11.4.0"),
        ("Ubuntu clang version 14.0.0-1ubuntu1.1\nTarget: x86_64-pc-linux-gnu\n", "14.0.0"),
        ("1.11.1.git.kitware.jobserver-1\n", "1.11.1"),
        (NVCC, "12.4.131"),
        ("cmake version 3.25.1\n", "3.25.1"),
        ("", None),
        ("no number here\n", None),
    ],
)
def test_programs_tell_their_versions(text: str, version: str | None) -> None:
    assert program_version(text) == version


@fuzzed
@given(st.text())
def test_any_text_has_a_version_or_none(text: str) -> None:
    found = program_version(text)
    assert found is None or found in text


def test_a_program_that_can_not_be_asked_is_listed_without_version() -> None:
    capture = Capture(
        system="linux",
        machine="x86_64",
        env={"PATH": "/usr/bin"},
        executables=("/usr/bin/gcc", "/usr/bin/ninja"),
        ran=(Ran(argv=("/usr/bin/ninja", "--version"), done=Completed(code=0, out="1.12.1\n")),),
    )
    assert find_programs(CaptureHost(capture)) == (
        Tool(name="gcc", path="/usr/bin/gcc"),
        Tool(name="ninja", path="/usr/bin/ninja", version="1.12.1"),
    )


VSWHERE = "C:/Program Files (x86)/Microsoft Visual Studio/Installer/vswhere.exe"
ANSWER = """[{"instanceId": "x", "installationPath": "C:\\\\VS\\\\2022\\\\BuildTools",
"installationVersion": "17.9.34728.123"}]"""


def test_visual_studio_is_found_off_the_path() -> None:
    argv = (
        *(VSWHERE, "-products", "*", "-requires"),
        "Microsoft.VisualStudio.Component.VC.Tools.x86.x64",
        *("-format", "json", "-utf8"),
    )
    capture = Capture(
        system="windows",
        machine="AMD64",
        executables=(VSWHERE,),
        ran=(Ran(argv=argv, done=Completed(code=0, out=ANSWER)),),
    )
    assert find_programs(CaptureHost(capture)) == (
        Tool(name="msvc", path="C:\\VS\\2022\\BuildTools", version="17.9.34728.123"),
    )


@fuzzed
@given(st.text())
def test_vswhere_may_say_anything(text: str) -> None:
    assert isinstance(parse_vswhere(text), list)


def test_caches_are_named_where_they_are() -> None:
    files = {f"{HOME}/.cache/pip/http/x": "", "/scratch/hf/hub/x": "", "/scratch/uv/x": ""}
    host = linux(files, HF_HOME="/scratch/hf", UV_CACHE_DIR="/scratch/uv")
    assert dict(cache_folders(host)) == {
        "pip": f"{HOME}/.cache/pip",
        "uv": "/scratch/uv",
        "huggingface": "/scratch/hf",
    }


def test_variables_that_matter_are_shown_without_logins() -> None:
    host = linux({}, CUDA_VISIBLE_DEVICES="0", HTTPS_PROXY="http://me:pw@proxy:3128", EDITOR="vi")
    assert take_inventory(host, NAMES).variables == {
        "CUDA_VISIBLE_DEVICES": "0",
        "HTTPS_PROXY": "http://***@proxy:3128",
    }
