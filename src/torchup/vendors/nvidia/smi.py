"""What ``nvidia-smi`` prints, where NVML itself could not be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.model import Gpu
from torchup.vendors.nvidia.nvml import arch_name
from torchup.vendors.pci import normal_address

if TYPE_CHECKING:
    from torchup.host import Completed, Host
    from torchup.readers.reading import ReadGpu

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
_CAPABILITY_PARTS: Final = 2


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
    by_header, cuda = parse_header(host.run([program], timeout=TIME_LIMIT).out)
    return SmiAnswer(gpus=gpus, driver=driver or by_header, cuda=cuda)


def query(*, capability: bool) -> str:
    """The argument that asks for the cards; ``capability`` too, where the driver knows it."""
    return f"--query-gpu={','.join((*FIELDS, CAPABILITY) if capability else FIELDS)}"


def _query(host: Host, program: str, fields: tuple[str, ...]) -> Completed:
    asked = query(capability=CAPABILITY in fields)
    return host.run([program, asked, "--format=csv,noheader"], timeout=TIME_LIMIT)


def _why(done: Completed) -> str:
    if done.timed_out:
        return f"> {TIME_LIMIT:.0f} s"
    said = (done.out.strip() or done.err.strip()).splitlines()
    return said[0][:200] if said else str(done.code)


def parse_query(text: str, fields: tuple[str, ...]) -> tuple[tuple[Gpu, ...], str | None]:
    """Read ``--query-gpu`` lines; returns the GPUs and the driver version.

    A line without a card's number is no answer (an error text, say) and is passed over.
    """
    from torchup.readers.nvidia_smi_query import read

    said = read(f"{', '.join(fields)}\n{text}")
    cards = [card for card in said.gpus or () if card.index is not None]
    return tuple(map(_gpu, cards)), said.driver if cards else None


def _gpu(card: ReadGpu) -> Gpu:
    numbers = tuple(int(part) for part in (card.capability or "").split(".") if part.isdigit())
    return Gpu(
        index=card.index,
        vendor="nvidia",
        name=card.name,
        arch=arch_name((numbers[0], numbers[1])) if len(numbers) == _CAPABILITY_PARTS else None,
        pci_id=card.pci_id,
        subsystem=card.subsystem,
        pci_address=normal_address(card.bus_id) if card.bus_id else None,
        uuid=card.uuid,
        memory_mib=card.memory_mib,
        source="nvidia-smi",
    )


def parse_header(text: str) -> tuple[str | None, str | None]:
    """Read the driver's version and the highest CUDA out of the table's head."""
    from torchup.readers.nvidia_smi import read

    said = read(text)
    return said.driver, said.cuda
