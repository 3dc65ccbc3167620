"""What argparse says about a wrong command line, as coded messages in the user's language."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from torchup.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

# The wordings are argparse's own (CPython 3.10 to 3.14); it has no codes.
_UNKNOWN: Final = re.compile(r"unrecognized arguments: (?P<words>.*)", re.DOTALL)
_MISSING: Final = re.compile(r"the following arguments are required: (?P<names>.+)", re.DOTALL)
_NO_VALUE: Final = re.compile(r"argument (?P<name>.+?): expected (?:one|at least one) argument")
_VALUE: Final = re.compile(r"argument (?P<name>.+?): ignored explicit argument ", re.DOTALL)
_CHOICE: Final = re.compile(
    r"argument (?P<name>.+?): invalid choice: '?(?P<value>.*?)'?(?:, maybe you meant .*?)? "
    r"\(choose from (?P<choices>.+)\)",
    re.DOTALL,
)


def worded(message: str, command: str, options: Collection[str]) -> UsageError:
    """Turn argparse's sentence into an error; one that isn't known is passed on as it is.

    Args:
        message: argparse's sentence.
        command: the program and the command, such as ``torchup plan``.
        options: the options that the command has, to name the nearest.
    """
    if found := _UNKNOWN.fullmatch(message):
        return _unknown(found["words"], command, options)
    if found := _MISSING.fullmatch(message):
        return UsageError("cli.missing-argument", command=command, names=found["names"])
    if found := _NO_VALUE.fullmatch(message):
        return UsageError("cli.option-without-value", command=command, option=found["name"])
    if found := _VALUE.match(message):
        return UsageError("cli.option-with-value", command=command, option=found["name"])
    if found := _CHOICE.fullmatch(message):
        choices = found["choices"].replace("'", "")
        given = {"name": found["name"], "value": found["value"], "choices": choices}
        return UsageError("cli.not-a-choice", command=command, **given)
    return UsageError("cli.arguments", why=message, command=command)


def _unknown(words: str, command: str, options: Collection[str]) -> UsageError:
    first = next((word for word in words.split() if word.startswith("-")), "")
    if not first:
        return UsageError("cli.too-much", command=command, words=words)
    near = get_close_matches(first.partition("=")[0], options, n=1)
    if near:
        return UsageError("cli.unknown-option-but", command=command, option=first, near=near[0])
    return UsageError("cli.unknown-option", command=command, option=first)
