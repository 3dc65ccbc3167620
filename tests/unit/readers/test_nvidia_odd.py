# ruff: noqa: E501  # as programs print it
"""NVIDIA's programs on odd cards, and what people leave of their output."""

from __future__ import annotations

import pytest

from torchup.readers import READERS, Reading, detect

UUID = "GPU-0f0e0d0c-0b0a-0908-0706-050403020100"
JETSON = """\
| NVIDIA-SMI 540.3.0                Driver Version: 540.3.0      CUDA Version: 12.4     |
|   0  Orin (nvgpu)                  N/A  | N/A              N/A |                  N/A |
| N/A   N/A  N/A               N/A /  N/A | Not Supported        |     N/A          N/A |
|                                         |                      |                  N/A |
"""
ROWS = """\
|   0  Tesla T4                       On  |   00000000:00:1E.0 Off |                    3 |
| N/A   38C    P8              9W /   70W |       0MiB /  15360MiB |      0%   Prohibited |
|                                         |                        |                  N/A |
|   1  NVIDIA GeForce ...            Off  |   00000000:00:1F.0 Off |                  N/A |
|ERR!   ERR!  ERR!           ERR! / ERR!  |        GPU is lost     |     ERR!   E. Process|
"""
LONG = """\
==============NVSMI LOG==============

Driver Version                            : 570.124.06
Attached GPUs                             : 2
GPU 00000000:1B:00.0
    Product Name                          : NVIDIA H200
    Persistence Mode                      : Enabled
    GPU Virtualization Mode
        Virtualization Mode               : {mode}
    FB Memory Usage
        Total                             : 143771 MiB
    Compute Mode                          : Exclusive_Process
    ECC Errors
        Volatile
            SRAM Uncorrectable Parity     : 1
            SRAM Uncorrectable SEC-DED    : 0
            DRAM Correctable              : 9
            DRAM Uncorrectable            : 2
        Aggregate
            DRAM Uncorrectable            : 50
    Fabric
        State                             : In Progress
GPU 00000000:43:00.0
    Product Name                          : [GPU is lost]
    GPU UUID                              : [GPU is lost]
"""


def read(kind: str, text: str) -> Reading:
    assert READERS[kind].matches(text)
    return READERS[kind].read(text)


def test_a_card_on_no_bus() -> None:
    found = read("nvidia-smi", JETSON)
    (gpu,) = found.gpus or ()
    assert (found.state, gpu.name, gpu.bus_id, gpu.memory_text) == (
        "ok",
        "Orin",
        None,
        "Not Supported",
    )


def test_rows_without_the_head() -> None:
    found = read("nvidia-smi", ROWS)
    first, lost = found.gpus or ()
    assert (found.driver, first.memory_mib) == (None, 15360)
    assert first.extra == {"persistence": True, "ecc_errors": 3, "compute": "prohibited"}
    assert (lost.extra["lost"], lost.extra["compute"]) == (True, "exclusive-process")


def test_a_table_on_one_line() -> None:
    text = " ".join("".join((JETSON.splitlines()[0], "\n", ROWS)).split())
    found = read("nvidia-smi", text)
    assert (found.driver, found.cuda) == ("540.3.0", "12.4")
    assert [(gpu.name, gpu.memory_mib) for gpu in found.gpus or ()] == [
        ("Tesla T4", 15360),
        ("NVIDIA GeForce ...", None),
    ]


def test_a_program_that_prints_the_same_table() -> None:
    text = (
        "| NVITOP 1.4.1      Driver Version: 550.90.07      CUDA Driver Version: 12.4 |\n"
        "|   0  Tesla T4            Off  | 00000000:17:00.0 Off |                  N/A |\n"
        "| N/A   35C    P8    9W /  70W |     3MiB / 15360MiB |      0%      Default |\n"
    ).replace("|", "\N{BOX DRAWINGS LIGHT VERTICAL}")
    found = read("nvidia-smi", text)
    assert (found.driver, found.cuda, found.facts) == ("550.90.07", "12.4", {"nvidia_smi": None})
    assert [(gpu.name, gpu.memory_mib) for gpu in found.gpus or ()] == [("Tesla T4", 15360)]


def test_a_table_far_down() -> None:
    assert detect("some words\n" * 1000 + JETSON) == "nvidia-smi"


@pytest.mark.parametrize(
    ("said", "slot"),
    [
        ("Unable to determine the device handle for GPU0000:0A:00.0: Unknown Error", "0000:0A:00.0"),
        ("Unable to determine the device handle for GPU 0000:3b:00.0: GPU is lost.  Reboot the system", "0000:3B:00.0"),
        ("Unable to determine the device handle for GPU2: 0000:5E:00.0: Not Found", "0000:5E:00.0"),
    ],
)  # fmt: skip
def test_a_card_that_no_longer_answers(said: str, slot: str) -> None:
    found = read("nvidia-smi", said + "\n")
    assert (found.state, found.gpus, found.facts) == ("gpu-lost", None, {"lost": [slot]})


def test_settings_and_counters_of_the_long_form() -> None:
    found = read("nvidia-smi-q", LONG.format(mode="VGPU"))
    card, lost = found.gpus or ()
    assert card.extra == {
        "compute": "exclusive-process",
        "virtual": True,
        "persistence": True,
        "ecc_errors": 3,
        "fabric": "In Progress",
    }
    assert (found.state, lost.name, lost.uuid, lost.extra) == ("ok", None, None, {"lost": True})
    through = read("nvidia-smi-q", LONG.format(mode="Pass-Through")).gpus or ()
    assert through[0].extra["virtual"] is False


def test_counters_of_cards_before_ampere() -> None:
    text = (
        "==NVSMI LOG==\nAttached GPUs : 1\nGPU 00000000:05:00.0\n    ECC Errors\n        Volatile\n"
        "            Double Bit\n                Device Memory : 4\n                Total         : 5\n"
    )
    (gpu,) = read("nvidia-smi-q", text).gpus or ()
    assert gpu.extra["ecc_errors"] == 5


def test_a_value_where_the_counters_should_be_is_passed_over() -> None:
    text = (
        "==NVSMI LOG==\nAttached GPUs : 1\nGPU 00000000:05:00.0\n    ECC Errors\n"
        "        Volatile : 0\n"
    )
    (gpu,) = read("nvidia-smi-q", text).gpus or ()
    assert "ecc_errors" not in gpu.extra


def test_settings_in_xml() -> None:
    text = (
        '<nvidia_smi_log><attached_gpus>1</attached_gpus><gpu id="00000000:1B:00.0">'
        "<product_name>NVIDIA A16-4Q</product_name><compute_mode>Prohibited</compute_mode>"
        "<gpu_virtualization_mode><virtualization_mode>VGPU</virtualization_mode>"
        "</gpu_virtualization_mode><fabric><state>Completed</state></fabric><ecc_errors><volatile>"
        "<dram_uncorrectable>7</dram_uncorrectable></volatile></ecc_errors></gpu></nvidia_smi_log>"
    )
    (gpu,) = read("nvidia-smi-xml", text).gpus or ()
    assert gpu.extra == {
        "compute": "prohibited",
        "virtual": True,
        "ecc_errors": 7,
        "fabric": "Completed",
    }


def test_what_grep_leaves_of_the_long_form() -> None:
    text = (
        "Driver Version                            : 535.161.08\n"
        "CUDA Version                              : 12.2\n"
        "    Product Name                          : NVIDIA A30\n"
        "    Product Name                          : NVIDIA A30\n"
    )
    found = read("nvidia-smi-q", text)
    assert (found.state, found.driver, found.cuda) == ("ok", "535.161.08", "12.2")
    assert [gpu.name for gpu in found.gpus or ()] == ["NVIDIA A30", "NVIDIA A30"]
    assert not READERS["nvidia-smi-q"].matches("Product Name: PowerEdge R740\n")


def test_a_list_without_serial_numbers() -> None:
    found = read("nvidia-smi-L", "GPU 0: Tesla M60\nGPU 1: NVIDIA L40S (UUID: GPU-<redacted>)\n")
    assert [(gpu.name, gpu.uuid) for gpu in found.gpus or ()] == [
        ("Tesla M60", None),
        ("NVIDIA L40S", None),
    ]
    for text in (
        "GPU 0: 35C",
        "GPU models and configuration: \nGPU 0: NVIDIA L4",
        "GPU 0: a thing",
    ):
        assert not READERS["nvidia-smi-L"].matches(text)


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("name, driver_version\nNVIDIA L4, 550.90.07\n", ("NVIDIA L4", "550.90.07", None)),
        ('"name","driver_version"\n"NVIDIA L4","550.90.07"\n', ("NVIDIA L4", "550.90.07", None)),
        ("name;driver_version\nNVIDIA L4;550.90.07\n", ("NVIDIA L4", "550.90.07", None)),
        ("name\nNVIDIA L4\n", ("NVIDIA L4", None, None)),
        ("gpu_name\nNVIDIA L4\n", ("NVIDIA L4", None, None)),
        ("gpu_name, gpu_bus_id, vbios_version\nNVIDIA L4, 00000000:06:00.0, 95.04\n", ("NVIDIA L4", None, None)),
        ("compute_cap\n8.9\n", (None, None, "8.9")),
        ("$ nvidia-smi --query-gpu=compute_cap,gpu_name --format=csv,noheader\n8.9, NVIDIA L4\n", ("NVIDIA L4", None, "8.9")),
        ("NVIDIA L4, 550.90.07, 8.9\n", ("NVIDIA L4", "550.90.07", "8.9")),
        ("0, NVIDIA L4, 23034 MiB\n", ("NVIDIA L4", None, None)),
    ],
)  # fmt: skip
def test_columns_however_they_are_named(
    text: str, card: tuple[str | None, str | None, str | None]
) -> None:
    found = read("nvidia-smi-query", text)
    (gpu,) = found.gpus or ()
    assert (gpu.name, found.driver, gpu.capability) == card


@pytest.mark.parametrize(
    "text",
    ["Name\nNVIDIA L4\n", "name\nnumpy\n", "My card is a GeForce RTX 3060, driver 535.\n", "Tesla T4, 16\n", "a, b\n1, 2\n"],
)  # fmt: skip
def test_what_is_no_such_table(text: str) -> None:
    assert not READERS["nvidia-smi-query"].matches(text)


def test_rows_end_where_another_command_begins() -> None:
    text = (
        "name, driver_version, compute_mode\nNVIDIA L4, 550.90.07, Prohibited\n"
        "[GPU is lost], [GPU is lost], [GPU is lost]\n"
        "$ nvidia-smi --query-gpu=uuid,index --format=csv\nuuid, index\nGPU-1, 0\n"
    )
    first, lost = read("nvidia-smi-query", text).gpus or ()
    assert (first.name, first.extra) == ("NVIDIA L4", {"compute": "prohibited"})
    assert (lost.name, lost.extra) == (None, {"lost": True})


def test_the_kernel_log_of_a_driver_that_was_loaded() -> None:
    text = "[    4.51] NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  570.124.06  Release Build\n"
    found = read("dmesg-nvrm", text)
    assert (found.driver, found.state, found.facts["open_kernel_module"]) == (
        "570.124.06",
        "ok",
        True,
    )


def test_the_kernel_log_of_two_versions() -> None:
    text = (
        "NVRM: API mismatch: the client 'python3' (pid 812)\n"
        "NVRM: has the version 550.90.07, but this kernel module has\n"
        "NVRM: the version 550.54.15.  Please make sure\n"
    )
    found = read("dmesg-nvrm", text)
    assert (found.state, found.driver, found.facts["library"]) == (
        "driver-library-mismatch",
        "550.54.15",
        "550.90.07",
    )


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("NVRM: GPU at PCI:0000:0a:00: GPU-1\nNVRM: Xid (PCI:0000:0a:00): 79, GPU has fallen off the bus.", "gpu-lost"),
        ("NVRM: GPU 0000:0a:00.0: GPU has fallen off the bus.", "gpu-lost"),
        ("modprobe: ERROR: could not insert 'nvidia': Key was rejected by service", "module-refused"),
        ("modprobe: ERROR: could not insert 'nvidia': No such device", "no-devices"),
        ("NVRM: No NVIDIA GPU found.", "no-devices"),
    ],
)  # fmt: skip
def test_states_of_the_kernel_log(text: str, state: str) -> None:
    assert read("dmesg-nvrm", text).state == state


def test_gpustat() -> None:
    text = (
        "node7   Mon Mar 10 12:00:00 2025  550.90.07\n"
        "[0] NVIDIA L40S      | 35\N{DEGREE SIGN}C,   0 % |   300 / 46068 MB | me(200M)\n"
        "[1] NVIDIA L40S      | 33\N{DEGREE SIGN}C,   0 % |    10 / 46068 MB |\n"
    )
    found = read("gpustat", text)
    assert found.driver == "550.90.07"
    assert [(gpu.index, gpu.name, gpu.memory_mib) for gpu in found.gpus or ()] == [
        (0, "NVIDIA L40S", 46068),
        (1, "NVIDIA L40S", 46068),
    ]


def test_device_query() -> None:
    text = (
        'Detected 1 CUDA Capable device(s)\n\nDevice 0: "NVIDIA GeForce RTX 3060 Laptop GPU"\n'
        "  CUDA Driver Version / Runtime Version          12.4 / 11.8\n"
        "  CUDA Capability Major/Minor version number:    8.6\n"
        "  Total amount of global memory:                 5938 MBytes (6226378752 bytes)\n"
        "  Device PCI Domain ID / Bus ID / location ID:   0 / 1 / 0\n"
    )
    found = read("device-query", text)
    (gpu,) = found.gpus or ()
    assert (found.cuda, found.facts, found.state) == ("12.4", {"runtime": "11.8"}, "ok")
    assert (gpu.name, gpu.capability, gpu.memory_mib, gpu.bus_id) == (
        "NVIDIA GeForce RTX 3060 Laptop GPU",
        "8.6",
        5938,
        "0000:01:00.0",
    )
    assert read("device-query", "\n".join(text.splitlines()[:5])).state == "ok"


def test_cards_of_the_proc_folder() -> None:
    text = (
        "Model: \t\t NVIDIA RTX A4000\nIRQ:   \t\t 130\n"
        f"GPU UUID: \t {UUID}\nBus Location: \t 0000:65:00.0\nGPU Firmware: \t 550.90.07\n"
        "Model: \t\t Tesla K80\nGPU UUID: \t GPU-????????\nBus Location: \t 0000:66:00.0\n"
        "GPU Firmware: \t N/A\n"
    )
    found = read("proc-driver-nvidia-gpu", text)
    assert found.driver == "550.90.07"
    assert [(gpu.name, gpu.uuid, gpu.bus_id) for gpu in found.gpus or ()] == [
        ("NVIDIA RTX A4000", UUID, "0000:65:00.0"),
        ("Tesla K80", None, "0000:66:00.0"),
    ]


def test_loaded_modules() -> None:
    text = "nvidia_uvm           1847296  0\nnvidia              56717312  2 nvidia_uvm,nvidia_modeset\n"
    assert read("lsmod", text).facts["modules"] == ["nvidia", "nvidia_uvm"]
    assert read("lsmod", "Module                  Size  Used by\n").facts["modules"] == []


@pytest.mark.parametrize(
    ("text", "on"), [("SecureBoot enabled\n", True), ("SecureBoot disabled\nPlatform", False)]
)
def test_secure_boot(text: str, on: bool) -> None:  # a case
    assert read("secure-boot", text).facts == {"secure_boot": on}


def test_a_jetson_by_what_it_does() -> None:
    text = "RAM 4722/7620MB (lfb 2x4MB) SWAP 0/3810MB (cached 0MB) CPU [2%@729,0%@729] EMC_FREQ 0% GR3D_FREQ 0% CPU@49C\n"
    found = read("tegrastats", text)
    assert (found.arch, found.facts) == ("aarch64", {"ram_mib": 7620})


def test_one_line_of_the_compiler() -> None:
    found = read("nvcc-version", "Cuda compilation tools, release 12.6, V12.6.85\n")
    assert found.toolkit_full == "12.6.85"
