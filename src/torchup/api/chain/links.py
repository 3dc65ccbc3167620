"""From the card to the notebook: the links that a computation hangs on, and how each one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.chain.hardware import hardware_links
from torchup.api.chain.link import NOTHING, Link, State
from torchup.api.chain.uses import use_links
from torchup.model import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.model import Environment, Machine, Resolution
    from torchup.model.software import Software


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
    hardware = tuple(hardware_links(machine, answer))
    driven = all(one.state != "stops" for one in hardware)
    return (
        *hardware,
        _build(answer, driven=driven),
        *_python(machine, answer),
        *use_links(machine, environments, software),
    )


def _build(answer: Resolution, *, driven: bool) -> Link:
    stack = answer.stack
    if stack is None:
        reject = next((one for one in answer.reasons if one.effect == "reject"), None)
        why = text("chain.no-build")
        return Link(what="build", shown=NOTHING, state="stops", why=why, reason=reject)
    name = next(iter(stack.packages.items()))
    shown = f"{name[0]} {name[1]}+{stack.build}"
    if stack.device == "cuda":
        code = "chain.build" if driven else "chain.build-waits"
        why = text(code, runtime=f"CUDA {stack.runtime}")
        return Link(what="build", shown=shown, state="good" if driven else "costs", why=why)
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
