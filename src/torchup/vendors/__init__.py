"""What accelerators are there, and what drives them: one folder per vendor.

Every vendor is asked and every answer is kept. A vendor's folder has ``detect(host, pci)``, which
never raises: what it can't find out is a :class:`~torchup.model.Problem`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.model import Driver, Evidence, Gpu, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from torchup.host import Host
    from torchup.vendors.pci import PciDevice

    Pci: TypeAlias = tuple[PciDevice, ...] | None


class VendorReport(Struct, frozen=True, kw_only=True):
    """One vendor's answer; empty where it has nothing here.

    ``unknown`` is whether cards of its may be here that nobody can see.
    """

    gpus: tuple[Gpu, ...] = ()
    drivers: tuple[Driver, ...] = ()
    problems: tuple[Problem, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    unknown: bool = False


def _folder(name: str) -> Callable[[Host, Pci], VendorReport]:
    def detect(host: Host, pci: Pci) -> VendorReport:
        found: VendorReport = import_module(f"torchup.vendors.{name}").detect(host, pci)
        return found

    return detect


VENDORS: Final[dict[str, Callable[[Host, Pci], VendorReport]]] = {
    "nvidia": _folder("nvidia"),
    "amd": _folder("amd"),
    "intel": _folder("intel"),
    "apple": _folder("apple"),
}


class Accelerators(Struct, frozen=True, kw_only=True):
    """All vendors' answers in one. ``gpus`` is None where nobody could tell."""

    gpus: tuple[Gpu, ...] | None
    drivers: tuple[Driver, ...]
    problems: tuple[Problem, ...]
    evidence: tuple[Evidence, ...]


def detect_all(host: Host) -> Accelerators:
    """Ask every vendor, in the order of :data:`VENDORS`."""
    from torchup.vendors.pci import devices_around_wsl, display_devices
    from torchup.vendors.wsl import wsl_of

    pci = display_devices(host)
    reports = _reports(host, pci)
    unknown = pci is None or any(report.unknown for report in reports)
    if unknown and not any(report.gpus for report in reports):
        around = devices_around_wsl(host) if host.system == "linux" and wsl_of(host) else None
        if around is not None:
            reports, unknown = _reports(host, around), False
    gpus = tuple(gpu for report in reports for gpu in report.gpus)
    if gpus or not unknown:
        # What one vendor can't tell is settled where another's card is there, or Windows told all.
        reports = [report for report in reports if not report.unknown]
    return Accelerators(
        gpus=None if unknown and not gpus else gpus,
        drivers=tuple(driver for report in reports for driver in report.drivers),
        problems=(
            *(problem for report in reports for problem in report.problems),
            *_of_windows(host, unknown=pci is None and not gpus),
        ),
        evidence=tuple(evidence for report in reports for evidence in report.evidence),
    )


def _reports(host: Host, pci: Pci) -> list[VendorReport]:
    return [detect(host, pci) for detect in VENDORS.values()]


def _of_windows(host: Host, *, unknown: bool) -> tuple[Problem, ...]:
    silent = unknown and host.system == "windows"
    return (Problem(code="windows-cards-unknown"),) if silent else ()
