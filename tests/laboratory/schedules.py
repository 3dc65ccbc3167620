"""Random schedules of faults, and fetching under them."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING

from laboratory.mirror import (
    Cut,
    Fault,
    Hang,
    Length,
    Mirror,
    Packed,
    Page,
    Round,
    Shifted,
    Spoilt,
    Status,
    Whole,
)
from torchup.errors import OutsideError
from torchup.host.real import RealHost
from torchup.sources.fetching import Fetching, WantedFile
from torchup.sources.fetching.one import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZE = 120_000
_HOST = RealHost()


class NoWaiting(Waiting):
    """Time that passes only where somebody waits for it."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def pause(self, seconds: float, stopped: Callable[[], bool]) -> None:
        del stopped
        self.time += seconds


@dataclass
class Outcome:
    """What came of one schedule."""

    fetched: bool
    error: str
    good: bool
    asked_again: int
    left: list[str]


def faults_of(random: Random, *, deadly: bool) -> list[Fault]:
    """Draw what goes wrong at one place; ``deadly``: also what makes it useless for good."""
    passing: list[Fault] = [
        Cut(random.randrange(SIZE)),
        Cut(0),
        Status(503, "1"),
        Status(429, "2"),
        Status(500),
        Status(502),
        Hang(0.3, random.randrange(SIZE)),
    ]
    lasting: list[Fault] = [
        Status(404),
        Status(403),
        Spoilt(),
        Length(random.choice((-7, 7))),
        Page(),
        Packed(),
        Round(),
        Whole(),
        Shifted(),
    ]
    weights = [60, 20, 30, 20, 20, 10, 3]
    drawn: list[Fault] = []
    for _ in range(random.randrange(5)):
        if deadly and random.random() < 0.4:
            drawn.append(random.choice(lasting))
        else:
            drawn += random.choices(passing, weights)
    return drawn


def run_schedule(seed: int, folder: Path) -> Outcome:
    """Fetch a file from up to three places; the last one has no fault that lasts."""
    random = Random(seed)
    data = random.randbytes(SIZE)
    hashed = sha256(data).hexdigest()
    count = random.randint(1, 3)
    with ExitStack() as stack:
        places = [
            stack.enter_context(
                Mirror(
                    {"a.whl": data},
                    faults=faults_of(random, deadly=at < count - 1),
                    ranges=random.random() > 0.15,
                ).start()
            )
            for at in range(count)
        ]
        wanted = WantedFile(
            name="a.whl",
            urls=tuple(place.address("a.whl") for place in places),
            sha256=hashed,
            size=random.choice((SIZE, None)),
        )
        error, place = "", None
        try:
            found = _fetching(folder).fetch([wanted])
            place = found[hashed]
        except OutsideError as caught:
            error = caught.code
        asked = sum(len(one.asked) for one in places)
        good = place is not None and place.read_bytes() == data
        if place is not None:
            _fetching(folder).fetch([wanted])
        again = sum(len(one.asked) for one in places) - asked
        left = [
            one.name
            for one in folder.rglob("*.whl")
            if sha256(one.read_bytes()).hexdigest() != hashed
        ]
    return Outcome(place is not None, error, good, again, left)


def _fetching(folder: Path) -> Fetching:
    return Fetching(
        _HOST,
        folder,
        lambda _name, _done, _total: None,
        waiting=NoWaiting(),
        timeout=0.2,
    )
