"""A world with packages that are compiled against the framework, and facts about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.fixtures import sources_of
from cli.process import Torchup
from cli.world import TAG
from sdistmaker import make_sdist
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from indexserver import IndexServer

FACTS = """
checked = 2026-11-30

[sources]
lab = "https://wiki.example.org/kernels"

[[packages]]
name = "tinykernel"
source = ["lab"]
pages = ["{url}/pages/torch-{{release}}+{{build}}/links.html"]
wheels = [
  ["1.0", "1.0", ["2.12"], ["cpu"], "", ["linux"]],
]
[packages.compiles]
memory_gib = 0.5
minutes = [1, 2]
needs = []
cpu = true
variables = {{ TOLD = "yes" }}
source = ["lab"]

[[packages]]
name = "onlywheels"
source = ["lab"]
pages = ["{url}/pages/torch-{{release}}+{{build}}/links.html"]
wheels = [
  ["1.0", "1.0", ["2.12"], ["cpu"], "", ["linux"]],
]
"""


@pytest.fixture
def server(own: IndexServer) -> IndexServer:
    """The world, with a place for compiled wheels of torch 2.12 and sources on the usual index."""
    place = own.root / "pages" / "torch-2.12.0+cpu"
    make_wheel(place, "tinykernel", "1.0+pt212cpu", tag=TAG, requires=["six"])
    make_wheel(place, "onlywheels", "1.0+pt212cpu", tag=TAG)
    make_sdist(own.root / "simple", "tinykernel", "1.0", requires=["six"])
    make_wheel(own.root / "simple", "tinykernel", "9.0")
    (own.root / "simple" / "tinykernel-9.0-py3-none-any.whl").rename(
        own.root / "simple" / "tinykernel-9.0-cp27-none-any.whl"
    )
    return own


@pytest.fixture
def kernels(server: IndexServer, tmp_path: Path) -> Torchup:
    """A torchup that knows of them."""
    facts = tmp_path / "facts" / "torch"
    facts.mkdir(parents=True)
    (facts / "wheels.toml").write_text(FACTS.format(url=server.url))
    overlay = {"TORCHUP_FACTS_OVERLAY": str(tmp_path / "facts")}
    return Torchup(tmp_path, **sources_of(server), **overlay)
