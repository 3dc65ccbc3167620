"""What ``lscpu`` says of the processor beyond its model, cores and features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Evidence

if TYPE_CHECKING:
    from torchup.host import Host

_TIME_LIMIT: Final = 5.0  # seconds
_TOLD: Final = (
    "Thread(s) per core",
    "Core(s) per socket",
    "Socket(s)",
    "CPU max MHz",
    "CPU min MHz",
    "BogoMIPS",
    "Hypervisor vendor",
    "Virtualization",
    "NUMA node(s)",
)
_FAMILIES: Final = ("L1d ", "L1i ", "L2 ", "L3 ", "Vulnerability ")
_HARMLESS: Final = "Not affected"


def processor_evidence(host: Host) -> tuple[Evidence, ...]:
    """Ask ``lscpu`` for clock, caches, sockets and weaknesses; empty where there is none.

    Weaknesses that the processor does not have are left out.
    """
    if host.system != "linux":
        return ()
    found = []
    for line in host.run(("lscpu",), timeout=_TIME_LIMIT, env={"LC_ALL": "C"}).out.splitlines():
        key, colon, value = (part.strip() for part in line.partition(":"))
        told = key in _TOLD or key.startswith(_FAMILIES)
        if colon and value and told and value != _HARMLESS:
            found.append(Evidence(source="lscpu", key=key, value=value))
    return tuple(found)
