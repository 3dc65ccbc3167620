"""Showing how far long work is: bars on a terminal, lines elsewhere, JSON lines on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO

from torchup.cli.screen import Screen
from torchup.report import Silent

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.model import Check, Text
    from torchup.report import Reporter
    from torchup.words import Words


def make_reporter(mode: str, words: Words, stream: TextIO, host: Host, *, quiet: bool) -> Reporter:
    """Make the reporter for ``--progress``; ``auto`` looks at the terminal."""
    if mode == "json":
        return JsonLines(stream)
    if mode == "none" or (mode == "auto" and quiet):
        return Silent()
    if mode == "auto" and stream.isatty() and host.env("TERM") != "dumb":
        return Bars(words)
    return Lines(Screen(stream, host), words)


class Lines:
    """A line for each package; nothing is redrawn."""

    def __init__(self, screen: Screen, words: Words) -> None:
        self._screen = screen
        self._words = words
        self._seen: set[str] = set()

    def note(self, label: Text, line: Text) -> None:
        """Say one thing."""
        self._screen.row(self._words.text(label), self._words.text(line))

    def progress(self, label: Text, line: Text, done: int, total: int) -> None:
        """Say a package's name when it begins; how far it is would be a line too many."""
        _ = done, total
        said = self._words.text(line)
        if said and said not in self._seen:
            self._seen.add(said)
            self._screen.row(self._words.text(label), said, "quiet")

    def step(self, step: str) -> None:
        """Say nothing: the screen has a heading for each step anyway."""

    def check(self, check: Check) -> None:
        """Say nothing: checks are printed as they end."""


class JsonLines:
    """One JSON object a line, for programs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def note(self, label: Text, line: Text) -> None:
        """Write a note."""
        self._write({"event": "note", "label": label.code, "code": line.code, "args": line.args})

    def progress(self, label: Text, line: Text, done: int, total: int) -> None:
        """Write how far a step is, in bytes."""
        where = {"event": "progress", "label": label.code, "code": line.code, "args": line.args}
        self._write({**where, "done": done, "total": total})

    def step(self, step: str) -> None:
        """Write which step begins."""
        self._write({"event": "step", "step": step})

    def check(self, check: Check) -> None:
        """Write how a check ended."""
        from msgspec.structs import asdict

        self._write({"event": "check", **asdict(check)})

    def _write(self, event: dict[str, Any]) -> None:
        from msgspec import json

        self._stream.write(json.encode(event).decode() + "\n")
        self._stream.flush()


class Bars:
    """A bar that is redrawn on a terminal, and gone when the work is done."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._bar: Any = None
        self._task: Any = None

    def note(self, label: Text, line: Text) -> None:
        """Say one thing above the bar."""
        self._start().console.print(f"{self._words.text(label)}  {self._words.text(line)}")

    def progress(self, label: Text, line: Text, done: int, total: int) -> None:
        """Redraw the bar."""
        bar = self._start()
        bar.update(
            self._task,
            description=self._words.text(label),
            package=self._words.text(line),
            completed=done,
            total=total or None,
        )

    def step(self, step: str) -> None:
        """Take the bar of the step before away: what is printed now would stand behind it."""
        _ = step
        self.close()

    def check(self, check: Check) -> None:
        """Say nothing: checks are printed as they end."""

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _start(self) -> Any:  # noqa: ANN401 - rich is loaded late, its types with it
        if self._bar is None:
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                DownloadColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
                TransferSpeedColumn,
            )

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                DownloadColumn(),
                TransferSpeedColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[package]}"),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("", package="", total=None)
            self._bar.start()
        return self._bar
