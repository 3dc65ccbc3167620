"""From a machine and a requirement to the exact stack, with the reasons; pure.

One evaluation gives both the answer and the explanation: every candidate (release x build, with
the best place and Python for it) is judged by every constraint, and what is said about the
rejected ones is the advice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Listing, Machine, Requirement, Resolution
    from torchup.resolve.cards import GpuTable


def resolve(
    machine: Machine,
    requirement: Requirement,
    catalogue: Catalogue,
    *,
    gpus: GpuTable | None = None,
    listings: Sequence[Listing] | None = None,
    obtainable: tuple[str, ...] | None = None,
    primary_url: str = "",
    framework_url: str = "",
    only_listed: bool = False,
) -> Resolution:
    """Choose the stack for one machine.

    :class:`torchup.resolve.resolver.Resolver` takes the same arguments and serves thousands.

    Raises:
        UsageError: the requirement can't be read or contradicts itself.
    """
    from torchup.resolve.resolver import Resolver

    resolver = Resolver(
        catalogue,
        gpus=gpus,
        listings=listings,
        obtainable=obtainable,
        primary_url=primary_url,
        framework_url=framework_url,
        only_listed=only_listed,
    )
    return resolver.resolve(machine, requirement)
