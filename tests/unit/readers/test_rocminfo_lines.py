"""What a filter leaves of ``rocminfo``."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from spoiledtexts import spoiled
from torchup.readers import READERS, detect

AGENTS = """  Name:                    AMD Ryzen 9 5900X 12-Core Processor
  Marketing Name:          AMD Ryzen 9 5900X 12-Core Processor
  Name:                    gfx1031
  Marketing Name:          AMD Radeon RX 6700 XT
      Name:                    amdgcn-amd-amdhsa--gfx1031
"""
GREPPED = """$ rocminfo | grep gfx
  Name:                    gfx90a
      Name:                    amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-
  Name:                    gfx90a
"""
NAMES = """  Marketing Name:          AMD Ryzen 7 PRO 4750U with Radeon Graphics
  Marketing Name:          AMD Instinct MI250X
"""


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        (AGENTS, [("AMD Radeon RX 6700 XT", "gfx1031")]),
        (
            GREPPED,
            [(None, "gfx90a"), (None, "gfx90a")],
        ),
        ("    Name:      amdgcn-amd-amdhsa--gfx1100\n", [(None, "gfx1100")]),
        (
            NAMES,
            [("AMD Instinct MI250X", None)],
        ),
        ("$ rocm_agent_enumerator\ngfx000\ngfx1030\n", [(None, "gfx1030")]),
    ],
)
def test_cards(text: str, cards: list[tuple[str | None, str | None]]) -> None:
    assert detect(text) == "rocminfo"
    found = READERS["rocminfo"].read(text)
    assert [(gpu.name, gpu.arch) for gpu in found.gpus or ()] == cards


def test_another_programs_lines_are_not_rocminfos() -> None:
    text = "Number of platforms: 1\n  Board name:  AMD Radeon RX 6800\n  Name:    gfx1030\n"
    assert not READERS["rocminfo"].matches(text)


@pytest.mark.parametrize("kind", ["rocminfo"])
@settings(max_examples=200)
@given(text=spoiled(AGENTS, GREPPED, NAMES))
def test_a_spoiled_text_is_read_without_raising(kind: str, text: str) -> None:
    READERS[kind].matches(text)
    assert READERS[kind].read(text).kind == kind
