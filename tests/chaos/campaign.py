"""Runs of the campaign, each drawn from its number alone, so that each can be run again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final, NamedTuple

from chaos.commands import COMMANDS, OFTEN
from chaos.faults import playable
from chaos.starting import HUNG, KILLED, Ended

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chaos.world import World

_STATUSES: Final = frozenset({0, 1, 2, 3, 130})
_UNSAID: Final = 120
"""Python's status where its last words could not be written."""
_ENDED_BY: Final[dict[str, frozenset[int]]] = {
    "SIGINT": frozenset({-2}),
    "SIGTERM": frozenset({-15}),
    "SIGHUP": frozenset({-1}),
    "hang-up": frozenset({-1, _UNSAID}),
    "output": frozenset({_UNSAID}),
    **dict.fromkeys(("kill", "kill twice", "checkpoint", "SIGKILL"), frozenset({KILLED})),
}
"""Fault → the statuses that it may leave besides the documented ones."""
_WORDLESS: Final = frozenset({"output", "hang-up", "SIGKILL", "SIGINT", "SIGTERM", "SIGHUP"})


class Run(NamedTuple):
    """One fault: what was asked for, what went wrong, what did not hold."""

    number: int
    command: str
    name: str
    kind: str
    fault: str
    code: int
    problems: tuple[str, ...]


def one(world: World, number: int) -> Run:
    """Draw a command and a fault, let them meet, and look."""
    chance = random.Random(number)
    command = chance.choices(COMMANDS, OFTEN)[0]
    faults = playable(world.root.parent)
    kind = chance.choices(list(faults), [fault.often for fault in faults.values()])[0]
    world.begin()
    before = world.contents()
    ended = faults[kind].play(world, command, chance, kind)
    world.settle()
    problems = (*_explained(kind, ended), *world.problems((command, *world.also), before))
    return Run(
        number, " ".join(command.words), command.name, kind, ended.fault, ended.code, problems
    )


def _explained(kind: str, ended: Ended) -> Iterator[str]:
    """A failure has a status that is documented, a sentence, and no traceback."""
    said = ended.out + ended.err
    if "Traceback" in said or "cli.bug" in said:
        yield f"a traceback: {said[-3000:]}"
    elif "torchup's own mistake" in said:
        yield f"its own mistake: {said[-1500:]}"
    if ended.code == HUNG:
        yield "it did not end"
    elif ended.code not in _STATUSES | _ENDED_BY.get(kind, frozenset()):
        yield f"status {ended.code}: {said[-600:]}"
    if ended.code in {1, 2, 3} and kind not in _WORDLESS and not said.strip():
        yield f"status {ended.code} and not a word"
