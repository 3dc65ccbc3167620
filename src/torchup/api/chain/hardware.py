"""The first links of the chain: the card, its driver, and the CUDA that the driver knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.chain.link import NOTHING, Link, State
from torchup.model import Evidence, Text, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.model import Gpu, Machine, Problem, Resolution, Vendor

_OF_DRIVER: Final = frozenset(
    {"driver-too-old", "driver-missing", "driver-too-old-for-card", "driver-dropped-card"}
)
_OF_ONE: Final = frozenset(
    {
        "nvidia-card-held",
        "nvidia-card-not-driven",
        "nvidia-compute-prohibited",
        "nvidia-ecc-errors",
        "nvidia-gpu-lost",
        "nvidia-gpu-query-failed",
        "nvidia-hidden",
    }
)
"""What leaves other cards working; every other problem of a driver stops it."""
_WORKING: Final = frozenset({"nvidia-ecc-errors"})
"""What a card still computes with."""
_OF_ASKING: Final = frozenset({"nvidia-nvml-crashed", "nvidia-nvml-failed", "nvidia-smi-failed"})
"""What leaves CUDA working where it was started all the same."""
_STARTED: Final = Evidence(source="libcuda", key="cuInit", value="0")


def hardware_links(machine: Machine, answer: Resolution) -> Iterator[Link]:
    """Judge the card, its driver, and the highest CUDA that it knows."""
    yield from _cards(machine, answer)
    yield from _driver(machine, answer)
    yield from _compute_driver(machine)


def _cards(machine: Machine, answer: Resolution) -> Iterator[Link]:
    if not machine.gpus:
        shown = "?" if machine.gpus is None else NOTHING
        odd = _odd(machine, "nvidia") or _odd(machine, "amd")
        if odd is not None:
            yield Link(what="card", shown=shown, state="stops", why=_worded(odd))
        elif machine.gpus is None:
            yield Link(what="card", shown=shown, state="stops", why=text("chain.card-unknown"))
        else:
            yield Link(what="card", shown=shown, state="quiet", why=text("chain.card-none"))
        return
    for at, gpu in enumerate(machine.gpus):
        name = gpu.name or gpu.arch or gpu.pci_id or "?"
        shown = f"{name} ({gpu.arch})" if gpu.arch and gpu.name else name
        own = _of_card(machine, gpu)
        if own is not None:
            state: State = "costs" if own.code in _WORKING else "stops"
            yield Link(what="card", shown=shown, state=state, why=_worded(own))
        elif at in answer.serves:
            yield Link(what="card", shown=shown, state="good", why=text("chain.card-served"))
        elif answer.stack is None:
            yield Link(what="card", shown=shown, state="costs", why=text("chain.card-waits"))
        else:
            yield Link(what="card", shown=shown, state="costs", why=text("chain.card-not-served"))


def _of_card(machine: Machine, gpu: Gpu) -> Problem | None:
    """What is wrong with one card, told by its slot or its number."""
    slot, number = gpu.pci_address, None if gpu.index is None else str(gpu.index)
    for one in machine.problems:
        if one.code in _OF_ONE and (
            (slot and one.args.get("card") == slot) or (number and one.args.get("index") == number)
        ):
            return one
    return None


def _driver(machine: Machine, answer: Resolution) -> Iterator[Link]:
    """The driver, and the CUDA that it knows; only where there is something of NVIDIA's."""
    driver, odd = machine.driver("nvidia"), _odd(machine, "nvidia")
    if not any(gpu.vendor == "nvidia" for gpu in machine.gpus or ()) and not driver and not odd:
        return
    against = next((one for one in answer.reasons if one.code in _OF_DRIVER), None)
    stops = (against is not None and against.effect == "reject") or stops_all(odd, machine)
    if driver is None:
        missing = machine.drivers is not None
        code = "chain.driver-missing" if missing else "chain.driver-unknown"
        why = _worded(odd) if odd else text(code)
        yield Link(what="driver", shown="?", state="stops" if missing else "costs", why=why)
        return
    state: State = "stops" if stops else ("costs" if against or odd else "good")
    yield Link(
        what="driver",
        shown=driver.version or "?",
        state=state,
        why=_worded(odd) if odd else text("chain.driver"),
        reason=against,
    )
    if driver.max_runtime:
        toolkits = ", ".join(one.version for one in machine.toolkits or ())
        code = "chain.runtime-and-toolkit" if toolkits else "chain.runtime"
        why = text(code, toolkits=toolkits)
        shown = f"CUDA {driver.max_runtime}"
        # An oddity of one card leaves the driver's CUDA as it is.
        known: State = state if stops or against else "good"
        yield Link(what="runtime", shown=shown, state=known, why=why)


def _compute_driver(machine: Machine) -> Iterator[Link]:
    """AMD's driver, where one is known or something keeps programs from the card."""
    driver, odd = machine.driver("amd"), _odd(machine, "amd")
    if driver is None and odd is None:
        return
    windows = machine.os.system == "windows"
    name = "AMD" if windows else "amdgpu"
    shown = f"{name} {driver.version}" if driver else name
    state: State = "stops" if odd else "good"
    code = "chain.driver-amd-windows" if windows else "chain.driver-amd"
    why = _worded(odd) if odd else text(code)
    yield Link(what="driver", shown=shown, state=state, why=why)


def _odd(machine: Machine, vendor: Vendor) -> Problem | None:
    """The oddity of a maker's side that weighs most: one that stops, else the first."""
    said = [one for one in machine.problems if one.code.startswith(f"{vendor}-")]
    return next((one for one in said if stops_all(one, machine)), next(iter(said), None))


def stops_all(odd: Problem | None, machine: Machine) -> bool:
    """Whether no program computes: a problem of one card does so where it is of all of them."""
    if odd is None:
        return False
    if odd.code == "nvidia-hidden":
        return odd.args.get("hidden") == odd.args.get("total")
    if odd.code in _OF_ASKING:
        return _STARTED not in machine.evidence
    return odd.code not in _OF_ONE


def _worded(odd: Problem) -> Text:
    return Text(code=f"problem.{odd.code}", args=odd.args)
