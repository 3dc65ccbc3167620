"""What ``nvidia-smi`` prints, where NVML itself could not be asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.model import Gpu
from torchup.vendors.nvidia.nvml import arch_name
from torchup.vendors.pci import normal_address

if TYPE_CHECKING:
    from torchup.host import Completed, Host

TIME_LIMIT: Final = 15.0  # seconds
FIELDS: Final = (
    "index",
    "name",
    "uuid",
    "pci.bus_id",
    "pci.device_id",
    "pci.sub_device_id",
    "memory.total",
    "driver_version",
)
CAPABILITY: Final = "compute_cap"  # known to drivers from about 510 on; older ones refuse it
_NUMBER: Final = r"\d{1,9}"
_CAPABILITY: Final = r"(\d{1,2})\.(\d)"
_DRIVER: Final = r"\d{1,4}(?:\.\d{1,4}){1,3}"
_HEADER_DRIVER: Final = r"(?:Driver|KMD|DRIVER) [Vv]ersion\s*: *(\d{1,4}(?:\.\d{1,4}){1,3})"
_HEADER_CUDA: Final = r"CUDA (?:UMD )?Version\s*: *(\d{1,3}\.\d{1,2})"
_PCI_ID: Final = r"(?i)(?:0x)?([0-9a-f]{4})([0-9a-f]{4})"


class SmiAnswer(Struct, frozen=True, kw_only=True):
    """What the program said. ``why`` is set where it failed."""

    gpus: tuple[Gpu, ...] = ()
    driver: str | None = None
    cuda: str | None = None
    why: str | None = None


def ask_smi(host: Host, program: str) -> SmiAnswer:
    """Ask for the cards, then for the header's CUDA version; never raises."""
    fields: tuple[str, ...] = (*FIELDS, CAPABILITY)
    done = _query(host, program, fields)
    if done.code != 0 and not done.timed_out and CAPABILITY in done.out + done.err:
        fields = FIELDS
        done = _query(host, program, fields)
    if done.timed_out or done.code != 0:
        return SmiAnswer(why=_why(done))
    gpus, driver = parse_query(done.out, fields)
    if not gpus:
        return SmiAnswer(why=_why(done))
    header = host.run([program], timeout=TIME_LIMIT).out
    return SmiAnswer(
        gpus=gpus, driver=driver or parse_header_driver(header), cuda=parse_header_cuda(header)
    )


def _query(host: Host, program: str, fields: tuple[str, ...]) -> Completed:
    query = f"--query-gpu={','.join(fields)}"
    return host.run([program, query, "--format=csv,noheader"], timeout=TIME_LIMIT)


def _why(done: Completed) -> str:
    if done.timed_out:
        return f"> {TIME_LIMIT:.0f} s"
    said = (done.out.strip() or done.err.strip()).splitlines()
    return said[0][:200] if said else str(done.code)


def parse_query(text: str, fields: tuple[str, ...]) -> tuple[tuple[Gpu, ...], str | None]:
    """Read ``--query-gpu`` lines; returns the GPUs and the driver version.

    A line with another number of fields is no answer (an error text, say) and is passed over.
    """
    gpus: list[Gpu] = []
    driver = None
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != len(fields):
            continue
        row = dict(zip(fields, cells, strict=True))
        gpus.append(_gpu(row))
        if re.fullmatch(_DRIVER, row.get("driver_version", "")):
            driver = row["driver_version"]
    return tuple(gpus), driver


def _gpu(row: dict[str, str]) -> Gpu:
    capability = re.fullmatch(_CAPABILITY, row.get(CAPABILITY, ""))
    memory = re.match(_NUMBER, row["memory.total"])
    return Gpu(
        index=int(row["index"]) if re.fullmatch(_NUMBER, row["index"]) else None,
        vendor="nvidia",
        name=_known(row["name"]),
        arch=arch_name((int(capability[1]), int(capability[2]))) if capability else None,
        pci_id=_pci_id(row["pci.device_id"]),
        subsystem=_pci_id(row["pci.sub_device_id"]),
        pci_address=normal_address(row["pci.bus_id"]),
        uuid=_known(row["uuid"]),
        memory_mib=int(memory[0]) if memory else None,
        source="nvidia-smi",
    )


def _known(value: str) -> str | None:
    """Drop the ``[N/A]``, ``[Unknown Error]`` and ``[GPU is lost]`` that stand for nothing."""
    return None if not value or value.startswith("[") or value == "N/A" else value


def _pci_id(value: str) -> str | None:
    found = re.fullmatch(_PCI_ID, value)
    return f"{found[2]}:{found[1]}".lower() if found else None


def parse_header_cuda(text: str) -> str | None:
    """Read ``CUDA Version: 13.0`` (``CUDA UMD Version`` from driver 610 on)."""
    found = re.search(_HEADER_CUDA, text)
    return found[1] if found else None


def parse_header_driver(text: str) -> str | None:
    """Read ``Driver Version: 580.65.06`` (``KMD Version`` from driver 610 on)."""
    found = re.search(_HEADER_DRIVER, text)
    return found[1] if found else None
