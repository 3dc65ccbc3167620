from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import fuzzed
from stubs import machines
from torchup.host import Completed
from torchup.host.capture import CaptureHost, Ran
from torchup.model import Gpu
from torchup.readers.hardware import gfx_name
from torchup.vendors import VENDORS, detect_all
from torchup.vendors.nvidia.kernel import PROC, gpus_from_proc, module_version
from torchup.vendors.nvidia.merge import merge
from torchup.vendors.nvidia.nvml import cuda_version
from torchup.vendors.nvidia.problems import hidden_gpus
from torchup.vendors.nvidia.smi import (
    CAPABILITY,
    FIELDS,
    parse_header,
    parse_query,
)
from torchup.vendors.pci import normal_address, parse_pnp_ids

MODERN = (*FIELDS, CAPABILITY)
# Pieces of real output, so that fuzzing gets past the first comparison.
PIECES = st.sampled_from(
    [
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  510.73.08  Wed May 18",
        "CUDA Version: 12.4",
        "Driver Version: 550.54.15",
        "0, NVIDIA H200, GPU-1, 00000000:83:00.0, 0x233510DE, 0x18BE10DE, 1 MiB, 590.48.01, 9.0",
        "Bus Location: \t 0000:01:00.0",
        "gfx_target_version 90010",
        "PCI\\VEN_10DE&DEV_1B80&SUBSYS_37021458&REV_A1\\4&1",
        "[N/A]",
        ",",
        ":",
        "\n",
        "²",
        "99999999999999999999999999",
    ]
)
TEXT = st.lists(st.one_of(st.text(max_size=40), PIECES), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("header", "driver", "cuda"),
    [
        (
            "| NVIDIA-SMI 470.57.02    Driver Version: 470.57.02    CUDA Version: 11.4     |",
            "470.57.02",
            "11.4",
        ),
        (
            "| NVIDIA-SMI 580.105.07   Driver Version: 581.80       CUDA Version: 13.0     |",
            "581.80",
            "13.0",
        ),
        (
            "| NVIDIA-SMI 610.57.04    KMD Version: 610.57.04     CUDA UMD Version: 13.3   |",
            "610.57.04",
            "13.3",
        ),
        (
            "| NVIDIA-SMI 390.157      Driver Version: 390.157                             |",
            "390.157",
            None,
        ),
        (
            "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
            None,
            None,
        ),
    ],
)
def test_header(header: str, driver: str | None, cuda: str | None) -> None:
    assert parse_header(header) == (driver, cuda)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  510.73.08  Wed May 18 2022\n",
            "510.73.08",
        ),
        (machines.OPEN_NVRM.format("560.35.03"), "560.35.03"),
        ("NVRM version: NVIDIA UNIX aarch64 Kernel Module  390.157  Wed Oct 12 2022\n", "390.157"),
        ("NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  540.4.0  Release\n", "540.4.0"),
        ("", None),
    ],
)
def test_kernel_module_version(text: str, version: str | None) -> None:
    host = CaptureHost(machines.linux(files={f"{PROC}/version": text}))
    assert (module_version(host) or (None,))[0] == version


def test_query_line_with_placeholders_leaves_values_unknown() -> None:
    line = (
        "0, NVIDIA A100, [N/A], 00000000:07:00.0, 0x20B010DE, [N/A], [Unknown Error], 535.1, [N/A]"
    )
    (gpu,), driver = parse_query(line, MODERN)
    assert driver == "535.1"
    assert (gpu.uuid, gpu.subsystem, gpu.memory_mib, gpu.arch) == (None, None, None, None)
    assert (gpu.pci_id, gpu.pci_address) == ("10de:20b0", "0000:07:00.0")


def test_error_text_is_no_gpu() -> None:
    assert parse_query("No devices were found\n", MODERN) == ((), None)


@pytest.mark.parametrize(
    ("version", "name"),
    [(90010, "gfx90a"), (100300, "gfx1030"), (90402, "gfx942"), (110002, "gfx1102"), (0, None)],
)
def test_gfx_name(version: int, name: str | None) -> None:
    assert gfx_name(version) == name


@pytest.mark.parametrize(
    ("number", "version"), [(12080, "12.8"), (13000, "13.0"), (11040, "11.4"), (None, None)]
)
def test_cuda_version(number: int | None, version: str | None) -> None:
    assert cuda_version(number) == version


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("00000000:01:00.0", "0000:01:00.0"),
        ("0000:0A:1F.7", "0000:0a:1f.7"),
        ("01:00.0", "0000:01:00.0"),
        ("00010000:01:00.0", "10000:01:00.0"),
        ("[N/A]", None),
    ],
)
def test_address(text: str, address: str | None) -> None:
    assert normal_address(text) == address


def test_windows_device_ids() -> None:
    (device,) = parse_pnp_ids("PCI\\VEN_10DE&DEV_1B80&SUBSYS_37021458&REV_A1\\4&1&0\r\nROOT\\X\r\n")
    assert (device.pci_id, device.subsystem) == ("10de:1b80", "1458:3702")


def test_cards_are_matched_not_counted_twice() -> None:
    nvml = (Gpu(index=0, uuid="GPU-1", pci_address="0000:01:00.0", name="A", source="nvml"),)
    proc = (Gpu(pci_address="0000:01:00.0", name="B"), Gpu(pci_address="0000:02:00.0", name="C"))
    assert [gpu.name for gpu in merge(nvml, proc)] == ["A", "C"]


def test_equal_cards_without_addresses_are_matched_one_by_one() -> None:
    smi = (Gpu(index=0, pci_id="10de:2684"), Gpu(index=1, pci_id="10de:2684"))
    listed = tuple(Gpu(pci_id="10de:2684", subsystem=f"1043:000{i}") for i in range(3))
    assert [gpu.index for gpu in merge(smi, listed)] == [0, 1, None]


@pytest.mark.parametrize(
    ("visible", "hidden"),
    [
        ("0,1", []),
        ("1", [0]),
        ("", [0, 1]),
        ("-1", [0, 1]),
        ("1,7,0", [0]),
        ("GPU-aaaa", [1]),
        ("MIG-GPU-bbbb/1/0", [0]),
    ],
)
def test_hidden_gpus(visible: str, hidden: list[int]) -> None:
    gpus = (Gpu(index=0, uuid="GPU-aaaa"), Gpu(index=1, uuid="GPU-bbbb"))
    assert [gpu.index for gpu in hidden_gpus(visible, gpus)] == hidden


def test_hidden_gpus_are_a_problem() -> None:
    env = {**machines.GTX_1080_580.env, "CUDA_VISIBLE_DEVICES": "-1"}
    seen = detect_all(CaptureHost(msgspec.structs.replace(machines.GTX_1080_580, env=env)))
    assert [problem.code for problem in seen.problems] == ["nvidia-hidden"]
    assert seen.problems[0].args == {"value": "-1", "hidden": "1", "total": "1"}


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (machines.ran(*machines.PAYLOAD, code=-15), True),
        (machines.no_nvml(12, "NVML Shared Library Not Found"), True),
        (machines.no_nvml(9, "Driver Not Loaded"), False),
        (machines.no_nvml(18, "Driver/library version mismatch"), False),
        (machines.nvml(machines.GTX_1080, driver="580.65.06", cuda=13000), False),
        (Ran(argv=machines.PAYLOAD, done=Completed(code=-15, timed_out=True)), False),
    ],
)
def test_smi_is_asked_only_where_it_can_know_more(answer: Ran, asked: bool) -> None:
    capture = msgspec.structs.replace(
        machines.GTX_1080_580, ran=(answer,), programs={"nvidia-smi": "/usr/bin/nvidia-smi"}
    )
    host = CaptureHost(capture)
    detect_all(host)
    assert any(argv[0] == "/usr/bin/nvidia-smi" for argv in host.asked) is asked


@fuzzed
@given(text=TEXT)
def test_no_parser_raises(text: str) -> None:
    parse_query(text, MODERN)
    parse_query(text, FIELDS)
    parse_header(text)
    files = {f"{PROC}/version": text, f"{PROC}/gpus/0000:01:00.0/information": text}
    host = CaptureHost(machines.linux(files=files))
    module_version(host)
    gpus_from_proc(host)
    parse_pnp_ids(text)
    normal_address(text)
    hidden_gpus(text, (Gpu(index=0, uuid="GPU-1"),))


@fuzzed
@given(text=TEXT)
def test_a_vendor_survives_any_answer(text: str) -> None:
    """Whatever the child, the program and the files say, there is a report."""
    ran = (Ran(argv=machines.PAYLOAD, done=Completed(code=0, out=text)),)
    queries = tuple(
        Ran(
            argv=("/smi", f"--query-gpu={fields}", "--format=csv,noheader"),
            done=Completed(code=0, out=text),
        )
        for fields in (machines.MODERN, machines.OLD)
    )
    files = {
        "/proc/driver/nvidia/version": text,
        "/proc/driver/nvidia/gpus/0000:01:00.0/information": text,
        "/sys/bus/pci/devices/0000:01:00.0/class": "0x030000",
        "/sys/bus/pci/devices/0000:01:00.0/vendor": "0x10de",
        "/sys/bus/pci/devices/0000:01:00.0/device": text,
        "/sys/class/kfd/kfd/topology/nodes/1/properties": text,
    }
    files = {name: body.encode("utf-8", "replace").decode() for name, body in files.items()}
    capture = machines.linux(files=files, programs={"nvidia-smi": "/smi"}, ran=ran + queries)
    host = CaptureHost(capture)
    for detect in VENDORS.values():
        detect(host, ())
    detect_all(host)
