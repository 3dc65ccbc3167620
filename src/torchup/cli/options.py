"""The options that several commands have, and what is read of a command line before they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.cli.building import add_build_option
from torchup.cli.commands import COMMANDS
from torchup.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.words import Words

_TAKES_VALUE: Final = frozenset({"--lang", "--home", "--progress"})
"""Options that may stand before the command, with a value."""


def add_everywhere(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what every command takes."""
    everywhere = parser.add_argument_group(words.say("cli.everywhere"))
    everywhere.add_argument("-h", "--help", action="help", help=words.say("cli.option.help"))
    everywhere.add_argument("--json", action="store_true", help=words.say("cli.option.json"))
    everywhere.add_argument("--lang", metavar="LANG", help=words.say("cli.option.lang"))
    everywhere.add_argument("--home", metavar="DIR", help=words.say("cli.option.home"))
    everywhere.add_argument("--offline", action="store_true", help=words.say("cli.option.offline"))
    everywhere.add_argument(
        "--progress",
        choices=("auto", "plain", "json", "none"),
        default="auto",
        help=words.say("cli.option.progress"),
    )


def add_files(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add ``-r``: files of requirements."""
    parser.add_argument(
        "-r",
        "--requirements",
        action="append",
        default=[],
        dest="files",
        metavar="FILE",
        help=words.say("cli.option.files"),
    )


def add_channels(parser: argparse.ArgumentParser, words: Words, told: str) -> None:
    """Add ``--channel``, which may be given several times; ``told`` is the message about it."""
    parser.add_argument(
        "--channel", action="append", default=[], metavar="CHANNEL", help=words.say(told)
    )


def add_rows(parser: argparse.ArgumentParser, words: Words, told: str) -> None:
    """Add ``--row``, one for each kind of machine; ``told`` is the message about it."""
    parser.add_argument(
        "--row",
        action="append",
        default=[],
        dest="rows",
        metavar="NAME=WORDS",
        help=words.say(told),
    )


def add_requirement(parser: argparse.ArgumentParser, words: Words) -> None:
    """Add what ``create`` and ``plan`` both take."""
    parser.add_argument(
        "requirements",
        nargs="*",
        default=[],  # argparse counts one without a default among what is missing
        metavar="REQUIREMENT",
        help=words.say("cli.option.requirements"),
    )
    add_files(parser, words)
    parser.add_argument("--project", metavar="DIR", help=words.say("cli.option.project"))
    parser.add_argument("--python", metavar="X.Y", help=words.say("cli.option.python"))
    parser.add_argument("--cpu", action="store_true", help=words.say("cli.option.cpu"))
    parser.add_argument("--build", metavar="BUILD", help=words.say("cli.option.build"))
    parser.add_argument(
        "--use-gpu",
        action="append",
        default=[],
        metavar="GPU",
        help=words.say("cli.option.use-gpu"),
    )
    parser.add_argument(
        "--no-companions", action="store_true", help=words.say("cli.option.no-companions")
    )
    parser.add_argument("--wheels", metavar="DIR", help=words.say("cli.option.wheels"))
    parser.add_argument("--as-of", metavar="DAY", help=words.say("cli.option.as-of"))
    parser.add_argument("--nightly", action="store_true", help=words.say("cli.option.nightly"))
    add_build_option(parser, words)
    add_backend(parser, words)


def add_backend(parser: argparse.ArgumentParser, words: Words, *, default: str = "uv") -> None:
    """Add who installs, and conda's channels."""
    parser.add_argument(
        "--backend", metavar="BACKEND", default=default, help=words.say("cli.option.backend")
    )
    add_channels(parser, words, "cli.option.channel")


def split_command(argv: Sequence[str]) -> tuple[str, list[str]]:
    """Find the command among the arguments; options may stand before it.

    Returns:
        The command's name (empty for the status screen) and the other arguments.

    Raises:
        UsageError: no such command.
    """
    skip = False
    for place, word in enumerate(argv):
        if skip:
            skip = False
        elif word in _TAKES_VALUE:
            skip = True
        elif not word.startswith("-"):
            if word not in COMMANDS:
                from difflib import get_close_matches

                near = get_close_matches(word, COMMANDS, n=1)
                code = "cli.unknown-command-but" if near else "cli.unknown-command"
                raise UsageError(code, command=word, near=near[0] if near else "")
            return word, [*argv[:place], *argv[place + 1 :]]
    return "", list(argv)


def own_words(argv: Sequence[str]) -> Sequence[str]:
    """Return the words before a command that is to be run in an environment: those are its own."""
    own = list(argv[: argv.index("--")] if "--" in argv else argv)
    skip = False
    place = -1
    for at, word in enumerate(own):
        if skip:
            skip = False
        elif word in _TAKES_VALUE:
            skip = True
        elif place < 0 and word == "run":
            place = at
        elif not word.startswith("-"):
            return own[: at + 1] if place >= 0 else own  # an environment's name, or a command
    return own


def with_name(words: Sequence[str]) -> Sequence[str]:
    """Put an empty word in the place of an environment's name that was left out before ``--``."""
    if "--" not in words:
        return words
    at = words.index("--")
    rest = iter(words[:at])
    for word in rest:
        if word in _TAKES_VALUE:
            next(rest, None)
        elif not word.startswith("-"):
            return words
    return [*words[:at], "", *words[at:]]


def option_value(argv: Sequence[str], name: str) -> str | None:
    """Find an option's value before the command line is parsed (``--lang`` words its errors)."""
    own = own_words(argv)
    for place, word in enumerate(own):
        if word == name and place + 1 < len(own):
            return own[place + 1]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None
