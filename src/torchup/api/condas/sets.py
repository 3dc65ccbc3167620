"""What conda's channels have, for a choice among sets of several frameworks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.condas.builds import CondaChooser
from torchup.facts.frameworks import first_of, meaning

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.api.stacks.several import Cataloguing
    from torchup.facts.catalogue import Catalogue
    from torchup.model import Listing, Machine, Requirement


def cataloguing(context: Context, machine: Machine) -> Cataloguing:
    """Return what gives the builds of one framework among several.

    Args:
        context: the session.
        machine: the machine that is chosen for.
    """

    def catalogue_of(asked: Requirement, listings: tuple[Listing, ...]) -> Catalogue:
        with meaning(first_of(asked.packages)):
            return CondaChooser(context, machine, asked).there(listings)

    return catalogue_of
