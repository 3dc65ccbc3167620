"""Machines in words."""

from __future__ import annotations

import pytest

from torchup.api.machines.described import Described
from torchup.api.machines.describing import but_for, describe
from torchup.errors import UsageError
from torchup.model import Driver, Gpu, Interpreter, Machine, Os

HERE = Machine(
    os=Os(system="linux", distro="ubuntu", version="22.04", libc="glibc 2.35"),
    arch="x86_64",
    gpus=(Gpu(index=0, vendor="nvidia", name="NVIDIA T400", arch="sm_75"),),
    drivers=(Driver(vendor="nvidia", version="580.65.06"),),
    pythons=(Interpreter(path="/usr/bin/python3", version="3.10.12"),),
)


def test_another_card_in_the_machine_of_a_file() -> None:
    found = but_for(Described(gpus=("v100",)), HERE)
    assert [gpu.arch for gpu in found.gpus or ()] == ["sm_70"]
    assert (found.drivers, found.os, found.pythons) == (HERE.drivers, HERE.os, HERE.pythons)


def test_another_driver_in_the_machine_of_a_file() -> None:
    found = but_for(Described(driver="535"), HERE)
    assert [one.version for one in found.drivers or ()] == ["535"]
    assert (found.gpus, found.os, found.arch) == (HERE.gpus, HERE.os, HERE.arch)
    assert but_for(Described(driver="none"), HERE).drivers == ()


def test_another_system_or_processor_than_the_file_has() -> None:
    found = but_for(Described(system="windows"), HERE)
    assert (found.os, found.pythons) == (Os(system="windows"), None)
    assert (found.gpus, found.drivers) == (HERE.gpus, HERE.drivers)
    assert but_for(Described(system="linux"), HERE) == HERE
    assert but_for(Described(arch="arm64"), HERE).arch == "aarch64"


def test_other_cards_in_this_machine() -> None:
    found = describe(Described(gpus=("RTX 3060 Laptop", "v100")), HERE)
    assert [gpu.arch for gpu in found.gpus or ()] == ["sm_86", "sm_70"]
    assert [gpu.index for gpu in found.gpus or ()] == [0, 1]
    assert found.drivers is None
    assert (found.os, found.pythons) == (HERE.os, HERE.pythons)


@pytest.mark.parametrize(
    ("written", "count"),
    [("2x RTX 3090", 2), ("4 x a100", 4), ("3×v100", 3), ("16* T4", 16), ("3090", 1)],  # noqa: RUF001  # as people write it
)
def test_several_cards_of_a_kind(written: str, count: int) -> None:
    found = describe(Described(gpus=(written, "1080")), HERE).gpus or ()
    assert [gpu.index for gpu in found] == list(range(count + 1))
    assert len({gpu.arch for gpu in found}) == 2


def test_a_branch_of_drivers() -> None:
    assert describe(Described(driver="R535"), HERE).drivers == (
        Driver(vendor="nvidia", version="535"),
    )


def test_another_driver_for_these_cards() -> None:
    found = describe(Described(driver="535"), HERE)
    assert found.gpus == HERE.gpus
    assert found.drivers == (Driver(vendor="nvidia", version="535"),)


def test_a_driver_as_windows_numbers_it() -> None:
    found = describe(Described(gpus=("1080",), driver="31.0.15.3623", system="windows"), HERE)
    assert found.drivers == (Driver(vendor="nvidia", version="536.23"),)
    intels = describe(Described(gpus=("arc a770",), driver="32.0.15.6094"), HERE)
    assert intels.drivers == (Driver(vendor="intel", version="32.0.15.6094"),)


def test_another_system_says_nothing_about_the_rest() -> None:
    found = describe(Described(system="windows"), HERE)
    assert (found.os, found.arch) == (Os(system="windows"), "x86_64")
    assert (found.gpus, found.drivers, found.pythons) == (None, None, None)


def test_wsl() -> None:
    found = describe(Described(system="wsl", gpus=("3060",), driver="581.57"), HERE)
    assert (found.os.system, found.os.wsl) == ("linux", 2)


@pytest.mark.parametrize(
    ("system", "arch", "has"),
    [("linux", "arm64", "aarch64"), ("macos", "aarch64", "arm64"), ("macos", None, "arm64")],
)
def test_the_processor_is_named_as_its_system_does(system: str, arch: str | None, has: str) -> None:
    assert describe(Described(system=system, arch=arch), HERE).arch == has


def test_an_apple_chip_means_a_mac() -> None:
    found = describe(Described(gpus=("M2 Max",)), HERE)
    assert (found.os.system, found.arch) == ("macos", "arm64")


def test_none() -> None:
    found = describe(Described(gpus=("none",), driver="none"), HERE)
    assert (found.gpus, found.drivers) == ((), ())


@pytest.mark.parametrize(
    ("name", "vendor", "arch"),
    [
        ("sm_86", "nvidia", "sm_86"),
        ("sm120", "nvidia", "sm_120"),
        ("8.6", "nvidia", "sm_86"),
        ("12.0", "nvidia", "sm_120"),
        ("gfx1100", "amd", "gfx1100"),
        ("GP104", "nvidia", "sm_61"),
        ("lunar lake", "intel", "lnl"),
    ],
)
def test_an_architecture_is_as_good_as_a_name(name: str, vendor: str, arch: str) -> None:
    (gpu,) = describe(Described(gpus=(name,)), HERE).gpus or ()
    assert (gpu.vendor, gpu.arch) == (vendor, arch)


def test_a_pci_id() -> None:
    (gpu,) = describe(Described(gpus=("10DE:1B80",)), HERE).gpus or ()
    assert (gpu.name, gpu.pci_id) == ("NVIDIA GeForce GTX 1080", "10de:1b80")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Described(gpus=("gt 730",)), "describe.ambiguous-gpu"),
        (Described(gpus=("RTX 3070M",)), "describe.unknown-gpu-but"),
        (Described(gpus=("3060 乱码",)), "describe.unknown-gpu-but"),
        (Described(gpus=("qqqqqqqqqqqqqqqqqqqqqqqqqqqq",)), "describe.unknown-gpu"),
        (Described(gpus=("",)), "describe.unknown-gpu"),
        (Described(gpus=("sm_99",)), "describe.unknown-gpu"),
        (Described(driver="newest"), "describe.not-a-driver"),
        (Described(driver="5"), "describe.not-a-driver"),
    ],
)
def test_what_is_refused(said: Described, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        describe(said, HERE)
    assert caught.value.code.startswith(code)


def test_a_driver_of_amd() -> None:
    found = describe(Described(gpus=("7900 xtx",), driver="6.2"), HERE)
    assert found.drivers == (Driver(vendor="amd", version="6.2"),)
