"""What is the same for every machine that one session plans for: worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.solve.configured import ConfiguredPlaces
from torchup.facts.load import load_gpus
from torchup.resolve.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Hashable

    from torchup.api.context import Context
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import Gpus
    from torchup.model import Machine


class Shared:
    """The places of one session, and its resolvers by the catalogue alone.

    Args:
        context: the session.
        catalogue: the facts.
        backend: names the backend whose default index counts where none is configured.
    """

    def __init__(self, context: Context, catalogue: Catalogue, backend: str) -> None:
        self.places = ConfiguredPlaces(context, catalogue.framework.index_base, backend)
        self._resolvers: dict[Hashable, Resolver] = {}

    def resolver(
        self, catalogue: Catalogue, gpus: Gpus | None, obtainable: tuple[str, ...] | None
    ) -> Resolver:
        """The resolver that asks no source."""
        key = (catalogue, gpus is None, obtainable)
        found = self._resolvers.get(key)
        if found is None:
            found = self._resolvers[key] = Resolver(
                catalogue,
                gpus=gpus,
                obtainable=obtainable,
                framework_url=self.places.framework_base,
            )
        return found


def shared_of(context: Context, catalogue: Catalogue, backend: str) -> Shared:
    """What the session has so far; begun anew where it was told of other places since."""
    key = (catalogue, backend, context.wheels, context.named_places)
    if context.shared is None or context.shared[0] != key:
        context.shared = key, Shared(context, catalogue, backend)
    return context.shared[1]


def cards_for(machine: Machine) -> Gpus | None:
    """The table of cards; None where no architecture of a machine's cards has to be looked up."""
    told = all(gpu.arch and (gpu.vendor or gpu.pci_id) for gpu in machine.gpus or ())
    return None if told else load_gpus()
