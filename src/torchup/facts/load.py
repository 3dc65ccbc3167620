"""Loads the catalogue and the cards from their generated form."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec.json import decode

from torchup.facts.catalogue import Catalogue
from torchup.facts.current import CATALOGUE_FILE, DATA, GPUS_FILE, InForce, in_force

if TYPE_CHECKING:
    from torchup.facts.gpus import Gpus

__all__ = ["CATALOGUE_FILE", "DATA", "GPUS_FILE", "load_catalogue", "load_gpus"]


def load_catalogue() -> Catalogue:
    """Load what is known about the framework's releases, drivers and Pythons.

    Raises:
        UsageError: a site's own facts are missing, or don't fit.
    """
    return _catalogue(in_force())


def load_gpus() -> Gpus:
    """Load what is known about graphics cards.

    Raises:
        UsageError: a site's own facts are missing, or don't fit.
    """
    return _gpus(in_force())


@cache
def _catalogue(facts: InForce) -> Catalogue:
    return decode(facts.read(CATALOGUE_FILE), type=Catalogue)


@cache
def _gpus(facts: InForce) -> Gpus:
    from torchup.facts.gpus import Gpus

    return decode(facts.read(GPUS_FILE), type=Gpus)
