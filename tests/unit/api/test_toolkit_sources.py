"""Where an environment's toolkit comes from, and what becomes of it when the framework moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from msgspec.structs import replace

from torchup.api.context import Context
from torchup.api.toolkit import SOURCES, Wanted, belonging, source_of
from torchup.api.toolkit.conda import channels_of, recorded, specs_of
from torchup.apply.toolkit import LAID_OUT
from torchup.host.capture import Capture, CaptureHost
from torchup.model import Environment, EnvRecord, Machine, Os, OwnToolkit, Requirement, Stack
from torchup.state.home import Home

if TYPE_CHECKING:
    from torchup.host.real import RealHost
    from torchup.model import CpuArch, System

STACK = Stack(
    python="3.11", packages={"torch": "2.13.0"}, build="cu130", runtime="13.0", device="cuda"
)
PATH = "/envs/demo"
LINUX = f"{PATH}/lib/python3.11/site-packages"


def context(system: System, *files: str, **env: str) -> Context:
    capture = Capture(
        system=system,
        machine="x86_64",
        files=dict.fromkeys(files, "") | {"/opt/cuda-12.6/include/cuda.h": ""},
        executables=("/opt/cuda-12.6/bin/nvcc",),
        env=env,
    )
    return Context(cast("RealHost", CaptureHost(capture)), Home("/home/me/torchup"))


def environment(toolkit: OwnToolkit | None = None, **packages: str) -> Environment:
    record = EnvRecord(
        name="demo",
        path=PATH,
        backend="uv",
        created="",
        stack=STACK,
        requirement=Requirement(),
        toolkit=toolkit,
    )
    here = {name.replace("_", "-"): version for name, version in packages.items()}
    return Environment(record=record, state="ok", packages=here)


def wanted(
    runtime: str, system: System = "linux", arch: CpuArch = "x86_64", **packages: str
) -> Wanted:
    return Wanted(
        environment=environment(None, **packages),
        machine=Machine(os=Os(system=system), arch=arch),
        runtime=runtime,
        build=True,
    )


def test_wheels_are_asked_for_by_the_runtime_alone() -> None:
    here = context("linux", f"{LINUX}/six.py")
    found = source_of("pypi").offer(here, wanted("13.0"))
    assert found is not None
    assert (found.root, found.home) == ("lib/python3.11/site-packages/nvidia/cu13", LAID_OUT)
    assert found.packages[0].startswith("cuda-toolkit[nvcc,")
    assert found.packages[0].endswith("]==13.0.*")
    assert "ninja" in found.packages


def test_on_windows_they_lie_as_builds_expect_them() -> None:
    here = context("windows", f"{PATH}/Lib/site-packages/six.py")
    found = source_of("pypi").offer(here, wanted("13.0", "windows"))
    assert found is not None
    assert found.home == found.root == "Lib/site-packages/nvidia/cu13"


@pytest.mark.parametrize(
    ("runtime", "system", "arch"),
    [("12.9", "linux", "x86_64"), ("13.0", "macos", "arm64"), ("13.0", "windows", "aarch64")],
)
def test_where_no_wheel_has_a_compiler(runtime: str, system: System, arch: CpuArch) -> None:
    here = context(system, f"{LINUX}/six.py", f"{PATH}/Lib/site-packages/six.py")
    assert source_of("pypi").offer(here, wanted(runtime, system, arch)) is None


def test_headers_that_are_there_are_not_asked_for_in_another_version() -> None:
    here = context("linux", f"{LINUX}/six.py")
    newer = source_of("pypi").offer(here, wanted("13.0", nvidia_cuda_cccl="13.3.5"))
    older = source_of("pypi").offer(here, wanted("13.0", nvidia_cuda_cccl="12.9.27"))
    assert newer is not None
    assert older is not None
    assert "cccl" not in newer.packages[0]
    assert "nvidia-cuda-cccl>=13.0,<14" in newer.packages
    assert "cccl" in older.packages[0]


def test_an_installed_one_is_found_by_its_version() -> None:
    found = source_of("installed").offer(context("linux"), wanted("12.6"))
    assert found is not None
    assert (found.source, found.runtime, found.root) == ("installed", "12.6", "/opt/cuda-12.6")
    minor = source_of("installed").offer(context("linux"), wanted("12.4"))
    assert minor is not None, "the same major version does for a build"
    assert source_of("installed").offer(context("linux"), wanted("13.0")) is None
    named = replace(wanted("12.4"), build=False)
    assert source_of("installed").offer(context("linux"), named) is None, "a version was named"


def test_conda_has_what_no_wheel_has() -> None:
    conda = source_of("conda")
    found = conda.offer(context("linux"), wanted("12.6"))
    assert found is not None
    assert (found.runtime, found.home, found.channels) == ("12.6", LAID_OUT, ())
    assert channels_of(found) == ("conda-forge",)
    old = conda.offer(context("linux"), wanted("11.8"))
    assert old is not None
    assert channels_of(old) == ("nvidia/label/cuda-11.8.0",)
    for none in (wanted("13.0"), wanted("11.1"), wanted("12.6", "windows")):
        assert conda.offer(context("linux"), none) is None
    assert conda.offer(context("linux"), replace(wanted("12.6"), named="/opt/x")) is None


def test_a_named_channel_is_the_only_source() -> None:
    here = context("linux", f"{LINUX}/six.py")
    asked = replace(wanted("13.0"), channels=("conda-forge",))
    offers = {name: source_of(name).offer(here, asked) for name in SOURCES}
    assert {name for name, one in offers.items() if one} == {"conda"}
    secret = "https://me:hush@host/t/to-ken/mine"
    found = source_of("conda").offer(here, replace(asked, channels=(secret,)))
    assert found is not None
    assert found.channels == (secret,), "to ask with"
    kept = recorded(found)
    assert kept is not None
    assert "hush" not in kept.channels[0]
    assert "to-ken" not in kept.channels[0]


def test_libraries_come_along_for_a_framework_alone() -> None:
    bare, whole = (specs_of("12.6", libraries=one) for one in (False, True))
    assert "cuda-version 12.6.*" in bare
    assert set(whole) > set(bare)
    assert "libcublas-dev" in set(whole) - set(bare)


def test_every_source_answers() -> None:
    for name in SOURCES:
        assert source_of(name).offer(context("linux"), wanted("9.0")) is None


OWN = OwnToolkit(source="pypi", runtime="13.0", root="x", home=LAID_OUT, packages=("a",))
INSTALLED = OwnToolkit(source="installed", runtime="12.6", root="/opt/c", home="/opt/c")


def moved(toolkit: OwnToolkit | None, **stack: str) -> OwnToolkit | None:
    here = context("linux", f"{LINUX}/six.py")
    machine = Machine(os=Os(system="linux"), arch="x86_64")
    return belonging(here, machine, environment(toolkit), toolkit, replace(STACK, **stack))


def test_a_toolkit_goes_with_the_framework() -> None:
    assert moved(OWN) == OWN
    assert moved(None) is None
    later = moved(OWN, build="cu132", runtime="13.2")
    assert later is not None
    assert (later.runtime, later.packages[0][-9:]) == ("13.2", "]==13.2.*")
    assert moved(OWN, build="cu126", runtime="12.6") is None, "there it has no compiler"
    assert moved(OWN, build="cpu", runtime="") == OWN, "it was asked for by its version"
    of_conda = replace(OWN, source="conda", runtime="12.6")
    assert (found := moved(of_conda, build="cu128", runtime="12.8"))
    assert (found.source, found.runtime) == ("conda", "12.8")
    assert (found := moved(of_conda)), "wheels have it from there on"
    assert found.source == "pypi"
    assert moved(INSTALLED, build="cu132", runtime="13.2") == INSTALLED
