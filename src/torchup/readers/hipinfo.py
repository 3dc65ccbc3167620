"""``hipInfo``: the cards that AMD's HIP sees, on Windows or Linux.

Of a card, ``extra`` has ``integrated``.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.hardware import amd_family, maker_by_name, unquoted, whole, why_nothing
from torchup.readers.pasted import output_lines
from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.texts import known

KIND: Final = "hipinfo"
_SIGN: Final = re.compile(r"^[ \t]{0,8}(?:device#\s{1,60}\d|gcnArchName:)", re.MULTILINE)
_DEVICE: Final = re.compile(r"^\s{0,8}device#\s{1,60}(\d{1,4})$")
_PAIR: Final = re.compile(r"^\s{0,8}([A-Za-z]\w{2,40}):\s{1,60}(\S.{0,200})$")
_SIZE: Final = re.compile(r"^(\d{1,6}\.\d{1,3}) GB$")
_HIP_ON_NVIDIA: Final = "nvidia"
_MIB: Final = 1024


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(unquoted(text)[:200_000]) is not None


def read(text: str) -> Reading:
    """Read it. A size below one GiB is left out: on Windows the program may print a hundredth."""
    text = unquoted(text)
    devices: list[tuple[int, dict[str, str]]] = []
    for line in output_lines(text):
        device, pair = _DEVICE.match(line), _PAIR.match(line)
        if device:
            devices.append((int(device[1]), {}))
        elif pair:
            if not devices:
                devices.append((0, {}))
            devices[-1][1].setdefault(pair[1], pair[2].strip())
    cards = tuple(_card(at, said) for at, said in devices if said.keys() & {"Name", "gcnArchName"})
    if not cards:
        return Reading(kind=KIND, state=why_nothing(text))
    return Reading(kind=KIND, gpus=cards)


def _card(at: int, said: dict[str, str]) -> ReadGpu:
    name = known(said.get("Name"))
    domain, bus, device = (whole(said.get(key)) for key in _ADDRESS)
    size = _SIZE.match(said.get("totalGlobalMem", ""))
    inside = whole(said.get("isIntegrated"))
    address = None
    if bus is not None and 0 <= bus <= 0xFF:  # noqa: PLR2004 - a bus has eight bits
        address = f"{(domain or 0) & 0xFFFF:04x}:{bus:02x}:{(device or 0) & 0x1F:02x}.0"
    memory = round(float(size[1]) * _MIB) if size else 0
    return ReadGpu(
        index=at,
        name=name,
        vendor="nvidia" if maker_by_name(name) == _HIP_ON_NVIDIA else "amd",
        arch=amd_family(said.get("gcnArchName")),
        bus_id=address,
        memory_mib=memory if memory >= _MIB else None,
        extra={} if inside is None else {"integrated": bool(inside)},
    )


_ADDRESS: Final = ("pciDomainID", "pciBusID", "pciDeviceID")
