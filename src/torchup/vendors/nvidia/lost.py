"""Cards that have fallen off the bus: plugged in, and answering nobody any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.vendors.pci import SYSFS, normal_address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.host import Host
    from torchup.model import Gpu
    from torchup.vendors.pci import PciDevice

_LOGS: Final = (
    ("dmesg",),
    ("journalctl", "-k", "-b", "-g", "NVRM: Xid", "-o", "cat", "--no-pager"),
)
_TIME_LIMIT: Final = 5.0  # seconds each
_ALL_ONES: Final = b"\xff"


def find_lost(
    host: Host, plugged: tuple[PciDevice, ...], driven: tuple[Gpu, ...]
) -> dict[str, str]:
    """Map the addresses of lost cards to what tells it.

    A device that is gone from the bus reads as all ones: ``lspci`` shows it as ``rev ff``. The
    kernel's log names it by its Xid, where this user may read the log.

    Args:
        host: the machine.
        plugged: NVIDIA's cards on the bus.
        driven: the cards that the driver listed.
    """
    from torchup.readers.dmesg_nvrm import FELL_OFF

    listed = {gpu.pci_address for gpu in driven}
    silent = [one.address for one in plugged if one.address and one.address not in listed]
    said = dict.fromkeys(_by_log(host, silent, listed), f"Xid {FELL_OFF}")
    return said | {at: "rev ff" for at in silent if at not in said and _all_ones(host, at)}


def _by_log(host: Host, silent: list[str], listed: set[str | None]) -> Iterable[str]:
    from torchup.readers.dmesg_nvrm import FELL_OFF, read

    for argv in _LOGS:
        done = host.run(argv, timeout=_TIME_LIMIT)
        if done.code != 0:
            continue
        for slot, xids in read(done.out).facts["xids_of"].items():
            address = normal_address(f"{slot}.0")
            if FELL_OFF not in xids or address is None or address in listed:
                continue
            yield next((at for at in silent if at.startswith(address[:-1])), address)
        return


def _all_ones(host: Host, address: str) -> bool:
    folder = f"{SYSFS}/{address}"
    if (host.read(f"{folder}/revision") or b"").strip() == b"0xff":
        return True
    header = host.read(f"{folder}/config") or b""
    return bool(header) and not header.strip(_ALL_ONES)
