# ruff: noqa: E501  # as programs print it
"""NVIDIA's own programs and files, in the layouts that they have had."""

from __future__ import annotations

import pytest

from torchup.readers import READERS, detect

OLD = """\
Fri Jun  4 01:26:14 2021
+-----------------------------------------------------------------------------+
| NVIDIA-SMI 440.33.01    Driver Version: 440.33.01    CUDA Version: 10.2     |
|-------------------------------+----------------------+----------------------+
| GPU  Name        Persistence-M| Bus-Id        Disp.A | Volatile Uncorr. ECC |
| Fan  Temp  Perf  Pwr:Usage/Cap|         Memory-Usage | GPU-Util  Compute M. |
|===============================+======================+======================|
|   0  Tesla V100-SXM2...  On   | 00000000:06:00.0 Off |                    2 |
| N/A   25C    P0    33W / 300W |     10MiB / 16160MiB |      0%      Default |
+-------------------------------+----------------------+----------------------+
|   1  Tesla V100-SXM2...  On   | 00000000:07:00.0 Off |                    0 |
| N/A   22C    P0    33W / 300W |     10MiB / 16160MiB |      0%      Default |
+-------------------------------+----------------------+----------------------+
"""
NEW = """\
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI 610.57.04              KMD Version: 610.57.04     CUDA UMD Version: 13.3     |
+-----------------------------------------+------------------------+----------------------+
| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |
| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |
|                                         |                        |               MIG M. |
|=========================================+========================+======================|
|   0  NVIDIA H100 80GB HBM3          On  |   00000000:1b:00.0 Off |                   On |
| N/A   42C    P0             98W /  700W |      59MiB /  81559MiB |     N/A      Default |
|                                         |                        |              Enabled |
+-----------------------------------------+------------------------+----------------------+
|   1  NVIDIA GB10                    On  |   0000000F:01:00.0 Off |                  N/A |
|ERR!   40C    P0             11W /  N/A  | Not Supported          |      0%      Default |
|                                         |                        |                  N/A |
+-----------------------------------------+------------------------+----------------------+

+-----------------------------------------------------------------------------------------+
| MIG devices:                                                                            |
+------------------+----------------------------------+-----------+-----------------------+
| GPU  GI  CI  MIG |              Shared Memory-Usage |        Vol|        Shared         |
|==================+==================================+===========+=======================|
|  0    2   0   0  |              26MiB / 40448MiB    | 60      0 |  3   0    3    0    3 |
|                  |               0MiB / 24739MiB    |           |                       |
+------------------+----------------------------------+-----------+-----------------------+

+-----------------------------------------------------------------------------------------+
| Processes:                                                                              |
|    0    9    0            1720      G   /usr/bin/gnome-shell                    173MiB |
+-----------------------------------------------------------------------------------------+
"""
WINDOWS = """\
| NVIDIA-SMI 576.88                 Driver Version: 576.88         CUDA Version: 12.9     |\r
|   0  NVIDIA GeForce RTX 5060      WDDM  |   00000000:01:00.0  On |                  N/A |\r
|  0%   45C    P0             32W /  145W |    2590MiB /   8151MiB |      1%      Default |\r
|                                         |                        |                  N/A |\r
"""


def test_the_old_table() -> None:
    found = READERS["nvidia-smi"].read(OLD)
    assert (found.state, found.driver, found.cuda) == ("ok", "440.33.01", "10.2")
    assert [(g.index, g.name, g.truncated) for g in found.gpus or ()] == [
        (0, "Tesla V100-SXM2...", True),
        (1, "Tesla V100-SXM2...", True),
    ]
    first = (found.gpus or ())[0]
    assert (first.memory_mib, first.ecc, first.mig, first.bus_id) == (
        16160,
        "2",
        None,
        "00000000:06:00.0",
    )


def test_the_new_table_with_slices_and_errors() -> None:
    found = READERS["nvidia-smi"].read(NEW)
    assert (found.driver, found.cuda, found.state) == ("610.57.04", "13.3", "ok-with-err-field")
    h100, gb10 = found.gpus or ()
    assert (h100.mig, h100.ecc, h100.bus_id) == (True, "On", "00000000:1B:00.0")
    assert (gb10.mig, gb10.memory_mib, gb10.memory_text) == (None, None, "Not Supported")
    assert gb10.errors
    assert found.facts["mig_devices"] == [
        {"gpu": 0, "gi": 2, "ci": 0, "dev": 0, "memory_mib": 40448}
    ]


def test_on_windows_and_under_wsl() -> None:
    found = READERS["nvidia-smi"].read("```\n" + WINDOWS + "```\n")
    (gpu,) = found.gpus or ()
    assert (gpu.driver_model, gpu.memory_mib, gpu.name) == ("WDDM", 8151, "NVIDIA GeForce RTX 5060")
    inside = WINDOWS.replace("NVIDIA-SMI 576.88 ", "NVIDIA-SMI 575.64 ").replace("WDDM", " On ")
    assert READERS["nvidia-smi"].read(inside).facts["wsl_suspected"]


def test_a_table_that_is_cut_off() -> None:
    lines = OLD.splitlines()
    assert READERS["nvidia-smi"].read("\n".join(lines[:11])).state == "truncated"
    assert READERS["nvidia-smi"].read("\n".join(lines[:6])).gpus is None


@pytest.mark.parametrize(
    ("said", "state", "gpus"),
    [
        ("Failed to initialize NVML: Driver/library version mismatch", "driver-library-mismatch", None),
        (
            "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure",
            "driver-not-loaded",
            None,
        ),
        ("Failed to initialize NVML: Unknown Error", "nvml-unknown-error", None),
        ("Failed to initialize NVML: Insufficient Permissions", "no-permission", None),
        ("No devices were found", "no-devices", ()),
        ("bash: nvidia-smi: command not found", "not-installed", None),
        ("'nvidia-smi' is not recognized as an internal or external command,", "not-installed", None),
        ("zsh: command not found: nvidia-smi", "not-installed", None),
        ("NVIDIA-SMI couldn't find libnvidia-ml.so library in your system.", "library-missing", None),
        (
            "Failed to initialize NVML: GPU access blocked by the operating system",
            "access-blocked",
            None,
        ),
        (
            "Unable to determine the device handle for GPU0000:01:00.0: Unknown Error",
            "gpu-lost",
            None,
        ),
    ],
)  # fmt: skip
def test_what_it_says_instead(said: str, state: str, gpus: tuple[()] | None) -> None:
    if state != "gpu-lost":
        assert detect(said) == "nvidia-smi"
    found = READERS["nvidia-smi"].read(said)
    assert (found.state, found.gpus, found.driver) == (state, gpus, None)


def test_the_library_of_another_version() -> None:
    said = (
        "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 580.17\n"
    )
    assert READERS["nvidia-smi"].read(said).facts == {"nvml_library": "580.17"}


LISTED = """\
GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-11111111-2222-3333-4444-555555555555)
  MIG 3g.40gb     Device  0: (UUID: MIG-11111111-2222-3333-4444-555555555555)
  MIG 1g.10gb     Device  1: (UUID: MIG-11111111-2222-3333-4444-555555555556)
GPU 1: Tesla T4 (UUID: GPU-11111111-2222-3333-4444-666666666666)
"""


def test_the_list() -> None:
    assert detect(LISTED) == "nvidia-smi-L"
    first, second = READERS["nvidia-smi-L"].read(LISTED).gpus or ()
    assert (first.mig, first.mig_devices) == (True, ("3g.40gb", "1g.10gb"))
    assert (second.index, second.name, second.mig) == (1, "Tesla T4", None)


LONG = """\

==============NVSMI LOG==============

Timestamp                                 : Fri Oct 18 10:13:00 2024
Driver Version                            : 610.62 [Deprecated; use KMD Version instead]
CUDA Version                              : 13.3 [Deprecated; use CUDA UMD Version instead]
KMD Version                               : 610.62
CUDA UMD Version                          : 13.3

Attached GPUs                             : 2
GPU 00000000:01:00.0
    Product Name                          : NVIDIA TITAN V
    Product Architecture                  : Volta
    MIG Mode
        Current                           : N/A
        Pending                           : N/A
    Driver Model
        Current                           : WDDM
    GPU UUID                              : GPU-11111111-2222-3333-4444-555555555555
    PCI
        Device Id                         : 0x1D8110DE
        Sub System Id                     : 0x121810DE
    FB Memory Usage
        Total                             : 12288 MiB
        Used                              : 200 MiB
    BAR1 Memory Usage
        Total                             : 256 MiB
GPU 00000000:C1:00.0
    Product Name                          : NVIDIA A100-SXM4-80GB
    MIG Mode
        Current                           : Enabled
    MIG Device
        Index                             : 0
        Shared FB Memory Usage
            Total                         : 20000 MiB
    FB Memory Usage
        Total                             : 81920 MiB
"""


def test_the_long_form() -> None:
    assert detect(LONG) == "nvidia-smi-q"
    found = READERS["nvidia-smi-q"].read(LONG)
    assert (found.driver, found.cuda, found.state) == ("610.62", "13.3", "ok")
    assert found.facts["attached_gpus"] == 2
    titan, a100 = found.gpus or ()
    assert (titan.pci_id, titan.subsystem, titan.memory_mib) == ("10de:1d81", "10de:1218", 12288)
    assert (titan.family, titan.driver_model, titan.mig) == ("Volta", "WDDM", None)
    assert (a100.mig, a100.memory_mib, a100.bus_id) == (True, 81920, "00000000:C1:00.0")
    assert READERS["nvidia-smi-q"].read(LONG[: LONG.index("GPU 00000000:C1")]).state == "truncated"
    assert READERS["nvidia-smi-q"].read(LONG[: LONG.index("GPU 00000000:01")]).gpus is None


XML = """\
<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
    <driver_version>535.54.03</driver_version>
    <cuda_version>12.2</cuda_version>
    <attached_gpus>1</attached_gpus>
    <gpu id="00000000:01:00.0">
        <product_name>NVIDIA A100-SXM4-80GB</product_name>
        <product_architecture>Ampere</product_architecture>
        <mig_mode><current_mig>Enabled</current_mig></mig_mode>
        <mig_devices>
            <mig_device><index>0</index><fb_memory_usage><total>1 MiB</total></fb_memory_usage></mig_device>
            <mig_device><index>1</index></mig_device>
        </mig_devices>
        <serial/>
        <pci><pci_device_id>20B210DE</pci_device_id></pci>
        <fb_memory_usage><total>81920 MiB</total></fb_memory_usage>
    </gpu>
</nvidia_smi_log>
"""


def test_xml() -> None:
    assert detect(XML) == "nvidia-smi-xml"
    found = READERS["nvidia-smi-xml"].read(XML)
    (gpu,) = found.gpus or ()
    assert (found.driver, found.cuda, found.state) == ("535.54.03", "12.2", "ok")
    assert (gpu.mig, gpu.memory_mib, gpu.pci_id) == (True, 81920, "10de:20b2")
    assert gpu.extra == {"mig_devices": 2}
    cut = READERS["nvidia-smi-xml"].read(XML[: XML.index("<pci>")])
    assert (cut.state, (cut.gpus or ())[0].name) == ("truncated", "NVIDIA A100-SXM4-80GB")


TABLE = """\
index, name, driver_version, memory.total [MiB], compute_cap, mig.mode.current, pci.device_id
0, NVIDIA GeForce RTX 2080 SUPER, 591.86, 8192 MiB, 7.5, [N/A], 0x1E8110DE
1, NVIDIA H200, 591.86, 143771 MiB, 9.0, Enabled, 0x233510DE
"""


def test_any_columns() -> None:
    assert detect(TABLE) == "nvidia-smi-query"
    found = READERS["nvidia-smi-query"].read(TABLE)
    assert (found.driver, found.facts["columns"]) == ("591.86", 7)
    first, second = found.gpus or ()
    assert (first.capability, first.memory_mib, first.mig) == ("7.5", 8192, None)
    assert (second.mig, second.pci_id, second.index) == (True, "10de:2335", 1)
    assert READERS["nvidia-smi-query"].read(TABLE[:-20]).state == "truncated"


@pytest.mark.parametrize(
    ("text", "driver", "cuda"),
    [
        (
            (
                "NVIDIA-SMI version  : 595.80\nNVML version        : 595.80\n"
                "DRIVER version      : 595.80\nCUDA Version        : 13.2\n"
            ),
            "595.80",
            "13.2",
        ),
        (
            (
                "NVIDIA-SMI version  : 610.62\r\nDRIVER version      : Deprecated, see KMD\r\n"
                "CUDA version        : Deprecated\r\nKMD version         : 610.62\r\n"
                "CUDA UMD version    : 13.3\r\n"
            ),
            "610.62",
            "13.3",
        ),
    ],
)
def test_versions(text: str, driver: str, cuda: str) -> None:
    assert detect(text) == "nvidia-smi-version"
    found = READERS["nvidia-smi-version"].read(text)
    assert (found.driver, found.cuda) == (driver, cuda)


@pytest.mark.parametrize(
    ("line", "driver", "opened"),
    [
        ("NVIDIA UNIX x86_64 Kernel Module  510.73.08  Wed May 18", "510.73.08", False),
        ("NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build", "570.86.15", True),
        ("NVIDIA UNIX Open Kernel Module for aarch64  580.00  Release Build", "580.00", True),
    ],
)
def test_the_kernel_module(line: str, driver: str, opened: bool) -> None:  # a case
    text = f"NVRM version: {line}\nGCC version:  gcc version 10.2.1\n"
    assert detect(text) == "proc-driver-nvidia-version"
    found = READERS["proc-driver-nvidia-version"].read(text)
    assert (found.driver, found.facts["open_kernel_module"]) == (driver, opened)


def test_the_toolkit() -> None:
    text = (
        "nvcc: NVIDIA (R) Cuda compiler driver\nCuda compilation tools, release 12.4, V12.4.131\n"
    )
    assert detect(text) == "nvcc-version"
    found = READERS["nvcc-version"].read(text)
    assert (found.toolkit, found.toolkit_full) == ("12.4", "12.4.131")


def test_the_kernel_log() -> None:
    text = (
        "Nov 15 14:05:01 host kernel: [  526.7] NVRM: Xid (PCI:0000:03:00): 79, GPU has fallen off\n"
        "[Sun Feb 23 16:24:18 2025] NVRM: Xid (PCI:0000:9b:00): 13, pid=3\n"
        "NVRM: Xid (PCI:0000:9b:00): 13, pid=4\n"
    )
    assert detect(text) == "dmesg-nvrm"
    found = READERS["dmesg-nvrm"].read(text)
    assert found.facts == {"xids": [13, 79], "xids_of": {"0000:03:00": [79], "0000:9b:00": [13]}}
