"""Machines to walk on: a home each, one index laid out as PyPI's and PyTorch's are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.fixtures import own, sources_of, torchup, wheels
from cli.process import Torchup
from indexserver import IndexServer
from stubs.cards import plug_in
from walks.shelves import fill
from walks.simulated import Simulated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stubs.cards import Card

__all__ = ["bare", "captured", "machine", "own", "shelves", "shop", "torchup", "wheels"]


@pytest.fixture(scope="session")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheels that the tutorials ask for."""
    root = tmp_path_factory.mktemp("shelves")
    fill(root)
    return root


@pytest.fixture(scope="session")
def shop(shelves: Path) -> Iterator[IndexServer]:
    """A place that has them."""
    with IndexServer(shelves, projects=True).start() as server:
        yield server


@pytest.fixture
def bare(tmp_path: Path, shop: IndexServer) -> Torchup:
    """A machine without a card."""
    return Torchup(tmp_path, **sources_of(shop))


@pytest.fixture
def machine(bare: Torchup) -> Callable[[Card, str, str], Torchup]:
    """Puts a card and a driver into the machine; a second time, another driver."""

    def with_card(card: Card, driver: str, cuda: str) -> Torchup:
        bare.env |= plug_in(bare.root, card, driver, cuda)
        return bare

    return with_card


@pytest.fixture
def captured(tmp_path: Path, shop: IndexServer) -> Callable[[str], Torchup]:
    """A machine whose hardware is that of a capture, by its name."""
    return lambda name: Simulated(tmp_path, name, **sources_of(shop))
