"""Loads the catalogue from its generated form beside the TOML."""

from __future__ import annotations

import os
from functools import cache
from typing import Final

from msgspec.json import decode

from torchup.facts.catalogue import Catalogue
from torchup.facts.gpus import Gpus

DATA: Final = os.path.join(os.path.dirname(__file__), "data")  # noqa: PTH118, PTH120 (start-up)
CATALOGUE_FILE: Final = "catalogue.json"
GPUS_FILE: Final = "gpus.json"


def _read(name: str) -> bytes:
    with open(os.path.join(DATA, name), "rb") as stream:  # noqa: PTH118, PTH123 (start-up)
        return stream.read()


@cache
def load_catalogue() -> Catalogue:
    """Load what is known about the framework's releases, drivers and Pythons."""
    return decode(_read(CATALOGUE_FILE), type=Catalogue)


@cache
def load_gpus() -> Gpus:
    """Load what is known about graphics cards."""
    return decode(_read(GPUS_FILE), type=Gpus)
