import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from spoiledtexts import spoiled
from torchup.readers import collect_env

GOOD = """Collecting environment information...
PyTorch version: 2.5.1+cu124
Is debug build: False
CUDA used to build PyTorch: 12.4
ROCM used to build PyTorch: N/A

OS: Ubuntu 22.04.5 LTS (x86_64)
GCC version: (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0
Clang version: Could not collect
CMake version: version 3.31.0
Libc version: glibc-2.35

Python version: 3.11.9 | packaged by conda-forge | (main, Apr 19 2024) [GCC 12.3.0] (64-bit runtime)
Python platform: Linux-6.8.0-40-generic-x86_64-with-glibc2.35
Is CUDA available: True
CUDA runtime version: 12.4.131
CUDA_MODULE_LOADING set to: LAZY
GPU models and configuration:
GPU 0: NVIDIA H100 80GB HBM3
  MIG 3g.40gb     Device  0:
  MIG 1g.10gb     Device  1:
GPU 1: NVIDIA RTX A6000 (UUID: GPU-1234-abcd)

Nvidia driver version: 550.54.15
cuDNN version: Probably one of the following:
/usr/lib/x86_64-linux-gnu/libcudnn.so.9.1.0
/usr/lib/x86_64-linux-gnu/libcudnn_adv.so.9.1.0
Is XPU available: False
HIP runtime version: N/A
MIOpen runtime version: N/A
Is XNNPACK available: True

CPU:
Architecture:                         x86_64
Vendor ID:                            AuthenticAMD
Model name:                           AMD EPYC 7763 64-Core Processor
Vulnerability Retbleed:               Mitigation; untrained return thunk

Versions of relevant libraries:
[pip3] numpy==2.1.2
[pip3] torch==2.5.1+cu124
[pip3] triton==3.1.0
[conda] numpy                     2.1.2           py311h71ddf71_0    conda-forge
[conda] torch                     2.5.1+cu124              pypi_0    pypi
[conda] mkl                       2023.1.0         h213fc3f_46344
"""


def test_a_report_of_today() -> None:
    reading = collect_env.read(GOOD)
    assert reading.state == "ok"
    assert (reading.os, reading.arch, reading.libc) == ("Ubuntu 22.04.5 LTS", "x86_64", "2.35")
    assert (reading.python, reading.driver) == ("3.11.9", "550.54.15")
    assert (reading.toolkit, reading.toolkit_full) == ("12.4", "12.4.131")
    first, second = reading.gpus or ()
    assert (first.index, first.name, first.vendor) == (0, "NVIDIA H100 80GB HBM3", "nvidia")
    assert (first.mig, first.mig_devices) == (True, ("3g.40gb", "1g.10gb"))
    assert (second.index, second.name, second.uuid) == (1, "NVIDIA RTX A6000", "GPU-1234-abcd")
    assert second.mig is None
    facts = reading.facts
    assert facts["torch"] == "2.5.1+cu124"
    assert (facts["cuda_build"], facts["rocm_build"]) == ("12.4", None)
    assert (facts["debug_build"], facts["cuda_available"]) == (False, True)
    assert facts["xpu_available"] is False
    assert facts["cudnn"] == "9.1.0"
    assert len(facts["cudnn_files"]) == 2
    assert facts["cpu"] == "AMD EPYC 7763 64-Core Processor"
    assert facts["clang"] is None
    assert facts["pip_packages"] == {"numpy": "2.1.2", "torch": "2.5.1+cu124", "triton": "3.1.0"}
    assert reading.packages == {
        "numpy": {"version": "2.1.2", "build": "py311h71ddf71_0", "channel": "conda-forge"},
        "torch": {"version": "2.5.1+cu124", "build": "pypi_0", "channel": "pypi"},
        "mkl": {"version": "2023.1.0", "build": "h213fc3f_46344", "channel": None},
        "triton": {"version": "3.1.0", "build": None, "channel": None},
    }


@pytest.mark.parametrize(
    "text",
    [
        "\N{ZERO WIDTH NO-BREAK SPACE}" + GOOD,
        GOOD.replace("\n", "\r\n"),
        f"### Versions\n\n```\n{GOOD}```\n",
        f"$ python -m torch.utils.collect_env\n{GOOD}me@host:~$ ",
        "\n".join(f"> {line}" for line in GOOD.splitlines()),
        "\n".join(line.strip() for line in GOOD.splitlines()),
    ],
)
def test_it_is_read_however_it_was_pasted(text: str) -> None:
    assert collect_env.matches(text)
    assert collect_env.read(text) == collect_env.read(GOOD)


def test_the_first_layout() -> None:
    text = """PyTorch version: 0.4.1
Is debug build: No
CUDA used to build PyTorch: 9.0.176

OS: Microsoft Windows 10 \u4e13\u4e1a\u7248
GCC version: Could not collect
CMake version: Could not collect

Python version: 3.6
Is CUDA available: Yes
CUDA runtime version: 9.0.176
GPU models and configuration: GPU 0: GeForce GTX 1080
Nvidia driver version: 398.36
cuDNN version: Could not collect

Versions of relevant libraries:
[pip] numpy (1.14.3)
[pip] torch (0.4.1)
[conda] Could not collect
"""
    assert collect_env.matches(text)
    reading = collect_env.read(text)
    assert (reading.os, reading.arch) == ("Microsoft Windows 10 \u4e13\u4e1a\u7248", None)
    assert (reading.python, reading.libc) == ("3.6", None)
    assert [gpu.name for gpu in reading.gpus or ()] == ["GeForce GTX 1080"]
    assert reading.facts["cuda_available"] is True
    assert reading.facts["debug_build"] is False
    assert reading.facts["pip_packages"] == {"numpy": "1.14.3", "torch": "0.4.1"}
    assert reading.facts["conda_packages"] == {}


def test_rocm() -> None:
    text = """PyTorch version: 2.4.0+rocm6.1
CUDA used to build PyTorch: N/A
ROCM used to build PyTorch: 6.1.40091-a8dbc0c19
OS: Fedora Linux 40 (Workstation Edition) (x86_64)
Is CUDA available: True
CUDA runtime version: Could not collect
GPU models and configuration: AMD Instinct MI250X/MI250 (gfx90a:sramecc+:xnack-)
Nvidia driver version: Could not collect
HIP runtime version: 6.1.40091
MIOpen runtime version: 3.1.0
Versions of relevant libraries:
[pip3] No relevant packages
"""
    reading = collect_env.read(text)
    assert reading.os == "Fedora Linux 40 (Workstation Edition)"
    assert (reading.driver, reading.toolkit) == (None, None)
    (gpu,) = reading.gpus or ()
    assert (gpu.name, gpu.arch, gpu.vendor) == ("AMD Instinct MI250X/MI250", "gfx90a", "amd")
    assert reading.facts["cuda_build"] is None
    assert reading.facts["rocm_build"] == "6.1.40091"
    assert reading.facts["rocm_build_full"] == "6.1.40091-a8dbc0c19"
    assert (reading.facts["hip_runtime"], reading.facts["miopen"]) == ("6.1.40091", "3.1.0")
    assert reading.packages == {}


def test_an_old_rocm_has_no_gfx() -> None:
    text = (
        "PyTorch version: 2.0\nROCM used to build PyTorch: 5.4\n"
        "GPU models and configuration: Radeon RX 7900 XTXNoGCNArchNameOnOldPyTorch\n"
    )
    (gpu,) = collect_env.read(text).gpus or ()
    assert (gpu.name, gpu.vendor, gpu.arch) == ("Radeon RX 7900 XTX", "amd", None)


def test_intel() -> None:
    text = """PyTorch version: 2.8.0+xpu
Is CUDA available: False
GPU models and configuration: No CUDA
Is XPU available: True
XPU used to build PyTorch: 20250101
Intel GPU driver version:
* intel-opencl-icd:\t25.05
Intel GPU models onboard:
* Intel(R) Arc(TM) B580
Intel GPU models detected:
* [0] _XpuDeviceProperties(name='Intel(R) Arc(TM) B580 Graphics', type='gpu', \
driver_version='1.6.32567', total_memory=11605MB, has_fp16=1)
Versions of relevant libraries:
"""
    reading = collect_env.read(text)
    (gpu,) = reading.gpus or ()
    assert (gpu.name, gpu.vendor) == ("Intel(R) Arc(TM) B580 Graphics", "intel")
    assert (gpu.memory_mib, gpu.driver) == (11605, "1.6.32567")
    assert reading.facts["xpu_build"] == "20250101"
    assert reading.facts["xpu_available"] is True
    onboard = collect_env.read(text.replace("_XpuDevice", "nothing"))
    assert [gpu.name for gpu in onboard.gpus or ()] == ["Intel(R) Arc(TM) B580"]


def test_a_mac() -> None:
    text = """PyTorch version: 2.3.0
CUDA used to build PyTorch: None
OS: macOS 14.5 (arm64)
Libc version: N/A
Python version: 3.12.3 (main, Apr  9 2024) [Clang 15.0.0] (64-bit runtime)
Is CUDA available: False
CUDA runtime version: No CUDA
GPU models and configuration: No CUDA
cuDNN version: No CUDA

CPU:
Apple M3 Max

Versions of relevant libraries:
[pip3] torch==2.3.0
"""
    reading = collect_env.read(text)
    assert (reading.os, reading.arch, reading.libc) == ("macOS 14.5", "arm64", None)
    assert reading.gpus is None
    assert reading.facts["cpu"] == "Apple M3 Max"
    assert reading.facts["cudnn"] is None


def test_vllm_s_layout() -> None:
    text = """==============================
        System Info
==============================
OS                           : Ubuntu 24.04.1 LTS (aarch64)
Libc version                 : glibc-2.39

==============================
       PyTorch Info
==============================
PyTorch version              : 2.7.0+cu128
Is debug build               : False
CUDA used to build PyTorch   : 12.8
ROCM used to build PyTorch   : N/A

==============================
       CUDA / GPU Info
==============================
Is CUDA available            : True
CUDA runtime version         : 12.8.93
GPU models and configuration : GPU 0: NVIDIA GH200 480GB
Nvidia driver version        : 570.124.06

==============================
Versions of relevant libraries
==============================
[pip3] torch==2.7.0+cu128
[conda] Could not collect

==============================
         vLLM Info
==============================
vLLM Version                 : 0.9.0
"""
    assert collect_env.matches(text)
    reading = collect_env.read(text)
    assert (reading.os, reading.arch, reading.libc) == ("Ubuntu 24.04.1 LTS", "aarch64", "2.39")
    assert (reading.driver, reading.toolkit) == ("570.124.06", "12.8")
    assert [gpu.name for gpu in reading.gpus or ()] == ["NVIDIA GH200 480GB"]
    assert reading.facts["torch"] == "2.7.0+cu128"
    assert reading.facts["vllm"] == "0.9.0"


def test_without_torch_nothing_is_known_of_it() -> None:
    text = "PyTorch version: N/A\nIs debug build: N/A\nIs CUDA available: N/A\n"
    facts = collect_env.read(text).facts
    assert (facts["torch"], facts["cuda_available"], facts["debug_build"]) == (None, None, None)


def test_a_text_that_is_cut_off() -> None:
    reading = collect_env.read(GOOD[: GOOD.index("GPU 1")])
    assert reading.state == "truncated"
    assert [gpu.name for gpu in reading.gpus or ()] == ["NVIDIA H100 80GB HBM3"]
    assert reading.packages is None


@pytest.mark.parametrize("text", ["", "hello", "OS: Ubuntu"])
def test_another_text_is_unreadable(text: str) -> None:
    assert not collect_env.matches(text)
    assert collect_env.read(text).state == "unreadable"


@fuzzed
@given(st.text() | spoiled(GOOD))
def test_it_never_raises(text: str) -> None:
    collect_env.matches(text)
    assert collect_env.read(text).kind == "collect_env"
