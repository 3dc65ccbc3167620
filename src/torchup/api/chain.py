"""From the card to the notebook: the links that a computation hangs on, and how each one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from torchup.model import Reason, Text, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.model import Environment, Machine, Resolution, Vendor
    from torchup.model.software import Software

State = Literal["good", "costs", "stops", "quiet"]
What = Literal["card", "driver", "runtime", "build", "python", "environment", "notebook"]

NOTHING: Final = "-"
"""What stands for a link that isn't there."""
_OF_DRIVER: Final = frozenset(
    {"driver-too-old", "driver-missing", "driver-too-old-for-card", "driver-dropped-card"}
)


class Link(Struct, frozen=True, kw_only=True):
    """One link: ``good`` holds, ``costs`` holds with a loss, ``stops`` doesn't, ``quiet`` is none.

    ``why`` is one line about it; a reason stands in for it where one says it better.
    """

    what: What
    shown: str
    state: State
    why: Text
    reason: Reason | None = None


def chain(
    machine: Machine,
    answer: Resolution,
    environments: Sequence[Environment],
    software: Software | None,
) -> tuple[Link, ...]:
    """Judge every link.

    Args:
        machine: the machine.
        answer: what fits it.
        environments: what torchup made on it.
        software: what else is installed; None where nobody looked.
    """
    return (
        *_cards(machine, answer),
        *_driver(machine, answer),
        *_compute_driver(machine),
        _build(answer),
        *_python(machine, answer),
        *_environments(environments),
        *_notebooks(environments, software),
    )


def _cards(machine: Machine, answer: Resolution) -> Iterator[Link]:
    if machine.gpus is None:
        yield Link(what="card", shown="?", state="stops", why=text("chain.card-unknown"))
        return
    if not machine.gpus:
        yield Link(what="card", shown=NOTHING, state="quiet", why=text("chain.card-none"))
    for at, gpu in enumerate(machine.gpus):
        name = gpu.name or gpu.arch or gpu.pci_id or "?"
        shown = f"{name} ({gpu.arch})" if gpu.arch and gpu.name else name
        if at in answer.serves:
            yield Link(what="card", shown=shown, state="good", why=text("chain.card-served"))
        elif answer.stack is None:
            yield Link(what="card", shown=shown, state="costs", why=text("chain.card-waits"))
        else:
            yield Link(what="card", shown=shown, state="costs", why=text("chain.card-not-served"))


def _driver(machine: Machine, answer: Resolution) -> Iterator[Link]:
    """The driver, and the CUDA that it knows; only where there is a card of NVIDIA's."""
    if not any(gpu.vendor == "nvidia" for gpu in machine.gpus or ()):
        return
    driver = machine.driver("nvidia")
    against = next((one for one in answer.reasons if one.code in _OF_DRIVER), None)
    stops = against is not None and against.effect == "reject"
    odd = _odd(machine, "nvidia")
    if driver is None:
        missing = machine.drivers is not None
        code = "chain.driver-missing" if missing else "chain.driver-unknown"
        why = odd or text(code)
        yield Link(what="driver", shown="?", state="stops" if missing else "costs", why=why)
        return
    state: State = "stops" if stops else ("costs" if against or odd else "good")
    yield Link(
        what="driver",
        shown=driver.version or "?",
        state=state,
        why=odd or text("chain.driver"),
        reason=against,
    )
    if driver.max_runtime:
        toolkits = ", ".join(one.version for one in machine.toolkits or ())
        code = "chain.runtime-and-toolkit" if toolkits else "chain.runtime"
        why = text(code, toolkits=toolkits)
        shown = f"CUDA {driver.max_runtime}"
        yield Link(what="runtime", shown=shown, state=state, why=why)


def _compute_driver(machine: Machine) -> Iterator[Link]:
    """AMD's driver, where one is known or something keeps programs from the card."""
    driver, odd = machine.driver("amd"), _odd(machine, "amd")
    if driver is None and odd is None:
        return
    shown = f"amdgpu {driver.version}" if driver else "amdgpu"
    state: State = "stops" if odd else "good"
    yield Link(what="driver", shown=shown, state=state, why=odd or text("chain.driver-amd"))


def _odd(machine: Machine, vendor: Vendor) -> Text | None:
    """The first oddity of a maker's side, in its own words."""
    said = (one for one in machine.problems if one.code.startswith(f"{vendor}-"))
    first = next(said, None)
    return None if first is None else Text(code=f"problem.{first.code}", args=first.args)


def _build(answer: Resolution) -> Link:
    stack = answer.stack
    if stack is None:
        reject = next((one for one in answer.reasons if one.effect == "reject"), None)
        why = text("chain.no-build")
        return Link(what="build", shown=NOTHING, state="stops", why=why, reason=reject)
    name = next(iter(stack.packages.items()))
    shown = f"{name[0]} {name[1]}+{stack.build}"
    if stack.device == "cuda":
        return Link(
            what="build",
            shown=shown,
            state="good",
            why=text("chain.build", runtime=f"CUDA {stack.runtime}"),
        )
    code = "chain.build-cpu" if stack.device == "cpu" else "chain.build-other"
    state: State = "quiet" if stack.device == "cpu" else "good"
    return Link(what="build", shown=shown, state=state, why=text(code, device=stack.device))


def _python(machine: Machine, answer: Resolution) -> Iterator[Link]:
    if answer.stack is None:
        return
    line = answer.stack.python
    here = any(one.minor == line for one in machine.pythons or ())
    code = "chain.python-here" if here else "chain.python-to-come"
    yield Link(what="python", shown=line, state="good" if here else "quiet", why=text(code))


def _environments(found: Sequence[Environment]) -> Iterator[Link]:
    if not found:
        yield Link(
            what="environment",
            shown=NOTHING,
            state="quiet",
            why=text("chain.no-environment"),
        )
    for one in found:
        state: State = "good" if one.verified else "costs"
        why = text("chain.verified") if one.verified else text("chain.not-verified")
        if one.state != "ok":
            state, why = "stops", one.problem or why
        yield Link(what="environment", shown=one.record.name, state=state, why=why)


def _notebooks(environments: Sequence[Environment], software: Software | None) -> Iterator[Link]:
    """The kernels that compute in one of the environments."""
    if software is None:
        return
    homes = {one.record.name: one.record.path for one in environments}
    mine = [
        (kernel, name)
        for kernel in software.notebooks
        for name, path in homes.items()
        if kernel.interpreter.startswith(path.rstrip("/\\") + ("\\" if "\\" in path else "/"))
    ]
    for kernel, name in mine:
        state: State = "good" if kernel.exists else "stops"
        code = "chain.notebook" if kernel.exists else "chain.notebook-gone"
        yield Link(what="notebook", shown=kernel.title, state=state, why=text(code, name=name))
    if not mine:
        yield Link(what="notebook", shown=NOTHING, state="quiet", why=text("chain.no-notebook"))
