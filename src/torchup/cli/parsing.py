"""Reading any command line, its mistakes and its helps too; errors are worded like all others.

Most command lines need none of this: see :mod:`torchup.cli.plainly`.
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn

from torchup.cli.options import add_everywhere, with_name

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
            return self.parse_args(with_name(words))
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
    add_everywhere(parser, words)
    return parser
