"""Loads the catalogue and the cards from their generated form."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec.json import decode

from torchup.facts.catalogue import Catalogue
from torchup.facts.current import CATALOGUE_FILE, DATA, GPUS_FILE, InForce, in_force
from torchup.facts.frameworks import DEFAULT, meant, named_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torchup.facts.gpus import Gpus

__all__ = [
    "CATALOGUE_FILE",
    "DATA",
    "GPUS_FILE",
    "catalogue_file",
    "load_catalogue",
    "load_gpus",
    "titles",
]


def catalogue_file(framework: str) -> str:
    """Name the generated file of a framework's catalogue, below the data folder."""
    return CATALOGUE_FILE if framework == DEFAULT else f"{framework}/{CATALOGUE_FILE}"


def load_catalogue(framework: str = "") -> Catalogue:
    """Load what is known about a framework's releases, drivers and Pythons.

    Args:
        framework: its name; empty for the one that is meant.

    Raises:
        UsageError: a site's own facts are missing, or don't fit.
    """
    return _catalogue(in_force(), framework or meant())


def other_names(packages: Iterable[str], distributions: Mapping[str, str]) -> tuple[str, ...]:
    """Name the packages of other builds of the frameworks that are there, which they overwrite.

    Args:
        packages: what is there.
        distributions: frameworks that are there as a package of another name.
    """
    known = [load_catalogue(one).framework for one in named_in(packages)]
    names = ((one.name, name) for one in known for name in (one.name, *one.packages))
    return tuple(name for own, name in names if name != distributions.get(own, own))


def titles(packages: Iterable[str]) -> str:
    """Name the frameworks among packages as people write them: ``PyTorch, JAX``.

    The one that is meant where there is none among them.
    """
    named = named_in(packages) or (meant(),)
    return ", ".join(load_catalogue(one).framework.title for one in named)


def load_gpus() -> Gpus:
    """Load what is known about graphics cards.

    Raises:
        UsageError: a site's own facts are missing, or don't fit.
    """
    return _gpus(in_force())


@cache
def _catalogue(facts: InForce, framework: str) -> Catalogue:
    return decode(facts.read(catalogue_file(framework)), type=Catalogue)


@cache
def _gpus(facts: InForce) -> Gpus:
    from torchup.facts.gpus import Gpus

    return decode(facts.read(GPUS_FILE), type=Gpus)
