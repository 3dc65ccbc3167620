"""Reading plain command lines at once.

Loading argparse and telling it of two dozen options takes longer than most answers. A command line
that says nothing unusual is read here by the same declarations; a help, a mistake and everything
else that isn't plain is left to :mod:`torchup.cli.parsing`, which has the words for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from torchup.cli.options import add_everywhere

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PLAIN: Final = frozenset({"store", "store_true", "append"})
_COUNTS: Final = frozenset({None, "?", "*", "+"})
"""How many words an argument may take; the other ways take options for words, too."""
_AT_LEAST_ONE: Final = frozenset({None, "+"})
_AT_MOST_ONE: Final = frozenset({None, "?"})


class _Argument(Struct, kw_only=True):
    """One argument, as it was declared; the names are argparse's.

    ``group`` is one of which at most one member may be given, None for none; ``plain`` tells
    whether it can be read here.
    """

    dest: str
    action: str
    nargs: str | None
    choices: Collection[object] | None
    type: Callable[[str], object] | None
    group: object
    plain: bool


class NotPlainError(Exception):
    """Something that argparse has to read."""


class PlainParser:
    """What declares its arguments to an argument parser may declare them to this one."""

    def __init__(self) -> None:
        self._options: dict[str, _Argument] = {}
        self._positionals: list[_Argument] = []
        self._needed: set[str] = set()
        self._defaults: dict[str, Any] = {}

    def add_argument_group(self, _title: str) -> PlainParser:
        """Headings are for helps."""
        return self

    def add_mutually_exclusive_group(self) -> _Group:
        """Take arguments of which one at most may be given."""
        return _Group(self)

    def set_defaults(self, **values: object) -> None:
        """Say what arguments are that nobody gave."""
        self._defaults |= values

    def add_argument(
        self,
        *names: str,
        dest: str | None = None,
        action: str = "store",
        nargs: str | None = None,
        default: object = None,
        choices: Collection[object] | None = None,
        type: Callable[[str], object] | None = None,  # noqa: A002  # argparse's name
        required: bool = False,
        group: object = None,
        **others: object,
    ) -> None:
        """Declare one; ``others`` are for helps, but for one that makes it less than plain."""
        option = names[0].startswith("-")
        if dest is None:
            told = next((one for one in names if one.startswith("--")), names[0])
            dest = told.lstrip("-").replace("-", "_") if option else told
        if action == "store_true":
            default = bool(default)
        if action != "help":
            self._defaults.setdefault(dest, default)
        count = nargs is None if option else nargs in _COUNTS
        plain = action in _PLAIN and "const" not in others and count
        found = _Argument(
            dest=dest,
            action=action,
            nargs=nargs,
            choices=choices,
            type=type,
            group=group,
            plain=plain,
        )
        if not option:
            self._positionals.append(found)
            return
        self._options |= dict.fromkeys(names, found)
        if required:
            self._needed.add(dest)

    def read(self, words: Sequence[str]) -> SimpleNamespace:
        """Read the arguments.

        Raises:
            NotPlainError: they may be right or wrong, but are not plain.
        """
        found = {
            name: list(value) if isinstance(value, list) else value
            for name, value in self._defaults.items()
        }
        others = self._read_options(words, found)
        for at, one in enumerate(self._positionals):
            later = sum(other.nargs in _AT_LEAST_ONE for other in self._positionals[at + 1 :])
            count = min(len(others) - later, 1 if one.nargs in _AT_MOST_ONE else len(others))
            if not one.plain or count < (one.nargs in _AT_LEAST_ONE):
                raise NotPlainError
            values = [_value(one, word) for word in others[:count]]
            others = others[count:]
            if one.nargs in _AT_MOST_ONE:
                found[one.dest] = values[0] if values else found[one.dest]
            elif values or found[one.dest] is None:
                found[one.dest] = values
        if others:
            raise NotPlainError
        return SimpleNamespace(**found)

    def _read_options(self, words: Sequence[str], found: dict[str, Any]) -> list[str]:
        """Put what options say into ``found``, and return the other words."""
        others: list[str] = []
        given: dict[object, str] = {}
        rest = iter(words)
        for word in rest:
            if not _like_option(word):
                others.append(word)
                continue
            name, equals, value = word.partition("=")
            one = self._options.get(name)
            if one is None or not one.plain or (equals and not name.startswith("--")):
                raise NotPlainError
            if given.setdefault(one.group or one.dest, one.dest) != one.dest:
                raise NotPlainError
            if one.action == "store_true":
                if equals:
                    raise NotPlainError
                found[one.dest] = True
                continue
            if not equals:
                value = next(rest, "")
            if not value or (_like_option(value) and not equals):
                raise NotPlainError
            read = _value(one, value)
            found[one.dest] = [*(found[one.dest] or ()), read] if one.action == "append" else read
        if self._needed - set(given.values()):
            raise NotPlainError
        return others


class _Group:
    """Arguments of which at most one may be given."""

    def __init__(self, parser: PlainParser) -> None:
        self._parser = parser

    def add_argument(self, *names: str, **told: Any) -> None:  # noqa: ANN401  # as argparse has it
        """Declare one."""
        self._parser.add_argument(*names, group=self, **told)


class _Unworded:
    """Helps, for those who read none."""

    def say(self, _code: str, _args: Mapping[str, str] | None = None) -> str:
        return ""


def read_plainly(
    add_arguments: Callable[[Any, Any], None], words: Sequence[str]
) -> SimpleNamespace | None:
    """Read a command's arguments; None where that is left to argparse.

    Args:
        add_arguments: declares what the command takes, besides what every command takes.
        words: the command line without the command's name.
    """
    parser, unworded = PlainParser(), _Unworded()
    add_everywhere(parser, unworded)  # type: ignore[arg-type]  # all that is used of them
    add_arguments(parser, unworded)
    try:
        return parser.read(words)
    except NotPlainError:
        return None


def _like_option(word: str) -> bool:
    return word[:1] == "-" and word != "-"


def _value(one: _Argument, word: str) -> object:
    """One value, as its type; the one that was declared may refuse it in any way."""
    if one.type is not None:
        try:
            value = one.type(word)
        except Exception as error:
            raise NotPlainError from error
    else:
        value = word
    if one.choices is not None and value not in one.choices:
        raise NotPlainError
    return value
