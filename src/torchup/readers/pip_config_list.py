"""``pip config list``: the settings that pip has read, from all its files and the environment.

Facts: ``index_url``, ``extra_index_urls``, ``trusted_host`` (several with a space between, as a
list in ``trusted_hosts``) and ``timeout`` as they hold for ``pip install``; ``settings``, all
that hold for it; ``sections``, all that is printed.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.pasted import output_lines
from torchup.readers.pip_settings import option, settings_facts
from torchup.readers.reading import Reading

KIND: Final = "pip-config-list"
_LINE: Final = re.compile(r"^\s{0,8}(:env:|[A-Za-z][\w-]{0,60})\.([A-Za-z][\w.-]{0,80})=(.*)$")
_NOISE: Final = ("For variant ", "WARNING:", "DEPRECATION:", "[notice]")
_ESCAPE: Final = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")
_PLAIN: Final = {"n": "\n", "r": "\r", "t": "\t"}
_QUOTES: Final = ("'", '"')
_LAST_CHARACTER: Final = 0x10FFFF


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    found = (_LINE.match(line) for line in output_lines(text[:200_000]))
    return any(match and match[3].startswith(_QUOTES) for match in found)


def read(text: str) -> Reading:
    """Read it. No line at all means that nothing is set."""
    sections: dict[str, dict[str, str]] = {}
    state = "ok"
    unknown = False
    for line in output_lines(text):
        found = _LINE.match(line)
        if found:
            value, whole = _value(found[3].strip())
            sections.setdefault(found[1], {})[option(found[2])] = value
            state = "ok" if whole else "truncated"
        elif line and not line.startswith(_NOISE):
            unknown = True
    if unknown and not sections:
        state = "unreadable"
    return Reading(kind=KIND, state=state, facts=settings_facts(sections, valid=True))


def _value(printed: str) -> tuple[str, bool]:
    """Undo Python's repr; and tell whether its closing quote is there."""
    if not printed.startswith(_QUOTES):
        return printed, True
    whole = len(printed) > 1 and printed.endswith(printed[0])
    return _ESCAPE.sub(_character, printed[1:-1] if whole else printed[1:]), whole


def _character(escape: re.Match[str]) -> str:
    name = escape[1]
    if len(name) == 1:
        return _PLAIN.get(name, name)
    code = int(name[1:], 16)
    half = 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - the range of halves of a character
    return "\N{REPLACEMENT CHARACTER}" if half or code > _LAST_CHARACTER else chr(code)
