"""What is fuzzed: a reader of what somebody else wrote, with good examples of what it reads."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

from torchup.errors import TorchupError
from torchup.words import load_words

if TYPE_CHECKING:
    from collections.abc import Callable


class Target(NamedTuple):
    """A reader.

    Attributes:
        read: reads a file's bytes, and uses what it read as its callers do.
        seeds: good files.
        refuses: what it may raise besides torchup's own errors, and its callers catch.
        slow: whether one costs milliseconds, so that fewer are tried.
    """

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    refuses: tuple[type[Exception], ...] = ()
    slow: bool = False

    def fault(self, data: bytes) -> BaseException | None:
        """Read; return what should not have been raised, None where all is well."""
        try:
            self.read(data)
        except TorchupError as error:
            # An error is one only if it can be said.
            load_words("en").say(error.code, error.details)
        except self.refuses:
            pass
        except Exception as error:
            return error
        return None


def text_of(data: bytes) -> str:
    """Decode as those do who call a reader of text."""
    return data.decode("utf-8", "replace")


def of_text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """Let a reader of text read bytes."""
    return lambda data: read(text_of(data))


@cache
def _folder() -> Path:
    made = TemporaryDirectory(prefix="torchup-fuzzing-")
    _KEPT.append(made)
    return Path(made.name)


_KEPT: Final[list[TemporaryDirectory[str]]] = []


def of_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Let a reader find its file where it looks for it."""

    def run(data: bytes) -> object:
        place = _folder() / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        try:
            return read(_folder())
        finally:
            with suppress(FileNotFoundError):
                place.unlink()

    return run
