"""What speaks for and against a stack that was named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.planning import choose
from torchup.facts.load import load_catalogue, load_gpus
from torchup.resolve.about import about
from torchup.resolve.needs import normalised_names

if TYPE_CHECKING:
    from torchup.api.choosing import Choice
    from torchup.api.context import Context
    from torchup.model import Machine, Requirement


def in_place_of(asked: Requirement, named: Requirement) -> Requirement:
    """Return a requirement with another stack in the place of its own.

    Args:
        asked: the whole requirement.
        named: the packages, build and Python of the other stack; what it leaves open is taken
            from the whole.
    """
    taken = normalised_names(named.packages)
    kept = tuple(
        line for name, line in normalised_names(asked.packages).items() if name not in taken
    )
    return replace(
        asked,
        packages=(*kept, *named.packages),
        build=named.build or (None if named.cpu else asked.build),
        python=named.python or asked.python,
        cpu=named.cpu or (asked.cpu and named.build is None),
    )


def why_not(
    context: Context, machine: Machine, named: Requirement, preferred: Choice, *, live: bool
) -> Choice:
    """Choose what was named, with everything that speaks for or against it.

    Args:
        context: the session.
        machine: the machine.
        named: the stack that is asked about, as a whole requirement.
        preferred: what is chosen otherwise.
        live: ask this machine's sources.

    Raises:
        UsageError: the requirement can't be read or contradicts itself.
    """
    found = choose(context, machine, named, live=live)
    answer = found.resolution
    said = about(
        machine,
        named,
        load_catalogue(),
        preferred=preferred.resolution.stack,
        gpus=load_gpus(),
        listings=found.listings if live else None,
    )
    if said is None:
        return found
    keys = {(one.code, one.subject, one.needs) for one in said.reasons}
    rest = tuple(one for one in answer.reasons if (one.code, one.subject, one.needs) not in keys)
    told = replace(answer, reasons=(*said.reasons, *rest), considered=said.considered)
    return replace(found, resolution=told)
