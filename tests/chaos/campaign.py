"""Runs of the campaign, each drawn from its number alone, so that each can be run again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from chaos.faults import FAULTS, HUNG, KILLED, Ended
from chaos.world import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chaos.world import World

_STATUSES = frozenset({0, 1, 2, 3, 130, KILLED, -2, -15})


class Run(NamedTuple):
    """One fault: what was asked for, what went wrong, what did not hold."""

    number: int
    command: str
    kind: str
    fault: str
    code: int
    problems: tuple[str, ...]


def one(world: World, number: int) -> Run:
    """Draw a command and a fault, let them meet, and look."""
    chance = random.Random(number)
    argv = chance.choice(COMMANDS)
    kind = chance.choices(list(FAULTS), [often for often, _ in FAULTS.values()])[0]
    world.begin()
    before = world.contents()
    ended = FAULTS[kind][1](world, argv, chance, kind)
    problems = (*_explained(ended), *world.problems(argv, before))
    return Run(number, " ".join(argv), kind, ended.fault, ended.code, problems)


def _explained(ended: Ended) -> Iterator[str]:
    """A failure has a status that is documented, a sentence, and no traceback."""
    said = ended.out + ended.err
    if "Traceback" in said or "cli.bug" in said:
        yield f"a traceback: {said[-1500:]}"
    elif "torchup's own mistake" in said:
        yield f"its own mistake: {said[-1500:]}"
    if ended.code == HUNG:
        yield "it did not end"
    elif ended.code not in _STATUSES:
        yield f"status {ended.code}: {said[-600:]}"
    if ended.code in {1, 2, 3} and not said.strip():
        yield f"status {ended.code} and not a word"
