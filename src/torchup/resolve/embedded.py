"""Jetsons: their cards run only code made for exactly them, which their maker publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import Reason

if TYPE_CHECKING:
    from torchup.model import Machine
    from torchup.resolve.knowledge import Knowledge
    from torchup.resolve.targets import Targets

_VENDOR: Final = "nvidia"
_KERNEL: Final = "-tegra"
"""How the name of the kernel ends that NVIDIA's Linux for Tegra has."""

_TOLD: Final = frozenset({"jetson-release", "tegrastats"})
"""Texts that only a Jetson's own programs and files have."""


def embedded_parts(machine: Machine, targets: Targets, knowledge: Knowledge) -> tuple[Reason, ...]:
    """Say that the machine's own card is an embedded part, and where there are builds for it.

    A kernel for Tegra tells so too, where no card was found: these cards are on no bus.
    """
    kernel = machine.os.kernel or ""
    for _, reason in targets.unsupported:
        arch = knowledge.catalogue.arch(reason.has)
        if arch is not None and arch.embedded:
            said = replace(reason, code="gpu-embedded", effect="reject")
            return (said, *_places(knowledge, reason.subject, arch.name, kernel))
    if not machine.gpus and kernel.endswith(_KERNEL):
        said = Reason(code="embedded-system", effect="reject", subject=kernel)
        return (said, *_places(knowledge, kernel, "", kernel))
    if not machine.gpus and any(one.key in _TOLD for one in machine.evidence):
        said = Reason(code="embedded-board", effect="reject", subject="Jetson")
        return (said, *_places(knowledge, "Jetson", "", kernel))
    return ()


def _places(knowledge: Knowledge, subject: str, arch: str, kernel: str) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            code="maker-has-builds",
            effect="warn",
            subject=subject,
            needs=place.url,
            has=place.name,
            fact=knowledge.catalogue.fact(place.fact),
        )
        for place in knowledge.elsewhere(_VENDOR, "", arch, kernel)
    )
