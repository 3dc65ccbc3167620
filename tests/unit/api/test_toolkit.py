"""Which toolkit a build takes, whether it fits, and which compiler it takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from torchup.api.toolkit.builds import build_in
from torchup.api.toolkit.compilers import check_compiler
from torchup.api.toolkit.fitting import fit_of
from torchup.host import Completed
from torchup.host.capture import Capture, CaptureHost, Ran
from torchup.model import Environment, EnvRecord, OwnToolkit, Requirement, Stack

CUDA = Stack(
    python="3.11", packages={"torch": "2.9.1"}, build="cu126", runtime="12.6", device="cuda"
)
CPU = Stack(python="3.11", packages={"torch": "2.9.1"}, build="cpu", runtime="", device="cpu")
OWN = OwnToolkit(source="pypi", runtime="13.0", root="r", home=".torchup/cuda")
LIMITS = """
#if __GNUC__ > 13
#error -- unsupported GNU version!
#endif
#if (__clang_major__ >= 18) || (__clang_major__ < 3)
#error -- unsupported clang version!
#endif
#if _MSC_VER < 1910 || _MSC_VER >= 1950
#error -- unsupported Microsoft Visual Studio version!
"""
HEADER = "/t/include/crt/host_config.h"


def environment(stack: Stack = CUDA, toolkit: OwnToolkit | None = None) -> Environment:
    record = EnvRecord(
        name="demo",
        path="/envs/demo",
        backend="uv",
        created="",
        stack=stack,
        requirement=Requirement(),
        toolkit=toolkit,
    )
    return Environment(record=record, state="ok", packages={})


def header(path: str, number: str) -> dict[str, str]:
    return {f"{path}/include/cuda.h": f"#define CUDA_VERSION {number}\n"}


def linux(**more: object) -> CaptureHost:
    return CaptureHost(Capture(system="linux", machine="x86_64", **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("version", "runtime", "fit"),
    [
        ("12.6", "12.6", "yes"),
        ("12.6.85", "12.6", "yes"),
        ("12.8", "12.6", "minor"),
        ("13.0", "12.6", "no"),
        ("12.6", "", "unknown"),
        ("", "12.6", "unknown"),
    ],
)
def test_the_major_version_decides(version: str, runtime: str, fit: str) -> None:
    assert fit_of(version, runtime) == fit


FILES = header("/own", "12060") | header("/path", "12080") | header("/usr/local/cuda", "13000")
NVCC = {"nvcc": "/opt/there/bin/nvcc"}


@pytest.mark.parametrize(
    ("env", "programs", "found"),
    [
        ({"CUDA_HOME": "/own", "CUDA_PATH": "/path"}, NVCC, ("CUDA_HOME", "/own", "12.6", "yes")),
        ({"CUDA_PATH": "/path"}, NVCC, ("CUDA_PATH", "/path", "12.8", "minor")),
        ({"CUDA_HOME": "", "CUDA_PATH": "/path"}, {}, ("CUDA_PATH", "/path", "12.8", "minor")),
        ({}, NVCC, ("nvcc", "/opt/there", "", "unknown")),
        ({}, {}, ("default", "/usr/local/cuda", "13.0", "no")),
        ({"CUDA_HOME": "/gone"}, {}, ("CUDA_HOME", "/gone", "", "unknown")),
    ],
)
def test_a_build_looks_in_the_frameworks_own_order(
    env: dict[str, str], programs: dict[str, str], found: tuple[str, str, str, str]
) -> None:
    build = build_in(linux(files=FILES, env=env, programs=programs), environment())
    assert (build.by, build.path, build.version, build.fit) == found


def test_a_cuda_build_on_a_machine_without_a_card_is_still_one() -> None:
    idle = replace(CUDA, device="cpu")
    found = build_in(linux(files=FILES, env={"CUDA_HOME": "/own"}), environment(idle))
    assert (found.runtime, found.fit) == ("12.6", "yes")


def test_where_there_is_none() -> None:
    found = build_in(linux(), environment())
    assert (found.by, found.path, found.version) == ("none", "", "")


def test_the_environments_own_counts_before_all() -> None:
    host = linux(env={"CUDA_HOME": "/own"}, files=FILES)
    found = build_in(host, environment(CPU, OWN))
    assert (found.by, found.version) == ("environment", "")
    assert found.path == "/envs/demo/.torchup/cuda"
    assert found.fit == "cpu", "the CPU build's tools look for no toolkit"


def test_windows_takes_the_first_folder() -> None:
    folder = "C:/Program Files/NVIDIA GPU Computing Toolkit/CUDA"
    files = header(f"{folder}/v12.6", "12060") | header(f"{folder}/v13.0", "13000")
    host = CaptureHost(Capture(system="windows", machine="AMD64", files=files))
    found = build_in(host, environment())
    assert (found.by, found.path, found.version) == ("default", f"{folder}/v12.6", "12.6")


def compiler(said: str, name: str = "g++", **more: object) -> CaptureHost:
    path = f"/usr/bin/{name}"
    programs = {name: path, **more.pop("programs", {})}  # type: ignore[dict-item]
    ran = (Ran(argv=(path, "--version"), done=Completed(code=0, out=said, err="")),)
    return linux(files={HEADER: LIMITS}, programs=programs, ran=ran, **more)


def test_a_compiler_that_fits() -> None:
    found = check_compiler(compiler("g++ (Debian 12.2.0-14) 12.2.0\n"), Path("/t"), "debian")
    assert (found.verdict, found.version, found.newest) == ("fits", "12.2.0", "GCC 13")


def test_one_that_is_too_new_names_what_is_beside_it_and_how_to_install_one() -> None:
    host = compiler("g++ (Ubuntu 15.1.0) 15.1.0", programs={"g++-12": "/usr/bin/g++-12"})
    found = check_compiler(host, Path("/t"), "ubuntu")
    assert (found.verdict, found.others) == ("too-new", ("/usr/bin/g++-12",))
    assert found.command == "sudo apt install g++-13"


def test_clang_has_bounds_of_its_own() -> None:
    host = compiler("Ubuntu clang version 18.1.3 (1ubuntu1)", "clang", env={"CC": "clang"})
    found = check_compiler(host, Path("/t"), "ubuntu")
    assert (found.verdict, found.name, found.newest) == ("too-new", "clang", "clang 17")


def test_no_compiler() -> None:
    found = check_compiler(linux(files={HEADER: LIMITS}), Path("/t"), "fedora")
    assert (found.verdict, found.name, found.command) == (
        "missing",
        "g++",
        "sudo dnf install gcc-c++",
    )
    assert check_compiler(linux(), Path("/t"), "nobody-knows").command == ""


def test_a_toolkit_that_does_not_say() -> None:
    path = "/usr/bin/g++"
    ran = (Ran(argv=(path, "--version"), done=Completed(code=0, out="g++ 12.2.0", err="")),)
    found = check_compiler(linux(programs={"g++": path}, ran=ran), Path("/t"), "debian")
    assert (found.verdict, found.version) == ("unknown", "12.2.0")


VSWHERE = "C:/Program Files (x86)/Microsoft Visual Studio/Installer/vswhere.exe"


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("19.44.35211 for x64", "fits"),
        ("19.51.36231 for x64", "too-new"),
        ("19.00.24215 for x64", "too-old"),
    ],
)
def test_visual_studios_compiler(said: str, verdict: str) -> None:
    path = "C:/VC/cl.exe"
    out = f"Microsoft (R) C/C++ Optimizing Compiler Version {said}"
    ran = (Ran(argv=(path, "--version"), done=Completed(code=0, out="", err=out)),)
    host = CaptureHost(
        Capture(
            system="windows",
            machine="AMD64",
            files={HEADER: LIMITS},
            programs={"cl": path},
            ran=ran,
        )
    )
    found = check_compiler(host, Path("/t"), None)
    assert (found.verdict, found.newest) == (verdict, "Visual Studio 2022")


@pytest.mark.parametrize(("version", "verdict"), [("17.14.1", "fits"), ("18.3.0", "too-new")])
def test_visual_studio_off_the_path(version: str, verdict: str) -> None:
    argv = (
        VSWHERE,
        *("-products", "*", "-requires", "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"),
        *("-format", "json", "-utf8"),
    )
    out = f'[{{"installationPath": "C:/VS", "installationVersion": "{version}"}}]'
    host = CaptureHost(
        Capture(
            system="windows",
            machine="AMD64",
            files={HEADER: LIMITS, VSWHERE: ""},
            ran=(Ran(argv=argv, done=Completed(code=0, out=out, err="")),),
        )
    )
    found = check_compiler(host, Path("/t"), None)
    assert (found.verdict, found.name, found.version) == (verdict, "Visual Studio", version)
