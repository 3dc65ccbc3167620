"""One run of the command line: where to print, in which language, for which home."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.cli.screen import Screen
from torchup.errors import UsageError
from torchup.state.config import config_path, read_config
from torchup.words import LANGUAGES, choose_language, load_words

if TYPE_CHECKING:
    import argparse

    from torchup.api.context import Context
    from torchup.cli.keeping import Keeping
    from torchup.host.real import RealHost
    from torchup.words import Words


class Given(Struct, frozen=True):
    """Where what was asked for came from, as the user named it.

    Attributes:
        files: the requirements files.
        in_files: the packages that they ask for.
        wheels: the folder of wheels; empty for none.
    """

    files: tuple[str, ...] = ()
    in_files: tuple[str, ...] = ()
    wheels: str = ""
    project: str = ""


class Session:
    """What a command needs to answer.

    Attributes:
        host: this machine.
        words: the messages, in the user's language.
        out: standard output.
        given: the files that the requirement came from.
        keeping: set where what is said may be said again.
    """

    def __init__(self, host: RealHost, words: Words, config: dict[str, str]) -> None:
        self.host = host
        self.words = words
        self.config = config
        self.out = Screen(sys.stdout, host)
        self.json = False
        self.given = Given()
        self.keeping: Keeping | None = None
        self._context: Context | None = None
        self._args: argparse.Namespace | None = None

    def open(self, args: argparse.Namespace) -> None:
        """Take the options that every command has."""
        self.json = args.json
        self._args = args

    @property
    def context(self) -> Context:
        """The session for use cases; opened when the first one is called."""
        if self._context is None:
            from torchup.api.context import Context
            from torchup.cli.progress import make_reporter
            from torchup.facts.current import OVERLAY_KEY, use
            from torchup.state.home import find_home

            args = self._args
            named = args.home if args else None
            home = find_home(self.host, self.config.get("home"), named=named)
            use(self.host, home, self.config.get(OVERLAY_KEY))
            report = make_reporter(
                args.progress if args else "none",
                self.words,
                sys.stderr,
                self.host,
                quiet=self.json,
            )
            offline = bool(args and args.offline)
            self._context = Context(
                self.host, home, report=report, offline=offline, settings=self.config
            )
            self.host.settle = self._settle
        return self._context

    def pasteable(self, *words: str) -> str:
        """A command as the shells of this machine read it; a context isn't opened for it."""
        from torchup.plan.quoting import command_here

        return command_here(self.host, *words)

    def _settle(self) -> None:
        """Tell programs and requests what torchup's settings and pip's say of them."""
        from torchup.api.mirrors.telling import tell

        if self._context is not None:
            tell(self._context)

    def close(self) -> None:
        """Take progress bars off the screen."""
        if self._context is not None:
            close = getattr(self._context.report, "close", None)
            if close is not None:
                close()

    def warn_of_key(self, key: str, path: str) -> None:
        """Say that a key of the settings file means nothing, and which one may be meant."""
        from torchup.state.config import KEYS, nearest_key

        near = nearest_key(key)
        screen = Screen(sys.stderr, self.host)
        if near is None:
            said = self.say("config.ignored-key", key=key, path=path, choices=", ".join(KEYS))
        else:
            said = self.say("config.misspelt-key", key=key, path=path, near=near)
        screen.line(screen.paint(said, "costs"))

    def say(self, code: str, **args: object) -> str:
        """Word a message."""
        return self.words.say(code, {name: str(value) for name, value in args.items()})

    def emit(self, document: Struct, *, lines: bool = False) -> None:
        """Print a document: indented, or as one line of many."""
        from msgspec import json

        data = json.encode(document)
        text = data if lines else json.format(data, indent=2)
        sys.stdout.write(text.decode() + "\n")


def language_of(host: RealHost, asked: str | None, config: dict[str, str]) -> str:
    """Choose the language: ``--lang``, then the configuration, then the system's.

    Raises:
        UsageError: ``--lang`` names a language that torchup doesn't speak.
    """
    if asked is not None:
        found = choose_language(asked)
        if found == "en" and not asked.lower().startswith(("en", "c", "posix")):
            raise UsageError("cli.unknown-language", lang=asked, choices=", ".join(LANGUAGES))
        return found
    if "lang" in config:
        return config["lang"]
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = host.env(name)
        if value:
            return choose_language(value)
    if host.system == "windows":
        import locale

        return choose_language(locale.getlocale()[0])
    return "en"


def open_session(host: RealHost, lang: str | None, *, mending: bool = False) -> Session:
    """Read the configuration and load the messages.

    Args:
        host: this machine.
        lang: the language that was asked for.
        mending: overlook bad settings, for the command that changes them.

    Raises:
        UsageError: the configuration can't be read, or the language is unknown.
    """
    path = config_path(host)
    config = read_config(path, mending=mending)
    session = Session(host, load_words(language_of(host, lang, config)), config)
    for key in config.unknown:
        session.warn_of_key(key, path)
    return session
