"""Starting workers, watching them, and going on where one of them died.

The worker computes; this process imports nothing of the framework's, so whatever happens in
native code (a crash, a hang, the end for want of memory) happens to the worker alone. It fails the
check that was running, and a new worker goes on with the next one.

Long: one loop over a child, whose states belong together.
"""

# Pathlib is slow to import.

import argparse
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

from . import codes, held
from .lines import Channel
from .options import companions_of, worker_arguments

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable

HEARTBEAT_S = 0.5
# After so many dead workers the rest of a lane is left: something is wrong with all of it. One
# that ended by itself, since a card's error stays with the process, counts as a quarter.
WORKERS = 4
QUARTER = 0.25
NOISE_LINES = 40
QUEUED = 1000
STUCK_S = 10.0


class Worker:
    """One process that computes: its lines, and the last of what else it printed."""

    def __init__(
        self, options: argparse.Namespace, todo: "list[str]", *, no_device: bool, first: str
    ) -> None:
        main = os.path.join(os.path.dirname(os.path.abspath(__file__)), "main.py")
        flags = ["-I", "-B"] if sys.dont_write_bytecode else ["-I"]
        argv = [sys.executable] + flags + [main] + worker_arguments(options)
        argv += ["--do=" + ",".join(todo)] + (["--no-device"] if no_device else [])
        argv += ["--first=" + first] if first else []
        # One that floods its output is held up by it.
        self.lines: queue.Queue[bytes | None] = queue.Queue(QUEUED)
        self.noise: list[str] = []
        self.process = subprocess.Popen(
            held.command(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=held.POSSIBLE,
        )
        for work in (self._read, self._hear):
            thread = threading.Thread(target=work)
            thread.daemon = True
            thread.start()
            self._last = thread

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.put(line)
        self.lines.put(None)

    def _hear(self) -> None:
        for line in self.process.stderr or ():
            said = line.decode("utf-8", "replace").strip()
            if said:
                self.noise.append(said)
                del self.noise[:-NOISE_LINES]

    def end(self, *, patience: float) -> int:
        """End it and what it started; return its exit status.

        Args:
            patience: seconds for it to end by itself.
        """
        self._wait(patience)
        if held.POSSIBLE:
            with suppress(OSError):  # nobody is left
                os.killpg(self.process.pid, signal.SIGKILL)  # it leads its own group
        if self.process.poll() is None:
            self.process.kill()
        self._last.join(1)  # a grandchild may hold the pipe open
        # What a driver holds in the kernel can't be ended by anybody: it is left.
        status = self._wait(STUCK_S)
        return -9 if status is None else status

    def _wait(self, seconds: float) -> "int | None":
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


class Lane:
    """Checks that run one after another, in as many workers as it takes."""

    def __init__(
        self, options: argparse.Namespace, todo: "tuple[str, ...]", tell: "Callable[..., None]"
    ) -> None:
        self.options = options
        self.todo = list(todo)
        self.tell = tell
        self.packages: dict[str, str] = {}
        self.no_device = bool(options.no_device)
        self.devices: list[str] = []
        self.imported = True
        self._limits = {}
        for pair in options.limit:
            code, _, seconds = pair.partition("=")
            self._limits[code] = float(seconds)
        self._running = ""
        self._since = 0.0

    def run(self) -> None:
        """Run every check."""
        dead = 0.0
        while self.todo and self.imported and dead < WORKERS:
            dead += QUARTER if self._run_worker() else 1
        reason = "not-reached" if self.imported else "no-import"
        for code in self.todo:
            self.tell(code=code, status="skip", detail=reason, took_s=0.0)

    def _limit(self) -> float:
        code = self._running or "start"
        base = codes.base_of(code)
        return self._limits.get(base, self._limits.get("*", codes.limit_of(base)))

    def _run_worker(self) -> bool:
        """Run one worker; tell whether it came to its own end."""
        first = (self.devices or [""])[0]  # a later worker does not look for it again
        first = "" if first.endswith(":0") else first
        worker = Worker(self.options, self.todo, no_device=self.no_device, first=first)
        self._running, self._since = "", time.monotonic()
        late = ended = gone = False
        try:
            while not (late or ended):
                try:
                    raw = worker.lines.get(timeout=HEARTBEAT_S)
                except queue.Empty:
                    if gone:  # its output is read; something that it started holds the pipe open
                        break
                    gone, raw = worker.process.poll() is not None, b""
                if raw is None:
                    break
                ended = self._take(raw)
                # Looked at in between, too: whatever was printed is no sign of progress.
                late = not ended and time.monotonic() - self._since > self._limit()
        finally:
            status = worker.end(patience=0.0 if late or ended else HEARTBEAT_S)
        if not ended:
            self._died(worker, status, late=late)
        return ended

    def _take(self, raw: bytes) -> bool:
        """Pass a line on; tell whether it was the worker's last."""
        try:
            line = json.loads(raw.decode("ascii"))
        except ValueError:  # UnicodeDecodeError is one
            return False
        if "start" in line:
            self._running, self._since = line["start"], time.monotonic()
        elif "code" in line:
            self._note(line)
        self.packages.update(line.pop("packages", {}))
        ended = bool(line.pop("end", False))
        if line:
            self.tell(**line)
        return ended

    def _note(self, line: "dict[str, object]") -> None:
        code = str(line["code"])
        if code in self.todo:
            self.todo.remove(code)
        self._running, self._since = "", time.monotonic()
        if code == "device":
            self.no_device = line.get("status") != "pass"
        devices = line.get("devices")
        if isinstance(devices, list):
            self.devices = devices
            new = codes.on_devices(tuple(self.todo), devices)[len(self.todo) :]
            self.todo += new

    def _died(self, worker: Worker, status: int, *, late: bool) -> None:
        code = self._running or "start"
        took = round(time.monotonic() - self._since, 4)
        # Below its own line, Python's report of a crash goes on with where it was.
        fatal = [line for line in worker.noise if line.startswith("Fatal Python error")]
        last = (fatal or worker.noise or [""])[-1]
        self.tell(died=code, exit=status, timeout=late, last=last, took_s=took)
        if code in self.todo:
            self.todo.remove(code)
        if code in ("import", "start"):
            self.imported = False


class Supervisor:
    """Both lanes, and what is measured after them."""

    def __init__(self, options: argparse.Namespace, channel: Channel) -> None:
        self._options = options
        self._channel = channel

    def run(self) -> None:
        """Run everything and write the last line."""
        beat = threading.Thread(target=self._beat)
        beat.daemon = True
        beat.start()
        main = Lane(self._options, self._chosen(self._planned()), self._channel.write)
        held: list[dict[str, object]] = []
        beside = Lane(self._options, self._beside(), lambda **line: held.append(line))
        thread = threading.Thread(target=beside.run)
        thread.daemon = True
        thread.start()
        main.run()
        thread.join()
        for line in held:
            self._channel.write(**line)
        packages = dict(beside.packages, **main.packages)
        measured = codes.own_of(self._options.framework).BENCH
        if self._options.bench and main.imported and measured:
            todo = codes.on_devices(self._chosen(measured), main.devices)
            bench = Lane(self._options, todo, self._channel.write)
            bench.no_device, bench.devices = main.no_device, main.devices
            bench.run()
        python = ".".join(map(str, sys.version_info[:3]))
        self._channel.write(end=True, packages=packages, python=python)

    def _planned(self) -> "tuple[str, ...]":
        options = self._options
        return codes.main_lane(options.level, tuple(companions_of(options)), options.framework)

    def _beside(self) -> "tuple[str, ...]":
        wanted = () if self._options.level == "quick" else (codes.COMPILE,)
        return self._chosen(wanted)

    def _chosen(self, planned: "tuple[str, ...]") -> "tuple[str, ...]":
        only, skip = self._options.only, self._options.skip
        return tuple(c for c in planned if (not only or c in only) and c not in skip)

    def _beat(self) -> None:
        """Show that the process lives, so that who listens can stop it between two lines."""
        while True:
            time.sleep(HEARTBEAT_S)
            self._channel.write(alive=True)


def main(options: argparse.Namespace) -> None:
    """Run the checks that the command line names; never returns."""
    channel = Channel(options.channel)
    Supervisor(options, channel).run()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
