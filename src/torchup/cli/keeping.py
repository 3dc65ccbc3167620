"""Keeping what a command says, with all that it was read from, for :mod:`torchup.cli.again`."""

# Loading pathlib would take longer than all that is done here.
# ruff: noqa: PTH108, PTH112, PTH118

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO, cast

from torchup.cli.again import FOLDER, PLANS, SCREENS, asked, speaker
from torchup.host.watching import WatchingHost
from torchup.state.config import config_path
from torchup.state.folders import home_place
from torchup.words import catalogue_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from torchup.state.home import Home
    from torchup.words import Words


_MOST = 100
_MOST_TEXT = 1 << 20
"""Letters; thousands of machines are no answer that is asked for again in a hurry."""


class Overheard:
    """A stream whose text is also kept."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.said: list[str] = []
        self._length = 0

    def write(self, text: str) -> int:
        """Write; what has become too long to be kept is not remembered further."""
        if self._length <= _MOST_TEXT:
            self.said.append(text)
            self._length += len(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever a stream has
        return getattr(self._stream, name)


class Keeping:
    """What one run says, and the host that notes what it looks at.

    Args:
        argv: the command line.
        place: the file below :data:`~torchup.cli.again.FOLDER`.
    """

    def __init__(self, argv: Sequence[str], place: str) -> None:
        self.host = WatchingHost()
        self._argv, self._place = argv, place
        self._streams = sys.stdout, sys.stderr
        self._out, self._err = Overheard(sys.stdout), Overheard(sys.stderr)
        sys.stdout, sys.stderr = cast("TextIO", self._out), cast("TextIO", self._err)

    def end(self) -> None:
        """Give the streams back."""
        sys.stdout, sys.stderr = self._streams

    @property
    def wanted(self) -> bool:
        """Tell whether there is anything to keep so far; naming what was looked at takes time."""
        return self.host.settled and not self._err.said

    def keep(
        self, home: Home, words: Words, looked_at: Iterable[Path | str], *, code: int = 0
    ) -> None:
        """Keep what was said, where the same will be said until something of it changes.

        Args:
            home: the home that it is about; one that only the settings name is not found early
                enough.
            words: the language that it was said in.
            looked_at: the files that were looked at without asking the host.
            code: the exit status.
        """
        self._out.flush()
        host = self.host
        if home_place(host) != home.place or not os.path.isdir(home.place):
            return  # a machine that has no home yet gets none for this
        for path in (config_path(host), *_program(words), *looked_at):
            host.watch(str(path))
        said = "".join(self._out.said)
        if not self.wanted or len(said) > _MOST_TEXT:
            return
        if any(map(_may_hold_a_login, (*self._argv, *filter(None, host.variables.values())))):
            return  # which belongs in no file
        from msgspec import json

        from torchup.state.files import write_atomic

        folder = os.path.join(home.place, FOLDER)
        kept = {
            "asked": asked(self._argv),
            "code": code,
            "speaker": speaker(self._streams[0]),
            **host.notes(),
            "text": said,
        }
        # A read-only home costs the next run some time, and so do names that aren't text.
        with suppress(OSError, UnicodeEncodeError):
            write_atomic(os.path.join(folder, self._place), json.encode(kept), mode=0o600)
            for one in (PLANS, SCREENS):
                _forget_the_oldest(os.path.join(folder, one))


def _may_hold_a_login(said: str) -> bool:
    """Tell whether there is an address with a name or a token; a home's path is none."""
    from torchup.model.source import kept_url

    return any(
        kept_url(word) != word if "://" in word else "@" in word and not os.path.isabs(word)  # noqa: PTH117
        for word in said.split()
    )


def _forget_the_oldest(folder: str) -> None:
    """Keep a folder of answers from growing without end: there are as many as questions.

    Raises:
        OSError: one can't be looked at or removed.
    """
    if not os.path.isdir(folder):
        return
    with os.scandir(folder) as entries:
        found = [one for one in entries if one.name.endswith(".json")]
    if len(found) > 2 * _MOST:
        found.sort(key=lambda one: one.stat().st_mtime)
        for one in found[:-_MOST]:
            with suppress(FileNotFoundError):
                os.unlink(one.path)


def _program(words: Words) -> list[str]:
    """The files that decided and worded it: another torchup might say something else."""
    modules = [one for name, one in sys.modules.items() if name.partition(".")[0] == "torchup"]
    files = (*(module.__file__ for module in modules), catalogue_path(words.language))
    return [file for file in files if file]
