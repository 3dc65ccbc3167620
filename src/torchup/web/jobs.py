"""What was started on the page: each job is a torchup of its own, which cleans up after itself.

A job belongs to the server, not to the page that started it: pages come and go, several may watch
one job, and several jobs may run at once (torchup's own locks keep two from one environment).
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from msgspec import json

from torchup.api import undoing
from torchup.apply.names import name_key
from torchup.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_NO, NoAnswerError, OutsideError
from torchup.host import process
from torchup.host.real import RealHost
from torchup.model import shown_url
from torchup.model.no_document import NO_DOCUMENT
from torchup.web.orders import MIRRORS, about, command_of, is_lasting, names_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.web.here import Here
    from torchup.web.orders import Order
    from torchup.wire.web import JobState

MOST_AT_ONCE: Final = 4
"""Jobs that may run at one time; more would only wait for the same disk."""
_KEPT: Final = 50
"""Ended jobs that are remembered."""
_LINES: Final = 2_000
"""Lines of one job that are remembered."""
_ENDS: Final[dict[int, JobState]] = {
    EXIT_DONE: "done", EXIT_NO: "no", EXIT_INTERRUPTED: "stopped",
}  # fmt: skip

Told = dict[str, Any]
"""One line of ``--progress json``."""


class Job:
    """One command that runs, or ran.

    Attributes:
        told: what it told, but for how far downloads are: of that only the last is kept.
        progress: how far the download is; None before and after.
        changes: counts up with everything that is told.
        result: the document that it ended with.
        undoable: the changes that it made, as ``undo`` calls them, the newest first.
    """

    def __init__(self, order: Order, here: Here, language: str) -> None:
        self.id = secrets.token_hex(8)
        self.order = order
        self.line = shown_url(here.context().pasteable("torchup", *words_of(order)))
        self.state: JobState = "running"
        self.started = here.host.now().isoformat(timespec="seconds")
        self.ended: str | None = None
        self.told: list[Told] = []
        self.progress: Told | None = None
        self.changes = 0
        self.result: dict[str, Any] | None = None
        self.undoable: tuple[str, ...] = ()
        self._command = command_of(order, here, language)
        self._here = here
        self._host = RealHost()
        self._host.on_start = self._started
        self._pid = 0
        self._stopping = False
        self._watchers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._thread = threading.Thread(target=self._run, name=f"job-{self.id}", daemon=True)

    @property
    def is_busy(self) -> bool:
        """Whether it runs, and will end by itself."""
        return self.state == "running" and not is_lasting(self.order)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the command to end; it takes back what is half-done, as at Ctrl-C."""
        self._stopping = True
        if self.state == "running" and self._pid:
            process.stop(self._host, [self._pid], force=False)

    def wait(self, seconds: float) -> None:
        """Wait for the end."""
        self._thread.join(seconds)

    @contextmanager
    def watched(self) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever something is told; in the loop that is running."""
        watcher = (asyncio.get_running_loop(), asyncio.Event())
        self._watchers.add(watcher)
        try:
            yield watcher[1]
        finally:
            self._watchers.discard(watcher)

    def _started(self, pid: int) -> None:
        self._pid = pid
        if self._stopping:
            process.stop(self._host, [pid], force=False)

    def _run(self) -> None:
        # In a folder of ours: ``python -m`` looks for modules where it is started.
        folder = self._here.home.root
        before = undoing.ids(self._here.home)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            done = self._host.stream(
                self._command,
                on_line=self._tell,
                env={"PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"},
                cwd=str(folder),
            )
            code, out = done.code, done.out
            if code != EXIT_DONE and not (out or self.told):
                self._tell(done.err)  # it could not even be started
        except OSError as error:
            code, out = -1, ""
            self._tell(str(error))
        self.result = _document(out)
        state = _ENDS.get(code, "failed")
        if self._stopping and code != EXIT_DONE:
            state = "stopped"
        self.ended = self._host.now().isoformat(timespec="seconds")
        self.progress = None
        self.undoable = self._made_since(before)
        self.state = state
        self._changed()

    def _made_since(self, before: frozenset[str]) -> tuple[str, ...]:
        """What this job changed; others may have run beside it, with other environments."""
        name, command = about(self.order)
        key = name_key(name)
        return tuple(
            one.id
            for one in undoing.newest_first(self._here.home)
            if one.id not in before
            and one.command == command
            and (not name or name_key(one.about) == key)
        )

    def _tell(self, line: str) -> None:
        told = _event(line) | {"at": self._host.now().isoformat(timespec="seconds")}
        if told.get("event") == "progress":
            self.progress = told
        elif line and len(self.told) < _LINES:
            if told.get("event") == "step":
                self.progress = None
            self.told.append(told)
        self._changed()

    def _changed(self) -> None:
        self.changes += 1
        for loop, event in tuple(self._watchers):
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)


def _event(line: str) -> Told:
    try:
        told = json.decode(line)
    except NO_DOCUMENT:
        told = None
    known = isinstance(told, dict) and isinstance(told.get("event"), str)
    return told if known else {"event": "line", "text": line}


def _document(out: str) -> dict[str, Any] | None:
    try:
        found = json.decode(out)
    except NO_DOCUMENT:
        return None
    return found if isinstance(found, dict) else None


class Jobs:
    """All jobs of this server."""

    def __init__(self, here: Here) -> None:
        self._here = here
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(self, order: Order, language: str) -> Job:
        """Start what is ordered.

        Raises:
            UsageError: a name or a requirement can't be taken.
            OutsideError: ``web.too-many-jobs``, or ``web.job-there``, ``web.mirrors-busy``: one is
                busy with it.
        """
        job = Job(order, self._here, language)
        with self._lock:
            running = [one for one in self._jobs.values() if one.is_busy]
            if job.is_busy and len(running) >= MOST_AT_ONCE:
                raise OutsideError("web.too-many-jobs", count=MOST_AT_ONCE)
            busy = {name_key(name) for one in running for name in names_of(one.order)}
            for name in names_of(order):
                if name_key(name) in busy:
                    code = "web.job-there" if name else "web.job-alone"
                    raise OutsideError("web.mirrors-busy" if name == MIRRORS else code, name=name)
            ended = [one for one in self._jobs.values() if one.state != "running"]
            for one in ended[: max(0, len(ended) - _KEPT + 1)]:
                del self._jobs[one.id]
            self._jobs[job.id] = job
            job.start()
        return job

    def all(self) -> tuple[Job, ...]:
        """Return the jobs, the newest first."""
        with self._lock:
            return tuple(reversed(self._jobs.values()))

    def find(self, job_id: str) -> Job:
        """Return one job.

        Raises:
            NoAnswerError: ``web.no-such-job``.
        """
        job = self._jobs.get(job_id)
        if job is None:
            raise NoAnswerError("web.no-such-job", id=job_id[:32])
        return job

    def close(self, *, patience_s: float = 10) -> None:
        """Stop what runs, and wait until it has taken back what is half-done."""
        running = [one for one in self.all() if one.state == "running"]
        for one in running:
            one.stop()
        for one in running:
            one.wait(patience_s)
