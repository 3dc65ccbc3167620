"""Commands that install something, in READMEs and Dockerfiles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.projects.requirements import take_pip_line
from torchup.sources.pip_options import EDITABLE, FILES, OF_COMMANDS, PLACES, WITH_VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.projects.gathering import Gathering

_BEGINS: Final = (
    r"(?:^|[`$>!%;&|(\"']|-m\b|\b(?:RUN|run|sudo|then|do)\b"
    r"(?:\s+-\S+(?:\s+(?!-|(?:python|pip|uv|conda|mamba|micromamba)\b)[\w./-]+)?)*)"
    r"\s*(?:\w+=\S*\s+)*(?:[\w.~-]*/)*"
)
"""Where a command can begin: a word about one inside a sentence installs nothing."""
_INSTALL: Final = re.compile(
    rf"{_BEGINS}\b(?P<tool>pip3?(?:\.\d+)?|conda|mamba|micromamba)\s+(?:-[\w-]+\s+)*"
    r"(?P<verb>install|create|env\s+create|env\s+update)\b(?P<rest>[^\n]*)"
)
_UV: Final = re.compile(rf"{_BEGINS}\buv\s+(?:pip\s+install|add)\b(?P<rest>[^\n]*)")
_ENDS: Final = re.compile(r"\s(?:&&|\|\||;|\||>)\s?|\s#|`|\$\(")
_NEXT: Final = re.compile(r"\s(?=(?:&&|\|\||;)\s)")
_VALUED_PIP: Final = WITH_VALUE | OF_COMMANDS | set(FILES)
_VALUED_CONDA: Final = frozenset(
    {"-c", "--channel", "-n", "--name", "-p", "--prefix", "-f", "--file"}
)
_BLANK: Final = re.compile(r"<[A-Za-z][^<>]*>")
"""What the reader of a README is to fill in."""
_FILLED: Final = "\0"
_FILES_PIP: Final = frozenset(name for name, constrains in FILES.items() if not constrains)
_FILES_CONDA: Final = frozenset({"-f", "--file"})
_WORD: Final = re.compile(r"^[\w.\[\]:,/@+*-]+(?:[=<>!~][^\s'\"]*)?$")
_HAS_LETTER: Final = re.compile(r"^[A-Za-z_]")


def take_commands(found: Gathering, text: str) -> None:
    """Take what the install commands in a text name; whole files they name are read by themselves.

    Args:
        found: collects it.
        text: of a README, or the commands of a Dockerfile.
    """
    for number, line in _commands(text):
        for command in _INSTALL.finditer(line):
            words = _words(command["rest"])
            if command["tool"].startswith("pip"):
                _pip(found, words, number)
            elif "env" not in command["verb"]:
                _conda(found, words, number)
        for command in _UV.finditer(line):
            _pip(found, _words(command["rest"]), number)


def files_named(text: str) -> Iterator[str]:
    """Yield the files that the install commands in a text are given, in order.

    Args:
        text: of a README.
    """
    for _, line in _commands(text):
        for command in (*_INSTALL.finditer(line), *_UV.finditer(line)):
            tool = command.groupdict().get("tool", "pip")
            options = _FILES_PIP if tool.startswith("pip") else _FILES_CONDA
            words = iter(_words(command["rest"]))
            for word in words:
                name, equals, value = word.partition("=")
                if name in options:
                    yield value if equals else next(words, "")


def _joined(text: str) -> Iterator[tuple[int, str]]:
    first, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        first = first if parts else number
        if line.lstrip().startswith("#"):
            continue
        if line.rstrip().endswith("\\"):
            parts.append(line.rstrip()[:-1])
            continue
        yield first, " ".join([*parts, line])
        parts = []
    if parts:
        yield first, " ".join(parts)


def _commands(text: str) -> Iterator[tuple[int, str]]:
    """Yield the commands of a text, each with the line on which it begins."""
    for number, line in _joined(text):
        yield from ((number, one) for one in _NEXT.split(line))


def _words(rest: str) -> list[str]:
    """The words of a command up to its end, quotes taken off."""
    rest = _BLANK.sub(_FILLED, rest)
    end = _ENDS.search(f"{rest} ")
    said = rest[: end.start()] if end else rest
    return [one.strip("'\"") for one in re.findall(r"\"[^\"]*\"|'[^']*'|\S+", said)]


def _pip(found: Gathering, words: list[str], number: int) -> None:
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word in EDITABLE:
            take_pip_line(found, f"-e {next(rest, '.')}", number)
        elif name in PLACES:
            where = value if equals else next(rest, "")
            take_pip_line(found, f"{name} {where}", number)
        elif word in _VALUED_PIP:
            next(rest, "")
        elif word == "." or word.startswith((".[", "./", "/", "$")):
            found.note("left-editable", word, number)
        elif not word.startswith("-") and _is_requirement(word):
            found.take(word, number)


def _conda(found: Gathering, words: list[str], number: int) -> None:
    rest = iter(words)
    for word in rest:
        if word in _VALUED_CONDA:
            next(rest, "")
        elif not word.startswith("-") and _WORD.match(word) and _HAS_LETTER.match(word):
            found.take_conda(word, number)


def _is_requirement(word: str) -> bool:
    """Tell whether a word of a command can be a package: prose and file names are not."""
    plain = word.rstrip(".,:)")
    if plain.endswith((".txt", ".yml", ".yaml")) or "://" in plain:
        return plain.startswith("git+") or plain.endswith(".whl")
    return bool(_WORD.match(word) and _HAS_LETTER.match(word) and word == plain)
