"""Reading the command line; errors are worded like every other one."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn

from torchup.cli.building import add_build_option
from torchup.cli.commands import COMMANDS
from torchup.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.words import Words

_FOREIGN: Final = frozenset({"--ansible", "--sbatch"})
"""Options that take the options of another program."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are :class:`~torchup.errors.UsageError`."""

    def name_parts(self, words: Words) -> None:
        """Head the parts of a help in the user's language."""
        self._positionals.title = words.say("cli.help.arguments")
        self._optionals.title = words.say("cli.help.options")

    def format_help(self) -> str:
        """Word the help, as wide as the terminal."""
        self.formatter_class = argparse.RawDescriptionHelpFormatter
        self.usage = None
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing and leaving."""
        from torchup.cli.mistakes import worded

        raise worded(message, self.prog, tuple(self._option_string_actions))

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse; options may stand between the other arguments, except in a command to be run."""
        if any(action.nargs == argparse.REMAINDER for action in self._actions):
            return self.parse_args(words)
        return self.parse_intermixed_args(list(self._joined(words)))

    def _joined(self, words: Sequence[str]) -> Iterator[str]:
        """Join an option whose value is another program's option with it: both begin alike."""
        left = iter(words)
        for word in left:
            value = next(left, None) if word in _FOREIGN else None
            if value is None:
                yield word
            elif value.startswith("-") and value not in self._option_string_actions:
                yield f"{word}={value}"
            else:
                yield from (word, value)


def make_parser(command: str, words: Words) -> Parser:
    """Make the parser of one command, with the options that every command has."""
    parser = Parser(
        prog="torchup" if command == "status" else f"torchup {command}",
        description=words.say(f"cli.{command}.summary"),
        epilog=words.say(f"cli.{command}.examples"),
        # Every argument that is added makes a formatter, and a parse words the usage for errors.
        # Neither is shown: without a width the terminal would be measured, again and again.
        formatter_class=partial(argparse.RawDescriptionHelpFormatter, width=80),
        usage="",
        add_help=False,
        allow_abbrev=False,
    )
    parser.name_parts(words)
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
    return parser


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
    parser.add_argument(
        "--channel",
        action="append",
        default=[],
        metavar="CHANNEL",
        help=words.say("cli.option.channel"),
    )


def split_command(argv: Sequence[str]) -> tuple[str, list[str]]:
    """Find the command among the arguments; options may stand before it.

    Returns:
        The command's name (empty for the status screen) and the other arguments.

    Raises:
        UsageError: no such command.
    """
    takes_value = {"--lang", "--home", "--progress"}
    skip = False
    for place, word in enumerate(argv):
        if skip:
            skip = False
        elif word in takes_value:
            skip = True
        elif not word.startswith("-"):
            if word not in COMMANDS:
                from difflib import get_close_matches

                near = get_close_matches(word, COMMANDS, n=1)
                code = "cli.unknown-command-but" if near else "cli.unknown-command"
                raise UsageError(code, command=word, near=near[0] if near else "")
            return word, [*argv[:place], *argv[place + 1 :]]
    return "", list(argv)


def option_value(argv: Sequence[str], name: str) -> str | None:
    """Find an option's value before the command line is parsed (``--lang`` words its errors)."""
    for place, word in enumerate(argv):
        if word == "--":
            break
        if word == name and place + 1 < len(argv):
            return argv[place + 1]
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return None
