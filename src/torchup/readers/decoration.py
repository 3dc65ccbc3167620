"""What stands before every line of a text that went through a log, a mail or a web page.

A prefix is taken away only where most lines have it, or a block of them, so that a text which
merely holds such a line stays as it is. Where they come from: terminals (ECMA-48 colours), syslog
(RFC 3164), the kernel's log, GitHub Actions, Docker Compose, Kubernetes, MPI, pdsh, mails, lists.
"""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from typing import Final

from torchup.readers.texts import LONGEST, lines_of

_COLOUR: Final = re.compile(
    r"\x1b\[[0-9;?]{0,40}[A-Za-z]|\x1b\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]"
    # What is left where the escape itself was lost on the way.
    r"|\[(?:\d{1,3}(?:;\d{1,3}){0,4})?m(?![a-z])"
)
_CLOCK: Final = r"\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?"
_DAY: Final = r"\d{4}[-/]\d{2}[-/]\d{2}"
_ZONE: Final = r"(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?"
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_WHEN: Final = (
    rf"(?:{_DAY}[T ]{_CLOCK}{_ZONE}|{_CLOCK}|\d{{1,7}}\.\d{{6}}"
    rf"|(?:[A-Z][a-z]{{2}} )?{_MONTH} {{1,2}}\d{{1,2}} {_CLOCK}(?: \d{{4}})?)"
)
_BRACKETED: Final = rf"\[ {{0,8}}(?:{_WHEN}|\d{{1,7}}\.\d{{1,6}})\]"
_LEVEL: Final = r"(?:std(?:out|err) [FP]|\[?(?:INFO|DEBUG|NOTICE|WARNING|WARN|stdout|stderr)\]?:?)"
_TIME: Final = re.compile(rf"(?:{_WHEN}(?!\S)|{_BRACKETED}):?(?: {_LEVEL}(?!\S))?(?: |$)")
_HOST: Final = re.compile(
    rf"{_MONTH} {{1,2}}\d{{1,2}} {_CLOCK} [\w.-]{{1,64}} [\w./-]{{1,64}}(?:\[\d{{1,9}}\])?:(?: |$)"
)
_STEP: Final = re.compile(rf"[^\t\n]{{1,120}}\t[^\t\n]{{1,120}}\t(?={_DAY}T)")
_POD: Final = re.compile(r"\[pod/[^\]\s]{1,200}\](?: |$)")
_RANK: Final = re.compile(
    r"\[\d{1,4},\d{1,5}\]<std(?:out|err)>:|\[(?:rank|default)\d{1,5}\]:(?: |$)"
)
_NODE: Final = re.compile(r"[a-z][a-z.-]{0,40}\d[a-z0-9.-]{0,40}:(?: |$)")
_SERVICE: Final = re.compile(r"([A-Za-z0-9][\w.-]{0,80} {0,80})\|(?: |$)")
_QUOTE: Final = re.compile(r">(?: |$)")
_ITEM: Final = re.compile(r" {0,8}[-*\N{BULLET}] (?=\S)")
_NUMBERED: Final = re.compile(r"[ \t]{0,8}(\d{1,5})(?:[.)|:]?(?: |$)|\t)")
_SOME: Final = (_HOST, _STEP, _TIME, _POD, _RANK, _QUOTE)
"""Where they stand before most lines; commands may stand between these."""
_BLOCK: Final = 4
"""Lines one after the other that are a block in a text of other things."""
_LAYERS: Final = 4
"""Prefixes that are looked for, one inside the other."""


def undecorated(text: str) -> str:
    """Return the text as the program printed it.

    Args:
        text: what was pasted. Its beginning is returned, as far as any reader looks.
    """
    plain = text[:LONGEST].replace("\0", "").replace("\N{NO-BREAK SPACE}", " ")
    lines = lines_of(_COLOUR.sub("", plain.replace("\N{ZERO WIDTH SPACE}", "")))
    for _ in range(_LAYERS):
        shorter = _layer_off(lines)
        if shorter is None:
            break
        lines = shorter
    return "\n".join(_not_set_in(lines))


def _layer_off(lines: list[str]) -> list[str] | None:
    """Take one kind of prefix away; None where there is none."""
    filled = [line for line in lines if line.strip()]
    if not filled:
        return None
    for sign in _SOME:
        marked = _marked(sign, lines)
        if any(marked):
            return [
                sign.sub("", line, count=1) if has else line
                for line, has in zip(lines, marked, strict=True)
            ]
    service = _service(filled)
    if service:
        return [_without(service, line) for line in lines]
    node = _NODE.match(filled[0])
    if node and len(filled) > 1 and all(line.startswith(node[0].rstrip()) for line in filled):
        return [_without(node[0].rstrip(), line) for line in lines]
    if all(map(_ITEM.match, filled)):
        return [_ITEM.sub("", line, count=1) for line in lines]
    return [_NUMBERED.sub("", line, count=1) for line in lines] if _counted(filled) else None


def _marked(sign: re.Pattern[str], lines: list[str]) -> list[bool]:
    """Tell which lines have a prefix: all that have it where most do, else those in a block."""
    has = [sign.match(line) is not None for line in lines]
    if sum(has) * 2 > sum(1 for line in lines if line.strip()):
        return has
    marked: list[bool] = []
    for found, block in groupby(has):
        size = len(list(block))
        marked += [found and size >= _BLOCK] * size
    return marked


def _without(service: str, line: str) -> str:
    return line[len(service) :].removeprefix(" ") if line.startswith(service) else line


def _service(filled: list[str]) -> str | None:
    """What Docker Compose writes before most lines: one service's name, and a bar."""
    found = [match[0].removesuffix(" ") for line in filled if (match := _SERVICE.match(line))]
    first = found[0] if found else ""
    many = len(filled) > 1 and found.count(first) * 2 > len(filled)
    return first if many else None


def _counted(filled: list[str]) -> bool:
    """Tell whether every line has a number that is one more than that of the line before."""
    found = [_NUMBERED.match(line) for line in filled]
    numbers = [int(one[1]) for one in found if one]
    gaps = [after - before for before, after in pairwise(numbers)]
    # Empty lines are counted too, and have no text.
    whole = len(numbers) == len(filled) and sum(gaps) <= 2 * len(filled)
    return whole and all(gap >= 1 for gap in gaps)


def _not_set_in(lines: list[str]) -> list[str]:
    """Take away the spaces with which a code block in Markdown begins every line."""
    depths = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip()]
    least = min(depths, default=0)
    return [line[least:] for line in lines] if least else lines
