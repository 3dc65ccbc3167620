from __future__ import annotations

import msgspec
import pytest

from stubs import machines
from torchup.errors import OutsideError
from torchup.host.capture import Capture, CaptureHost, Ran, read_capture, write_capture
from torchup.model import Machine
from torchup.probe import probe_machine
from torchup.words import load_words


def probe(capture: Capture) -> Machine:
    return probe_machine(CaptureHost(capture), None)


def codes(machine: Machine) -> list[str]:
    return [problem.code for problem in machine.problems]


def test_machine_without_gpu_has_none_and_starts_no_process() -> None:
    host = CaptureHost(machines.NO_GPU)
    machine = probe_machine(host, None)
    assert machine.gpus == ()
    assert machine.drivers == ()
    assert machine.problems == ()
    assert host.asked == []
    assert machine.os == msgspec.convert(
        {
            "system": "linux",
            "distro": "ubuntu",
            "version": "22.04",
            "kernel": "5.15.0-91-generic",
            "libc": "glibc 2.35",
            "wsl": 0,
        },
        type(machine.os),
    )
    assert machine.memory_mib == 32000
    assert machine.cpu is not None
    assert machine.cpu.cores == 2
    assert machine.cpu.features == ("fpu", "sse4_2", "avx", "avx2")
    assert machine.disks is not None
    assert [(disk.path, disk.free_mib) for disk in machine.disks] == [("/home/user", 51200)]


def test_gtx_1080_is_one_card_from_three_sources() -> None:
    machine = probe(machines.GTX_1080_580)
    assert machine.gpus is not None
    (gpu,) = machine.gpus
    assert (gpu.index, gpu.name, gpu.arch) == (0, "NVIDIA GeForce GTX 1080", "sm_61")
    assert (gpu.pci_id, gpu.subsystem) == ("10de:1b80", "1458:3702")
    assert (gpu.pci_address, gpu.memory_mib, gpu.source) == ("0000:01:00.0", 8192, "nvml")
    (driver,) = machine.drivers or ()
    assert (driver.version, driver.max_runtime, driver.source) == ("580.65.06", "13.0", "nvml")
    assert codes(machine) == []
    assert {seen.source for seen in machine.evidence} >= {"nvml", "pci"}


def test_v100_that_is_no_vga_device_is_found() -> None:
    machine = probe(machines.V100_VM)
    assert [gpu.arch for gpu in machine.gpus or ()] == ["sm_70"]
    assert (machine.drivers or ())[0].max_runtime == "12.4"


def test_mixed_machine_keeps_every_vendor() -> None:
    machine = probe(machines.MIXED)
    found = [(gpu.vendor, gpu.arch, gpu.pci_id) for gpu in machine.gpus or ()]
    assert found == [
        ("nvidia", "sm_61", "10de:1b80"),
        ("nvidia", "sm_89", "10de:2684"),
        ("amd", "gfx1030", "1002:73bf"),
        ("intel", None, "8086:3e92"),
    ]
    assert codes(machine) == []


def test_old_driver_that_does_not_know_compute_cap_is_asked_again() -> None:
    machine = probe(machines.LAPTOP_470)
    (gpu,) = machine.gpus or ()
    assert (gpu.name, gpu.arch, gpu.memory_mib) == ("NVIDIA GeForce GT 730M", None, 2004)
    assert (gpu.source, gpu.subsystem) == ("nvidia-smi", "17aa:3986")
    assert (machine.drivers or ())[0].max_runtime == "11.4"
    assert codes(machine) == []


def test_card_without_driver_is_seen_and_said() -> None:
    machine = probe(machines.NO_DRIVER)
    (gpu,) = machine.gpus or ()
    assert (gpu.pci_id, gpu.name, gpu.index, gpu.source) == ("10de:1b80", None, None, "pci")
    assert machine.drivers == ()
    assert codes(machine) == ["nvidia-driver-missing"]


def test_secure_boot_is_told_from_a_module_that_is_only_not_loaded() -> None:
    assert codes(probe(machines.SECURE_BOOT)) == ["nvidia-secure-boot"]
    assert codes(probe(machines.SECURE_BOOT_WITHOUT_MOKUTIL)) == ["nvidia-secure-boot"]
    assert codes(probe(machines.NOT_LOADED)) == ["nvidia-driver-not-loaded"]


@pytest.mark.parametrize(
    "answer",
    [
        machines.no_nvml(9, "Driver Not Loaded"),
        machines.no_nvml(12, "NVML Shared Library Not Found"),
    ],
    ids=["not loaded", "no library"],
)
def test_a_login_node_has_no_module_to_load(answer: Ran) -> None:
    """The cluster's image has the programs, and the node has only the chip for its console."""
    failed = machines.ran(
        "/usr/bin/nvidia-smi",
        f"--query-gpu={machines.MODERN}",
        "--format=csv,noheader",
        out="NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
        code=9,
    )
    node = machines.linux(
        machines.card("0000:03:00.0", "1a03:2000", driver="ast"),
        programs={"nvidia-smi": "/usr/bin/nvidia-smi"},
        ran=(answer, failed),
    )
    machine = probe(node)
    assert (machine.gpus, machine.drivers) == ((), ())
    assert codes(machine) == ["nvidia-no-card-here"]


def test_without_a_bus_to_look_at_nobody_says_that_there_is_no_card() -> None:
    there = machines.linux(
        ran=(machines.no_nvml(9, "Driver Not Loaded"),), files={"/dev/nvidia0": ""}
    )
    assert "nvidia-no-card-here" not in codes(probe(there))


def test_nouveau_is_told_from_a_missing_driver() -> None:
    assert codes(probe(machines.NOUVEAU)) == ["nvidia-nouveau"]


def test_card_given_to_a_virtual_machine_is_named() -> None:
    machine = probe(machines.PASSED_THROUGH)
    assert codes(machine) == ["nvidia-card-held"]
    assert machine.problems[0].args == {"card": "0000:02:00.0", "driver": "vfio-pci"}
    assert [gpu.index for gpu in machine.gpus or ()] == [0, None]


def test_updated_driver_with_the_old_module_asks_for_a_restart() -> None:
    machine = probe(machines.MISMATCH)
    assert codes(machine) == ["nvidia-driver-mismatch"]
    assert machine.problems[0].args == {"module": "535.183.01"}
    (gpu,) = machine.gpus or ()
    assert (gpu.name, gpu.uuid) == ("NVIDIA GeForce GTX 1080", None)
    assert (machine.drivers or ())[0].source == "/proc/driver/nvidia/version"


def test_wsl_has_the_windows_driver() -> None:
    machine = probe(machines.WSL)
    assert machine.os.wsl == 2
    assert (machine.drivers or ())[0].version == "581.80"
    assert [gpu.arch for gpu in machine.gpus or ()] == ["sm_89"]
    assert codes(machine) == []


def test_container_without_devices_is_told_from_a_missing_driver() -> None:
    machine = probe(machines.CONTAINER)
    assert machine.os.container == "docker"
    assert codes(machine) == ["nvidia-container-no-devices"]


def test_alpine_has_musl() -> None:
    assert probe(machines.ALPINE).os.libc == "musl 1.2.5"


def test_grace_hopper_is_aarch64() -> None:
    machine = probe(machines.GRACE)
    assert (machine.arch, machine.platform) == ("aarch64", "linux-aarch64")
    assert (machine.gpus or ())[0].pci_address == "0009:01:00.0"
    assert machine.cpu is not None
    assert machine.cpu.features == ("fp", "asimd", "sve")


def test_sandbox_without_sysfs_does_not_claim_that_there_is_no_gpu() -> None:
    assert probe(machines.GVISOR).gpus is None


def test_apple_silicon() -> None:
    host = CaptureHost(machines.MAC_M1)
    machine = probe_machine(host, None)
    assert (machine.arch, machine.os.version) == ("arm64", "14.2.1")
    assert machine.memory_mib == 16384
    assert [(gpu.vendor, gpu.name, gpu.arch) for gpu in machine.gpus or ()] == [
        ("apple", "Apple M1 Pro", None)
    ]
    # Apple's /usr/bin/python3 opens a window where the developer tools are missing.
    assert machine.pythons == ()
    assert all("python" not in argv[0] for argv in host.asked)


def test_rosetta_is_seen_through() -> None:
    machine = probe(machines.MAC_ROSETTA)
    assert machine.arch == "arm64"
    assert codes(machine) == ["rosetta"]
    assert [gpu.name for gpu in machine.gpus or ()] == ["Apple M2"]


def test_intel_mac_has_no_accelerator() -> None:
    machine = probe(machines.MAC_INTEL)
    assert (machine.arch, machine.gpus) == ("x86_64", ())


def test_windows() -> None:
    machine = probe(machines.WINDOWS)
    assert (machine.arch, machine.os.version) == ("x86_64", "10.0.22631")
    assert machine.cpu is not None
    assert machine.cpu.cores == 16
    found = [(gpu.vendor, gpu.name, gpu.arch, gpu.source) for gpu in machine.gpus or ()]
    assert found == [
        ("nvidia", "NVIDIA GeForce RTX 5060", "sm_120", "nvidia-smi"),
        ("amd", None, None, "pci"),
    ]
    assert (machine.drivers or ())[0].max_runtime == "12.9"
    # The Microsoft Store's stub is never started.
    assert machine.pythons == ()


def test_unknown_processor_is_an_error_that_names_it() -> None:
    with pytest.raises(OutsideError) as caught:
        probe(msgspec.structs.replace(machines.NO_GPU, machine="riscv64"))
    assert (caught.value.code, caught.value.details) == (
        "probe.unsupported-arch",
        {"arch": "riscv64"},
    )


@pytest.mark.parametrize("name", sorted(machines.ALL))
def test_every_machine_survives_a_round_trip_and_words_its_problems(name: str) -> None:
    capture = machines.ALL[name]
    assert read_capture(write_capture(capture)) == capture
    machine = probe(capture)
    assert msgspec.json.decode(msgspec.json.encode(machine), type=Machine) == machine
    words = load_words("en")
    for problem in machine.problems:
        assert words.say(f"problem.{problem.code}", problem.args)
        assert words.say(f"problem.{problem.code}.hint", problem.args)
