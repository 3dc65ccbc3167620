"""What surrounds a text that somebody copied from a terminal or out of a report."""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.readers.texts import LONGEST, lines_of

_COLOUR: Final = re.compile(r"\x1b\[[0-9;?]{0,40}[A-Za-z]")
_FENCE: Final = re.compile(r"^[ \t]{0,12}(?:```|~~~)", re.MULTILINE)
_ENVIRONMENT: Final = r"(?:\([^()\n]{1,80}\) ?)?"
_PROGRAMS: Final = (
    r"(?:cat|type|more|less|bat|head|tail|nano|vim?|gc|Get-Content|conda|mamba|micromamba|pip3?"
    r"|python[\d.]{0,5}|py|jupyter|wget|curl)(?:\.exe)?"
)
# After a space, a number sign begins a comment in most of these files, and ``>`` folds a text.
_COMMAND: Final = re.compile(
    rf"^\s{{0,8}}{_ENVIRONMENT}"
    r"(?:[$%>\u276f!]|\u279c .{0,100}|.{0,200}(?:[$%\u276f!]|(?<=\S)[#>]))"
    rf" {{0,4}}(?:sudo )?!?{_PROGRAMS}(?: |$)"
)
_WAITING: Final = re.compile(
    rf"^{_ENVIRONMENT}(?:[$%>#\u276f\u279c]|>>>"
    r"|(?:PS |\[)?[^\s$#%>]{0,80}(?:@|:\\|:~)[^$#%>]{0,120}[$#%>])$"
)


def without_prompts(lines: list[str]) -> list[str]:
    """Drop command lines before the text and a prompt that waits after it.

    Args:
        lines: as they were pasted.
    """
    first, last = 0, len(lines)
    while first < last and (not lines[first] or _COMMAND.match(lines[first])):
        first += 1
    while last > first and not lines[last - 1]:
        last -= 1
    if last > first and _WAITING.match(lines[last - 1].strip()):
        last -= 1
    return lines[first:last]


def output_lines(text: str) -> list[str]:
    """Return a program's lines, without colours, fences, prompts and marks of a quotation.

    Args:
        text: what was pasted.
    """
    lines = lines_of(_COLOUR.sub("", text[:LONGEST].replace("\0", "")))
    filled = [line for line in lines if line]
    if filled and all(line.startswith(">") for line in filled):
        lines = [line.removeprefix(">").removeprefix(" ") for line in lines]
    return without_prompts(lines)


def file_lines(text: str) -> list[str]:
    """Return a file's lines; where Markdown holds it, those inside its first fence.

    Args:
        text: what was pasted.
    """
    plain = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    fence = _FENCE.search(plain)
    if fence is not None:
        begin = plain.find("\n", fence.end())
        end = _FENCE.search(plain, begin + 1) if begin >= 0 else None
        plain = plain[begin + 1 : end.start() if end else None] if begin >= 0 else ""
    return output_lines(plain)


def line_endings(text: str) -> str | None:
    r"""Name how lines end: ``LF``, ``CRLF``, ``CR`` or ``mixed``; None for a single line.

    Args:
        text: as it was read, its ends untouched.
    """
    both = text.count("\r\n")
    counts = {"CRLF": both, "CR": text.count("\r") - both, "LF": text.count("\n") - both}
    seen = [name for name, count in counts.items() if count]
    if not seen:
        return None
    return seen[0] if len(seen) == 1 else "mixed"


def word(value: Any) -> str | None:  # noqa: ANN401 - a decoded JSON value can be anything
    """Return a text that can be written again; None for what isn't one.

    Args:
        value: from decoded JSON, where an escape can make half a character.
    """
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None
