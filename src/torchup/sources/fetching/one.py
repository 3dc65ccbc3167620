"""Fetching one file: which place next, when again, and when to give up."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError
from torchup.sources.fetching.attempt import Attempt, failed
from torchup.sources.fetching.part import Part
from torchup.sources.fetching.wanted import Candidate, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torchup.host.real import RealHost
    from torchup.sources.fetching.wanted import Ended, WantedFile

TIMEOUT: Final = 30.0
"""Seconds without a byte after which a connection counts as broken."""
_MOST_FAILURES: Final = 5
"""Attempts in a row without a byte after which a place is given up."""
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 20.0
_PATIENCE: Final = 120.0
"""The longest wait that a busy server may ask for."""
_TELLING: Final = (
    "download.hash",
    "download.tls",
    "download.proxy-login",
    "download.login",
    "download.failed",
)
"""What a place may have done, the most telling first."""
_COUNTS: Final = 32 * 2**10
"""Bytes that make an attempt a success though it broke: fewer come by accident."""


class Waiting:
    """Time, as far as it plays a part: tests have their own."""

    def now(self) -> float:
        """Return seconds from some beginning."""
        return monotonic()

    def pause(self, seconds: float, stopped: Callable[[], bool]) -> None:
        """Wait, but no longer than anything is wanted."""
        from time import sleep

        until = self.now() + seconds
        while not stopped() and (left := until - self.now()) > 0:
            sleep(min(left, 0.2))


class One:
    """One file on its way.

    Args:
        host: the door to the network.
        wanted: the file.
        folder: where files are kept.
        on_bytes: told how many bytes came; a negative number takes some back.
        stopped: tells that nothing more is wanted.
        waiting: time.
        timeout: seconds without a byte after which a connection counts as broken; each failure
            in a row adds as many.
    """

    def __init__(
        self,
        host: RealHost,
        wanted: WantedFile,
        folder: Path,
        *,
        on_bytes: Callable[[int], None],
        stopped: Callable[[], bool],
        waiting: Waiting | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._host = host
        self._wanted = wanted
        self._folder = folder
        self._tell = on_bytes
        self._stopped = stopped
        self._waiting = waiting or Waiting()
        self._timeout = timeout
        self._candidates = [Candidate(url) for url in dict.fromkeys(wanted.urls)]
        self._part = Part(folder, wanted.key)
        #: Only one place at a time: what two sent together was wrong, and nobody knows whose.
        self._alone = not wanted.sha256

    @property
    def place(self) -> Path:
        """Where the file lies once it is whole and verified."""
        return self._folder / self._wanted.key / self._wanted.name

    def fetch(self) -> Path:
        """Fetch it, and return where it lies.

        Raises:
            OutsideError: ``download.failed``, ``download.hash``, ``download.tls``,
                ``download.login``, ``download.proxy-login``; ``download.stopped``.
            OSError: the disk refuses.
        """
        self._tell(self._part.size)
        while not self._stopped():
            one = self._next()
            if one is None:
                raise self._failed()
            self._wait_for(one)
            if self._stopped():
                break
            ended = self._attempt(one)
            if ended.kind != "whole":
                self._note(one, ended)
            elif self._verified(one):
                self._part.finish(self.place)
                return self.place
        raise OutsideError("download.stopped", file=self._wanted.name)

    def _attempt(self, one: Candidate) -> Ended:
        part = self._part
        if part.size and self._must_start_over(one):
            self._start_over()
        attempt = Attempt(
            self._host,
            self._wanted,
            part,
            # A mirror may fetch a large file from its own source before it sends a byte.
            timeout=self._timeout * (1 + one.failures),
            stopped=self._stopped,
            on_bytes=self._tell,
            impatient=sum(not other.dead for other in self._candidates) > 1,
        )
        return attempt.at(one.url)

    def _must_start_over(self, one: Candidate) -> bool:
        """Tell whether what is here is of no use for going on at a place."""
        if self._alone and self._part.sources - {one.place}:
            return True
        unsure = not self._wanted.sha256 and not self._part.validator
        return unsure or not one.ranges

    def _next(self) -> Candidate | None:
        """The best place that may be asked now, else the one that may be asked soonest."""
        alive = [one for one in self._candidates if one.dead is None]
        if self._part.size:
            alive = [one for one in alive if one.ranges] or alive
        if not alive:
            return None
        if self._alone and self._part.size:
            owner = [one for one in alive if one.place in self._part.sources]
            alive = owner or alive
        now = self._waiting.now()
        ready = [one for one in alive if one.not_before <= now]
        return ready[0] if ready else min(alive, key=lambda one: one.not_before)

    def _wait_for(self, one: Candidate) -> None:
        left = one.not_before - self._waiting.now()
        if left > 0:
            self._waiting.pause(left, self._stopped)

    def _note(self, one: Candidate, ended: Ended) -> None:
        one.last = ended.why
        if ended.kind in {"gone", "odd"}:
            one.dead = ended.why
            return
        if ended.kind == "no-ranges":
            one.ranges = False
            return
        one.failures = 0 if one.ranges and ended.came >= _COUNTS else one.failures + 1
        if one.failures >= _MOST_FAILURES or ended.after > _PATIENCE:
            one.dead = ended.why
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** max(0, one.failures - 1))
        one.not_before = self._waiting.now() + max(pause, ended.after)

    def _verified(self, one: Candidate) -> bool:
        """See that what came is what was wanted; begin again elsewhere where it is not."""
        if not self._wanted.sha256 or self._part.hexdigest() == self._wanted.sha256:
            return True
        sources = self._part.sources
        self._start_over()
        if len(sources) > 1:
            self._alone = True
            return False
        culprit = next((c for c in self._candidates if c.place in sources), one)
        culprit.dead = failed(shown(culprit.url), "@download.why-hash", "download.hash")
        return False

    def _start_over(self) -> None:
        self._tell(-self._part.size)
        self._part.clear()

    def _failed(self) -> OutsideError:
        """Word the failure by what tells most."""
        said = [why for one in self._candidates if (why := one.dead or one.last) is not None]
        first = min(said, key=lambda why: _TELLING.index(why.code))
        return OutsideError(first.code, file=self._wanted.name, count=len(said), **first.args)
