"""``kernel.json``: how Jupyter starts a kernel.

Facts: ``display_name``, ``language``, ``argv``, ``env``; ``interpreter`` is the Python that argv
starts, None where it starts a script or another program; ``module`` is what comes after ``-m``;
``valid`` tells whether Jupyter can read the file.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any, Final

from torchup.readers.pasted import file_lines, word
from torchup.readers.reading import Reading

KIND: Final = "kernel-json"
_PYTHON: Final = re.compile(r"^(?:python|pypy)w?[\d.]{0,6}[tdw]{0,2}(?:\.exe)?$", re.IGNORECASE)
_QUOTED: Final = r'\s{0,40}("(?:[^"\\\n]|\\.)*+")'.replace("*+", "{0,2000}")
_NAME: Final = re.compile(r'"display_name"\s{0,40}:' + _QUOTED)
_LANGUAGE: Final = re.compile(r'"language"\s{0,40}:' + _QUOTED)
_FIRST: Final = re.compile(r'"argv"\s{0,40}:\s{0,40}\[' + _QUOTED)
_SIGN: Final = re.compile(r'"argv"\s{0,40}:')
_SIGNS: Final = ('"display_name"', '"language"', "connection_file")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(text) is not None and any(sign in text for sign in _SIGNS)


def read(text: str) -> Reading:
    """Read it; of a text that is cut off, what stands there whole."""
    body = "\n".join(file_lines(text))
    begin = body.find("{")
    found, state = _decoded(body, begin)
    if found is None or "argv" not in found:
        found, state = _remains(body), "unreadable" if state == "ok" else state
    argv = [word(part) or "" for part in _list(found.get("argv"))]
    env = found.get("env")
    facts: dict[str, Any] = {
        "display_name": word(found.get("display_name")),
        "language": word(found.get("language")),
        "argv": argv or None,
        "env": _texts(env) if isinstance(env, dict) else None,
        "interpreter": _interpreter(argv),
        "module": next((after for dash, after in pairwise(argv) if dash == "-m"), None),
        "valid": state == "ok",
    }
    return Reading(kind=KIND, state=state, facts=facts)


def _decoded(body: str, begin: int) -> tuple[dict[str, Any] | None, str]:
    """Decode the object; the state is ``truncated`` where the text ends inside it."""
    if begin < 0:
        return None, "unreadable"
    try:
        found, end = json.JSONDecoder().raw_decode(body, begin)
    except json.JSONDecodeError as error:
        open_end = not body[error.pos :].strip() or error.msg.startswith("Unterminated")
        return None, "truncated" if open_end else "invalid"
    except (ValueError, RecursionError):
        return None, "invalid"
    rest = body[:begin].strip() or body[end:].strip()
    return (found if isinstance(found, dict) else None), "invalid" if rest else "ok"


def _remains(body: str) -> dict[str, Any]:
    """Take the single values out of a text that isn't whole."""
    found: dict[str, Any] = {}
    for key, pattern in (("display_name", _NAME), ("language", _LANGUAGE), ("argv", _FIRST)):
        match = pattern.search(body)
        try:
            value = json.loads(match[1], strict=False) if match else None
        except ValueError:
            value = None
        found[key] = [value] if key == "argv" and value is not None else value
    return found


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - a decoded JSON value can be anything
    return value if isinstance(value, list) else []


def _texts(values: dict[str, Any]) -> dict[str, str | None]:
    return {word(key) or "": word(value) for key, value in values.items()}


def _interpreter(argv: list[str]) -> str | None:
    rest = argv
    if rest and _base(rest[0]) == "env":
        rest = [part for part in rest[1:] if "=" not in part and not part.startswith("-")]
    return rest[0] if rest and _PYTHON.match(_base(rest[0])) else None


def _base(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
