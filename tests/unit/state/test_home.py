"""Paths in a home, as text and as paths."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from torchup.state.home import Home

PARTS = st.sampled_from(["a", "envs", ".", "..", "", ".local", "a b", "二", "x."])


@given(parts=st.lists(PARTS, min_size=1), slash=st.sampled_from(["", "/", "//", "/."]))
def test_a_path_is_spelled_alike_as_text(parts: list[str], slash: str) -> None:
    home = Home(f"/{'/'.join(parts)}{slash}")
    for names in (("envs",), ("cache", "work")):
        assert home.below(*names) == str(home.root.joinpath(*names))
