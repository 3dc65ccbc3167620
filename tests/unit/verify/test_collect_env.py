"""What is written as collect_env does is read back by the reader of the original's output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from torchup.model import Check, Cpu, Driver, Gpu, Machine, Os, Toolkit, VerifyReport
from torchup.model.contents import InstalledPackage
from torchup.readers import collect_env as reader
from torchup.verify.collect_env import Collected, collect_env

if TYPE_CHECKING:
    from torchup.readers.reading import Reading

H100 = "NVIDIA H100 80GB HBM3"
COLLECTED = Collected(
    system="Ubuntu 24.04.1 LTS",
    gcc="(Ubuntu 13.2.0-23ubuntu4) 13.2.0",
    cmake="version 3.30.3",
    python="3.12.7 (main, Oct 1 2025, 08:52:12) [GCC 13.2.0] (64-bit runtime)",
    platform="Linux-6.8.0-45-generic-x86_64-with-glibc2.39",
    cpu="Architecture:                    x86_64\nModel name:                      AMD EPYC 9654",
)


def machine(**more: Any) -> Machine:  # noqa: ANN401 - fields of a machine
    given: dict[str, Any] = {
        "os": Os(system="linux", distro="ubuntu", version="24.04", libc="glibc 2.39"),
        "arch": "x86_64",
        "cpu": Cpu(model="AMD EPYC 9654", cores=96),
    }
    return Machine(**(given | more))


def report(device: str, version: str, libraries: tuple[str, ...] = ()) -> VerifyReport:
    return VerifyReport(
        ok=True,
        device=device,
        packages={"torch": "2.13.0"},
        python="3.12.7",
        libraries=libraries,
        checks=(
            Check(code="version", status="pass", detail=version),
            Check(code="device", status="pass", detail=f"device={device}"),
        ),
    )


def packages(*names: str) -> tuple[InstalledPackage, ...]:
    pairs = (name.split("=") for name in names)
    return tuple(InstalledPackage(name=name, version=version) for name, version in pairs)


def read(*given: Any) -> Reading:  # noqa: ANN401 - what is written
    text = collect_env(*given)
    assert reader.matches(text)
    found = reader.read(text)
    assert found.state == "ok"
    return found


def test_nvidia_comes_back() -> None:
    told = "version=2.13.0+cu126 runtime='cuda 12.6' xnnpack=yes"
    nvidia = machine(
        gpus=(Gpu(vendor="nvidia", name=H100), Gpu(vendor="nvidia", name=H100)),
        drivers=(Driver(vendor="nvidia", version="580.65.06"),),
        toolkits=(Toolkit(name="cuda", version="12.4.131", path="/usr/local/cuda", chosen=True),),
    )
    cudnn = ("/env/nvidia/cudnn/lib/libcudnn.so.9", "/env/nvidia/cudnn/lib/libcudnn_ops.so.9")
    listed = packages("torch=2.13.0+cu126", "numpy=2.4.6", "nvidia-cudnn-cu12=9.10.2.21", "six=1")
    found = read(nvidia, listed, report("cuda", told, cudnn), COLLECTED)
    assert [gpu.name for gpu in found.gpus or ()] == [H100, H100]
    assert (found.driver, found.toolkit_full, found.python) == ("580.65.06", "12.4.131", "3.12.7")
    assert (found.os, found.arch, found.libc) == ("Ubuntu 24.04.1 LTS", "x86_64", "2.39")
    wanted = {
        "torch": "2.13.0+cu126",
        "cuda_build": "12.6",
        "rocm_build": None,
        "cuda_available": True,
        "xpu_available": False,
        "debug_build": False,
        "cuda_module_loading": "LAZY",
        "gcc": "(Ubuntu 13.2.0-23ubuntu4) 13.2.0",
        "cmake": "version 3.30.3",
        "clang": None,
        "cpu": "AMD EPYC 9654",
        "cudnn_files": list(cudnn),
    }
    assert {key: found.facts[key] for key in wanted} == wanted
    assert found.facts["pip_packages"] == {
        "torch": "2.13.0+cu126",
        "numpy": "2.4.6",
        "nvidia-cudnn-cu12": "9.10.2.21",
    }


def test_amd_comes_back() -> None:
    told = "version=2.13.0+rocm6.4 runtime='hip 6.4.43482' miopen=3004000"
    amd = machine(gpus=(Gpu(vendor="amd", name="AMD Radeon RX 7900 XTX", arch="gfx1100"),))
    found = read(amd, packages("torch=2.13.0+rocm6.4"), report("rocm", told), COLLECTED)
    assert [(gpu.name, gpu.arch) for gpu in found.gpus or ()] == [
        ("AMD Radeon RX 7900 XTX", "gfx1100")
    ]
    assert found.facts["rocm_build"] == "6.4.43482"
    assert found.facts["cuda_build"] is None
    assert found.facts["cuda_available"] is True
    assert found.facts["hip_runtime"] == "6.4.43482"


@pytest.mark.parametrize("receipt", [None, report("cpu", "version=2.13.0+cpu runtime=none")])
def test_the_cpu_alone_comes_back(receipt: VerifyReport | None) -> None:
    found = read(machine(gpus=()), packages("torch=2.13.0+cpu"), receipt, Collected())
    assert found.facts["torch"] == "2.13.0+cpu"
    assert found.gpus is None
    assert found.driver is None
    assert found.facts["cuda_available"] is (None if receipt is None else False)


def test_nothing_installed_is_written_all_the_same() -> None:
    found = read(machine(), (), None, Collected())
    assert found.facts["torch"] is None
    assert found.facts["pip_packages"] == {}
