"""Questions that are asked side by side."""

from __future__ import annotations

from torchup.facts.frameworks import meaning, meant
from torchup.host.together import together


def test_every_thread_means_what_the_asker_means() -> None:
    with meaning("jax"):
        assert together([meant] * 8, at_once=4) == ["jax"] * 8
