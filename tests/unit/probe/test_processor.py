"""What lscpu says beyond the model."""

from __future__ import annotations

from torchup.host import Completed
from torchup.host.capture import Capture, CaptureHost, Ran
from torchup.probe.inventory.processor import processor_evidence

SAID = """\
Architecture:             x86_64
Model name:               Some Processor
Thread(s) per core:       2
CPU max MHz:              5600.0000
L1d cache:                512 KiB (16 instances)
L3 cache:                 64 MiB (2 instances)
Vulnerability Meltdown:   Not affected
Vulnerability Spectre v2: Mitigation; Enhanced IBRS
Flags:                    fpu vme
"""


def host(*ran: Ran, system: str = "linux") -> CaptureHost:
    return CaptureHost(Capture(system=system, machine="x86_64", ran=ran))  # type: ignore[arg-type]


def test_clock_caches_and_weaknesses_are_told() -> None:
    ran = Ran(argv=("lscpu",), done=Completed(code=0, out=SAID))
    found = [(one.key, one.value) for one in processor_evidence(host(ran))]
    assert found == [
        ("Thread(s) per core", "2"),
        ("CPU max MHz", "5600.0000"),
        ("L1d cache", "512 KiB (16 instances)"),
        ("L3 cache", "64 MiB (2 instances)"),
        ("Vulnerability Spectre v2", "Mitigation; Enhanced IBRS"),
    ]
    assert {one.source for one in processor_evidence(host(ran))} == {"lscpu"}


def test_without_it_nothing_is_told() -> None:
    assert processor_evidence(host()) == ()
    assert processor_evidence(host(system="macos")) == ()
