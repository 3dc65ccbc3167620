"""Putting words on a screen: labels in a column, three colours, wide characters aligned.

Written here and not taken from rich because the status screen must be there at once: rich takes
longer to load than the whole answer. Progress, which is slow by nature, is rich's.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, Literal, TextIO

from torchup.words.sizes import size_of as size_of  # noqa: PLC0414  # what screens show

if TYPE_CHECKING:
    import re

    from torchup.host import Host

Tone = Literal["good", "costs", "stops", "quiet", "plain", "strong"]

_CODES: Final[dict[Tone, str]] = {
    "good": "32",
    "costs": "33",
    "stops": "31",
    "quiet": "2",
    "plain": "",
    "strong": "1",
}
_COMMAND: Final = "torchup "
COMMAND_VARIABLE: Final = "TORCHUP_COMMAND"
"""How the tool was started where it is not on the search path: ``python3 bootstrap.py``."""
_NARROWEST: Final = 40
"""Columns below which no line is folded."""

LABEL: Final = 14
"""Columns that a label takes."""


class Screen:
    """A stream that people read."""

    def __init__(self, stream: TextIO, host: Host) -> None:
        self._stream = stream
        self._command = host.env(COMMAND_VARIABLE) or ""
        self.colour = _wants_colour(stream, host)

    def line(self, text: str = "", *, folds: bool = False) -> None:
        """Print a line; control characters that came with somebody's data are shown as ``?``.

        Args:
            text: the line.
            folds: it is a sentence, which a terminal shows folded under its own column; what
                people copy (commands, addresses) stays whole.
        """
        if self._command and "torchup " in text:
            text = _own_command().sub(lambda _: self._command, text)
        if not text.isprintable():
            text = _control(but_colours=self.colour).sub("?", text)
        for part in self._folded(text) if folds else (text,):
            self._stream.write(self._fit(part) + "\n")

    def row(self, label: str, text: str, tone: Tone = "plain") -> None:
        """Print a labelled line; without a label it continues the one above."""
        room = " " * max(1, LABEL - width(label))
        whole = f"{self.paint(label, 'strong')}{room}{self.paint(text, tone)}"
        self.line(whole, folds=not text.startswith(_COMMAND))

    def paint(self, text: str, tone: Tone) -> str:
        """Colour a text, where colour is wanted."""
        code = _CODES[tone]
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code and text else text

    def _folded(self, text: str) -> list[str]:
        """A line as it fits a terminal; whole where something else reads it."""
        if len(text) <= _NARROWEST or not self._stream.isatty():
            return [text]
        from shutil import get_terminal_size

        from torchup.cli.folding import fold

        return fold(text, max(_NARROWEST, get_terminal_size().columns))

    def flush(self) -> None:
        """Let everything be seen now."""
        self._stream.flush()

    def _fit(self, text: str) -> str:
        """Replace what the stream's encoding can't write (an old Windows console)."""
        encoding = self._stream.encoding or "utf-8"
        return text.encode(encoding, "replace").decode(encoding)


@cache
def _own_command() -> re.Pattern[str]:
    """The program's name where a command of it follows."""
    import re

    from torchup.cli.commands import COMMANDS

    return re.compile(rf"(?<![\w/.-])torchup(?= (?:{'|'.join(COMMANDS)}|--)(?![\w]))")


@cache
def _control(*, but_colours: bool) -> re.Pattern[str]:
    """What a terminal would obey: all control characters but line ends, tabs and our colours."""
    import re

    colours = r"(?!\x1b\[(?:0|1|2|31|32|33)m)" if but_colours else ""
    return re.compile(colours + r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def width(text: str) -> int:
    """The columns a text takes: Chinese characters take two."""
    if text.isascii():
        return len(text)
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def pad(text: str, columns: int) -> str:
    """Fill a text with spaces to a width in columns."""
    return text + " " * max(0, columns - width(text))


def _wants_colour(stream: TextIO, host: Host) -> bool:
    if host.env("NO_COLOR") or host.env("TERM") == "dumb":
        return False
    if host.env("FORCE_COLOR"):
        return True
    modern = host.system != "windows" or bool(host.env("WT_SESSION") or host.env("TERM"))
    return stream.isatty() and modern
