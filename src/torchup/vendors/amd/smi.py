"""AMD's management program, ``amd-smi``: product names, memory, and the driver's version.

https://rocm.docs.amd.com/projects/amdsmi/en/latest/how-to/amdsmi-cli-tool.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Driver, Evidence
from torchup.vendors import VendorReport
from torchup.vendors.amd.programs import TIME_LIMIT, failure, find_program, gpu_of

if TYPE_CHECKING:
    from torchup.host import Host

PROGRAM: Final = "amd-smi"
QUESTION: Final = ("static", "--asic", "--bus", "--vram", "--driver", "--board", "--json")
"""No more than is used: the whole of ``static`` takes seconds on a machine of eight cards."""


def ask_amd_smi(host: Host) -> VendorReport | None:
    """List the cards as the program describes them; None where there is no such program."""
    program = find_program(host, PROGRAM)
    if program is None:
        return None
    from torchup.readers.amd_smi_json import read

    done = host.run((program, *QUESTION), timeout=TIME_LIMIT)
    said = read(done.out)
    evidence = (Evidence(source=PROGRAM, key="state", value=said.state),)
    if done.timed_out or not said.gpus:
        return VendorReport(problems=(failure(PROGRAM, done),), evidence=evidence)
    driver = Driver(vendor="amd", version=said.driver, source=PROGRAM) if said.driver else None
    return VendorReport(
        gpus=tuple(gpu_of(card, PROGRAM) for card in said.gpus),
        drivers=(driver,) if driver else (),
        evidence=(
            *evidence,
            *(
                Evidence(source=PROGRAM, key=card.bus_id or str(card.index), value=card.name)
                for card in said.gpus
                if card.name
            ),
        ),
    )
