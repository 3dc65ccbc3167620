"""Which cards a stack is kept with, and what a verification is told of them."""

from __future__ import annotations

from torchup.api.stacks.served import with_cards
from torchup.api.verifying import expected_of
from torchup.model import Gpu, Machine, Os, Requirement, Resolution, Stack

STACK = Stack(
    python="3.12",
    packages={"torch": "2.9.1", "jax": "0.8.2"},
    build="cu126",
    runtime="12.6",
    device="cuda",
)


def machine(*archs: str | None) -> Machine:
    gpus = tuple(Gpu(vendor="nvidia", name=f"card {arch}", arch=arch) for arch in archs)
    return Machine(os=Os(system="linux"), arch="x86_64", gpus=gpus)


def test_only_the_cards_that_it_is_for_are_kept() -> None:
    answer = Resolution(outcome="ok", requirement=Requirement(), stack=STACK, serves=(1, 2))
    kept = with_cards(STACK, answer, machine("sm_35", "sm_61", "sm_86"))
    assert kept.cards == {"torch": ("sm_61", "sm_86")}
    assert [one.cards for one in expected_of(kept)] == [("sm_61", "sm_86"), ()]


def test_what_nobody_knows_is_not_kept() -> None:
    answer = Resolution(outcome="ok", requirement=Requirement(), stack=STACK, serves=(0, 7))
    assert with_cards(STACK, answer, machine(None)).cards == {}
