"""What pasted output says is wrong."""

from __future__ import annotations

import re
import time

import pytest

from torchup.api.pasted.machine import machine_in
from torchup.errors import UsageError
from torchup.model import Machine, Problem
from torchup.readers.registry import READERS
from torchup.readers.shown import shown

PROGRAMS = frozenset({"nvidia-smi", "rocm-smi", "amd-smi", "sycl-ls"})
SLOT = "0000:01:00.0"
CARD = "01:00.0 VGA compatible controller: NVIDIA Corporation GA104 [GeForce RTX 3070] (rev a1)\n"
RADEON = (
    "03:00.0 VGA compatible controller: Advanced Micro Devices, Inc. [AMD/ATI] Navi 21 "
    "[Radeon RX 6800 XT] (rev c1)\n"
)
MISSING = "bash: nvidia-smi: command not found\n"
TABLE = """\
| NVIDIA-SMI 550.90.07    Driver Version: 550.90.07    CUDA Version: 12.4     |
|   0  NVIDIA L4           Off  | 00000000:01:00.0 Off |                    0 |
| N/A   25C    P0    33W /  72W |     10MiB / 23034MiB |      0%      Default |
"""
OTHER = TABLE.replace("NVIDIA L4", "NVIDIA T4").replace("23034", "15360")


def machine(text: str) -> Machine:
    found = machine_in(text)
    assert found is not None
    return found


def codes(text: str) -> list[str]:
    return [problem.code for problem in machine(text).problems]


@pytest.mark.parametrize("first", [True, False])
def test_another_program_that_is_missing_says_nothing_of_the_driver(first: bool) -> None:
    nvcc = "$ nvcc --version\nbash: nvcc: command not found\n"
    for text in (TABLE, CARD, "GPU 0: NVIDIA L4 (UUID: GPU-1)\n"):
        found = machine(nvcc + text if first else text + nvcc)
        assert found.drivers != ()
        assert found.problems == ()


def test_a_missing_nvidia_smi_beside_a_driver_that_works() -> None:
    found = machine(TABLE + "$ sudo nvidia-smi\nsudo: nvidia-smi: command not found\n")
    assert (found.drivers or ())[0].version == "550.90.07"
    assert found.problems == ()
    held = machine(MISSING + CARD + "\tKernel driver in use: nvidia\n")
    assert (held.drivers, held.problems) == (None, ())


def test_a_missing_nvidia_smi_beside_a_card() -> None:
    found = machine(MISSING + CARD)
    assert found.drivers == ()
    assert found.problems == (Problem(code="nvidia-driver-missing", args={"card": SLOT}),)


def test_a_missing_nvidia_smi_alone() -> None:
    found = machine(MISSING)
    assert (found.drivers, found.gpus, codes(MISSING)) == ((), None, ["nvidia-smi-missing"])
    there = "'nvidia-smi' is not recognized as an internal or external command,\n"
    assert (machine(there).os.system, machine(there).drivers) == ("windows", None)
    assert codes(there) == ["nvidia-smi-missing"]


def test_a_missing_nvidia_smi_says_nothing_of_another_maker() -> None:
    found = machine(MISSING + RADEON)
    assert (found.drivers, found.problems) == (None, ())


def test_amds_failures_are_amds() -> None:
    unloaded = "ROCk module is NOT loaded, possibly no GPU devices\n"
    assert machine(unloaded).problems == (Problem(code="amd-driver-missing", args={"card": "?"}),)
    (problem,) = machine(unloaded + RADEON).problems
    assert problem.args == {"card": "0000:03:00.0"}
    assert codes("ROCk module is loaded\nUnable to open /dev/kfd: Permission denied\n") == [
        "amd-kfd-refused"
    ]


def gone(card: str) -> Problem:
    return Problem(code="nvidia-gpu-lost", args={"card": card, "why": "GPU is lost"})


def test_a_card_that_fell_off_the_bus() -> None:
    lost = "Unable to determine the device handle for GPU 0000:3B:00.0: GPU is lost.\n"
    assert machine(lost).problems == (
        Problem(code="nvidia-gpu-lost", args={"card": "0000:3b:00", "why": "GPU is lost"}),
    )
    log = "NVRM: Xid (PCI:0000:3b:00): 79, pid=1, GPU has fallen off the bus.\n"
    assert codes(lost + log) == ["nvidia-gpu-lost"]


def test_a_lost_card_has_no_name_and_the_others_stay() -> None:
    found = machine(
        "index, name, driver_version\n0, NVIDIA L4, 550.90.07\n1, [GPU is lost], [GPU is lost]\n"
    )
    assert [gpu.name for gpu in found.gpus or ()] == ["NVIDIA L4"]
    assert found.problems == (
        Problem(code="nvidia-gpu-lost", args={"card": "1", "why": "GPU is lost"}),
    )
    alone = machine("index, name\n0, [GPU is lost]\n")
    assert alone.gpus is None


def test_settings_that_forbid_computing() -> None:
    found = machine(
        "==NVSMI LOG==\nDriver Version : 570.1.1\nAttached GPUs : 1\nGPU 00000000:1B:00.0\n"
        "    Product Name                          : NVIDIA H200\n"
        "    GPU Virtualization Mode\n        Virtualization Mode : VGPU\n"
        "    FB Memory Usage\n        Total : 143771 MiB\n    Compute Mode : Prohibited\n"
        "    ECC Errors\n        Volatile\n            DRAM Uncorrectable : 2\n"
        "    Fabric\n        State : In Progress\n"
    )
    (gpu,) = found.gpus or ()
    assert (gpu.virtual, gpu.compute, gpu.ecc_errors) == (True, "prohibited", 2)
    assert [problem.code for problem in found.problems] == [
        "nvidia-compute-prohibited",
        "nvidia-ecc-errors",
        "nvidia-fabric-not-started",
    ]


@pytest.mark.parametrize(
    ("below", "said", "drivers"),
    [
        ("\tKernel driver in use: nouveau\n", ["nvidia-nouveau"], ()),
        ("\tKernel driver in use: vfio-pci\n", ["nvidia-card-held"], None),
        ("\tKernel modules: nvidiafb, nouveau\n", ["nvidia-driver-missing"], ()),
        ("\tKernel modules: nouveau, nvidia\n", ["nvidia-driver-not-loaded"], ()),
        ("\tKernel driver in use: nvidia\n\tKernel modules: nvidia\n", [], None),
        ("", [], None),
    ],
)
def test_who_holds_a_card(below: str, said: list[str], drivers: tuple[()] | None) -> None:
    found = machine(CARD + below)
    assert [problem.code for problem in found.problems] == said
    assert found.drivers == drivers


def test_a_card_that_is_silent_on_the_bus() -> None:
    assert codes(CARD.replace("rev a1", "rev ff")) == ["nvidia-card-silent"]


def test_nouveau_among_the_modules() -> None:
    loaded = "nouveau              2306048  4\n"
    assert machine(loaded).drivers == ()
    assert machine(CARD + loaded).problems == (Problem(code="nvidia-nouveau", args={"card": SLOT}),)


def test_a_module_that_secure_boot_refuses() -> None:
    failed = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"
    assert codes(failed) == ["nvidia-driver-not-loaded"]
    assert codes(failed + "SecureBoot enabled\n") == ["nvidia-secure-boot"]
    assert codes(failed + "SecureBoot enabled\n" + CARD + "\tKernel modules: nvidia\n") == [
        "nvidia-secure-boot"
    ]
    assert codes("could not insert 'nvidia': Key was rejected by service\n") == [
        "nvidia-secure-boot"
    ]


def test_the_kernel_log_tells_the_loaded_module() -> None:
    log = (
        "NVRM: API mismatch: the client has the version 550.90.07, but\n"
        "NVRM: this kernel module has the version 550.54.15.\n"
    )
    found = machine("Failed to initialize NVML: Driver/library version mismatch\n" + log)
    assert found.problems == (Problem(code="nvidia-driver-mismatch", args={"module": "550.54.15"}),)
    assert (found.drivers or ())[0].version == "550.54.15"


def test_an_older_log_does_not_outvote_the_program() -> None:
    log = "NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.183.01  Sun May 12\n"
    assert (machine(log + TABLE).drivers or ())[0].version == "550.90.07"


def test_what_is_recognised_and_can_not_be_read_is_a_problem() -> None:
    assert codes("NVRM version: something else\n") == ["text-unreadable"]
    assert codes("hsa api call failure at: rocminfo.cc:1219\n") == ["text-unreadable"]


@pytest.mark.parametrize("kind", [one for one in READERS if one != "shell-prompt"])
def test_a_text_is_called_by_its_command_or_file(kind: str) -> None:
    """Never by the name that a reader has inside this program."""
    name = shown(kind)
    assert name
    assert not re.fullmatch(r"[a-z]+(?:-[a-z]+)+", name) or name in PROGRAMS


def test_a_decorated_text_is_a_machine() -> None:
    for prefix in ("2025-09-01T10:00:00Z ", "> ", "gpu-1  | ", "\x1b[32m"):
        text = "".join(f"{prefix}{line}\n" for line in TABLE.splitlines())
        assert [gpu.name for gpu in machine(text).gpus or ()] == ["NVIDIA L4"], prefix


@pytest.mark.parametrize(
    "text",
    [
        TABLE + OTHER,
        TABLE + "GPU 0: NVIDIA T4 (UUID: GPU-1)\n",
        "GPU 0: NVIDIA L4 (UUID: GPU-1)\nGPU 0: NVIDIA L4 (UUID: GPU-2)\n",
        CARD + CARD.replace("GA104 [GeForce RTX 3070]", "AD104 [GeForce RTX 4070]"),
    ],
)
def test_two_machines_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        machine_in(text)
    assert caught.value.code == "pasted.two-machines"


def test_two_drivers_are_refused() -> None:
    for text in (
        TABLE + TABLE.replace("550.90.07", "535.54.03"),
        TABLE + "driver_version, name\n535.54.03, NVIDIA L4\n",
    ):
        with pytest.raises(UsageError) as caught:
            machine_in(text)
        assert caught.value.code == "pasted.two-drivers"


def test_one_card_that_is_shown_twice() -> None:
    for text in (TABLE + TABLE, TABLE + TABLE.replace("NVIDIA L4 ", "NVIDIA L...")):
        assert [gpu.name for gpu in machine(text).gpus or ()] == ["NVIDIA L4"]
    more = CARD.replace("(rev", "[10de:2484] (rev") + "\tKernel driver in use: nouveau\n"
    found = machine(CARD + more)
    (gpu,) = found.gpus or ()
    assert (gpu.name, gpu.pci_id) == ("GeForce RTX 3070", "10de:2484")
    assert [problem.code for problem in found.problems] == ["nvidia-nouveau"]


def test_a_long_text_is_read_soon() -> None:
    began = time.perf_counter()
    found = machine("name, driver_version\n" + "NVIDIA L4, 550.90.07\n" * 30_000)
    assert len(found.gpus or ()) == 30_000
    assert time.perf_counter() - began < 20
