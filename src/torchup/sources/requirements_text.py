"""The text of pip's requirements files: encodings, continued lines, comments, variables.

The rules are those of pip's own reader (``pip/_internal/req/req_file.py``) and of its page on the
format: https://pip.pypa.io/en/stable/reference/requirements-file-format/.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING, Final, NamedTuple

from torchup.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_COMMENT: Final = re.compile(r"(?:^|\s)#.*$")
_VARIABLE: Final = re.compile(r"\$\{(?P<name>[A-Z0-9_]+)\}")
_OPTION: Final = re.compile(r"(?:^|\s)-")


class LogicalLine(NamedTuple):
    """One line with its continuations: where it starts, and what it says."""

    number: int
    text: str


def decoded(data: bytes, file: str) -> str:
    """Decode a file: UTF-8, with or without a mark, or UTF-16 with one.

    UTF-16 is what ``pip freeze > FILE`` writes in Windows PowerShell.

    Args:
        data: the file's bytes.
        file: its name, for the error.

    Raises:
        UsageError: ``requirements.encoding``, with the line.
    """
    try:
        if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            return data.decode("utf-16")
        return data.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError("requirements.encoding", file=file, line=line) from error


def logical_lines(text: str, variable: Callable[[str], str | None]) -> Iterator[LogicalLine]:
    """Yield what is said, a continued line as one, without comments and empty lines.

    Args:
        text: the file.
        variable: gives the value of an environment variable, for ``${NAME}``; one that is unset
            stays as it is written.
    """
    for number, line in _joined(text):
        said = _COMMENT.sub("", line).strip()
        if said:
            yield LogicalLine(number, _VARIABLE.sub(lambda m: variable(m["name"]) or m[0], said))


def _joined(text: str) -> Iterator[tuple[int, str]]:
    first, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        first = first if parts else number
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            parts.append(line[:-1])
            continue
        yield first, "".join([*parts, f" {line}" if comment else line])
        parts = []
    if parts:
        yield first, "".join(parts)


def split_options(said: str) -> tuple[str, list[str]]:
    r"""Split a line into the requirement and its options; a ``\`` is part of a Windows path.

    Raises:
        ValueError: a quotation mark is left open.
    """
    import shlex

    start = _OPTION.search(said)
    if start is None:
        return said, []
    lexer = shlex.shlex(said[start.start() :], posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
    return said[: start.start()].strip(), list(lexer)
