"""What a Linux container sees of the machine that it runs on."""

from __future__ import annotations

import pytest

from torchup.errors import UsageError
from torchup.facts.load import load_gpus
from torchup.model import Driver, Gpu, Interpreter, Machine, Os
from torchup.plan.container import inside

NVIDIA = Gpu(index=0, vendor="nvidia", name="NVIDIA GeForce RTX 4070", arch="sm_89")
BY_PCI = Gpu(index=0, pci_id="10de:2860")
AMD = Gpu(index=1, vendor="amd", name="AMD Radeon RX 7800 XT", arch="gfx1101")
APPLE = Gpu(index=0, vendor="apple", name="Apple M4")
DRIVER = (Driver(vendor="nvidia", version="581.57"),)


def test_linux_keeps_its_cards_and_gets_the_image_s_c_library() -> None:
    pythons = (Interpreter(path="/usr/bin/python3.8", version="3.8.1"),)
    os = Os(system="linux", distro="centos", libc="glibc 2.17")
    here = Machine(os=os, arch="x86_64", gpus=(NVIDIA, AMD), drivers=DRIVER, pythons=pythons)
    found = inside(here, load_gpus())
    assert (found.machine.os.libc, found.machine.pythons) == (None, None)
    assert (found.machine.gpus, found.machine.drivers) == (here.gpus, DRIVER)
    assert found.lost == ()


@pytest.mark.parametrize("card", [NVIDIA, BY_PCI])
def test_windows_lends_nvidia_s_cards_through_wsl(card: Gpu) -> None:
    here = Machine(
        os=Os(system="windows", version="10.0.26100"),
        arch="x86_64",
        gpus=(card, AMD),
        drivers=DRIVER,
    )
    found = inside(here, load_gpus())
    assert (found.machine.os.system, found.machine.os.wsl) == ("linux", 2)
    assert (found.machine.gpus, found.machine.drivers) == ((card,), DRIVER)
    assert found.lost == ("AMD Radeon RX 7800 XT",)


def test_what_is_not_known_of_windows_stays_unknown() -> None:
    found = inside(Machine(os=Os(system="windows"), arch="arm64"), load_gpus())
    assert (found.machine.gpus, found.machine.arch) == (None, "aarch64")


@pytest.mark.parametrize("gpus", [(APPLE,), None])
def test_a_mac_lends_none(gpus: tuple[Gpu, ...] | None) -> None:
    here = Machine(os=Os(system="macos", version="15.6"), arch="arm64", gpus=gpus)
    found = inside(here, load_gpus())
    assert (found.machine.platform, found.machine.gpus) == ("linux-aarch64", ())
    assert found.lost == (("Apple M4",) if gpus else ())


@pytest.mark.parametrize("version", ["7", "8.1", "6.1.7601"])
def test_windows_without_wsl(version: str) -> None:
    with pytest.raises(UsageError) as caught:
        inside(Machine(os=Os(system="windows", version=version), arch="x86_64"), load_gpus())
    assert caught.value.code == "pasting.no-container"
