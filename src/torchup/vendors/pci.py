"""Display devices on the PCI bus: what is plugged in, whether or not a driver knows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.model import Evidence, Gpu
from torchup.model.makers import display_maker

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.model import Vendor
    from torchup.vendors.windows import WindowsAnswer

SYSFS: Final = "/sys/bus/pci/devices"
# PCI Code and ID Assignment: base class 03h is display controllers, 12h processing accelerators.
# AMD's Instinct cards from MI300 on are the latter; Intel's are neural units that no build serves.
_DISPLAY_CLASS: Final = 0x03
_ACCELERATORS: Final = {0x12: frozenset({"amd"})}
_ADDRESS: Final = (
    r"(?i)(?:(?P<domain>[0-9a-f]{4,8}):)?"
    r"(?P<bus>[0-9a-f]{2}):(?P<slot>[0-9a-f]{2})\.(?P<function>[0-7])"
)


class PciDevice(Struct, frozen=True, kw_only=True):
    """One display device. Ids read like ``10de:1b80``; ``driver`` is the kernel's, where known.

    ``version`` is the driver's own, where the system lists it with the device (Windows).
    """

    pci_id: str
    subsystem: str | None = None
    address: str | None = None
    driver: str | None = None
    version: str | None = None

    @property
    def maker(self) -> Vendor | None:
        """Who makes the chip; None for others than the makers of accelerators."""
        return display_maker(self.pci_id)


def display_devices(host: Host) -> tuple[PciDevice, ...] | None:
    """List the display devices; None where this system gives no way of knowing.

    A Linux machine with ``/sys`` but without a PCI bus has none. On Windows the question costs
    about half a second, on macOS there is nothing to learn.
    """
    if host.system == "windows":
        return _on_windows(host)
    if host.system == "macos":
        return ()
    if not host.is_dir("/sys/bus"):
        return None
    found = (_from_sysfs(host, address) for address in host.listdir(SYSFS))
    return tuple(device for device in found if device is not None)


def _from_sysfs(host: Host, address: str) -> PciDevice | None:
    folder = f"{SYSFS}/{address}"
    kind = _hex(host.read(f"{folder}/class"))
    base = None if kind is None else kind >> 16
    if base != _DISPLAY_CLASS and base not in _ACCELERATORS:
        return None
    vendor, device = _hex(host.read(f"{folder}/vendor")), _hex(host.read(f"{folder}/device"))
    if vendor is None or device is None:
        return None
    pci_id = f"{vendor:04x}:{device:04x}"
    if base != _DISPLAY_CLASS and display_maker(pci_id) not in _ACCELERATORS[base]:
        return None
    maker = _hex(host.read(f"{folder}/subsystem_vendor"))
    board = _hex(host.read(f"{folder}/subsystem_device"))
    link = f"{folder}/driver"
    driver = host.real_path(link)
    return PciDevice(
        pci_id=pci_id,
        subsystem=f"{maker:04x}:{board:04x}" if maker and board is not None else None,
        address=normal_address(address),
        driver=driver.rpartition("/")[2] if driver != link and "/drivers/" in driver else None,
    )


def _on_windows(host: Host) -> tuple[PciDevice, ...] | None:
    from torchup.vendors.windows import ask_windows

    return _listed(ask_windows(host))


def devices_around_wsl(host: Host) -> tuple[PciDevice, ...] | None:
    """List the display devices of the Windows around WSL; None where it can't be asked."""
    from torchup.vendors.windows import ask_windows_from_wsl

    return _listed(ask_windows_from_wsl(host))


def _listed(answer: WindowsAnswer | None) -> tuple[PciDevice, ...] | None:
    if answer is None:
        return None
    return tuple(
        replace(device, version=card.driver)
        for card in answer.cards
        for device in parse_pnp_ids(card.place)
    )


def parse_pnp_ids(text: str) -> tuple[PciDevice, ...]:
    r"""Read Windows' ``PNPDeviceID`` lines (``PCI\VEN_10DE&DEV_1B80&SUBSYS_37021458&…``)."""
    from torchup.readers.windows_devices import devices_in

    return tuple(
        PciDevice(pci_id=found.pci_id, subsystem=found.subsystem)
        for found in devices_in(text)
        if found.pci_id is not None
    )


def normal_address(text: str) -> str | None:
    """Write a PCI address as the kernel does: ``00000000:01:00.0`` → ``0000:01:00.0``."""
    found = re.fullmatch(_ADDRESS, text.strip())
    if found is None:
        return None
    domain = int(found["domain"] or "0", 16)
    return f"{domain:04x}:{found['bus']}:{found['slot']}.{found['function']}".lower()


def gpus_from_pci(vendor: Vendor, devices: tuple[PciDevice, ...]) -> tuple[Gpu, ...]:
    """Turn devices into GPUs of which only the ids are known."""
    return tuple(
        Gpu(
            vendor=vendor,
            pci_id=device.pci_id,
            subsystem=device.subsystem,
            pci_address=device.address,
            source="pci",
        )
        for device in devices
    )


def evidence_from_pci(devices: tuple[PciDevice, ...]) -> tuple[Evidence, ...]:
    """Say where each device was seen, and by which kernel driver it is held."""
    return tuple(
        Evidence(
            source="pci",
            key=device.address or device.pci_id,
            value=f"{device.pci_id} {device.driver or '-'}",
        )
        for device in devices
    )


def _hex(raw: bytes | None) -> int | None:
    try:
        return int((raw or b"").strip(), 16)
    except ValueError:
        return None
