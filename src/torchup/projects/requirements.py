"""A project's requirements lists: what can be taken is, the rest is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model.names import name_of
from torchup.projects.addresses import is_version_control
from torchup.projects.gathering import Gathering
from torchup.sources.pip_options import EDITABLE, FILES, PLACES, SHORT
from torchup.sources.requirements_text import logical_lines, split_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torchup.projects.declared import Declared

    Nested = Callable[[str, bool, int], None]


def read_requirements_list(
    text: str, file: str, nested: Nested, *, constrains: bool = False
) -> Declared:
    """Read a list for pip, as people and ``pip freeze``, ``conda list`` and PowerShell write them.

    Args:
        text: the list.
        file: its name.
        nested: told each file that it includes, whether that one only constrains, and the line.
        constrains: its lines count only where something asks for their package.
    """
    found = Gathering(file)
    for line in logical_lines(text, lambda _name: None):
        take_pip_line(found, line.text, line.number, nested, constrains=constrains)
    return found.done()


def take_pip_line(
    found: Gathering,
    text: str,
    number: int,
    nested: Nested | None = None,
    *,
    constrains: bool = False,
) -> None:
    """Take one line of such a list; never raises.

    Args:
        found: collects it.
        text: the line without comments.
        number: its number.
        nested: as for :func:`read_requirements_list`; None where files can't be included.
        constrains: it counts only where something asks for its package.
    """
    try:
        said, words = split_options(text)
    except ValueError:
        found.note("left-unreadable", text, number)
        return
    if said:
        found.take(said, number, constrains=constrains)
        hashes = [value for name, value in _options(words) if name == "--hash"]
        if hashes:
            found.say_hashes(name_of(said), [one.replace("=", ":") for one in hashes])
        return
    for name, value in _options(words):
        if name in EDITABLE:
            code = "left-git" if is_version_control(value) else "left-editable"
            found.note(code, value, number)
        elif name in PLACES and value:
            found.say_place(PLACES[name], value, number)
        elif name in FILES and value and nested is not None:
            nested(value, constrains or FILES[name], number)


def _options(words: Iterable[str]) -> list[tuple[str, str]]:
    """Pair options with their values; an unknown one has the word behind it."""
    rest = list(words)
    pairs: list[tuple[str, str]] = []
    while rest:
        name, equals, value = rest.pop(0).partition("=")
        short = name[:SHORT]
        if short in FILES | PLACES and len(name) > SHORT and not name.startswith("--"):
            name, value = short, name[SHORT:]
        elif not equals and rest and not rest[0].startswith("-"):
            value = rest.pop(0)
        pairs.append((name, value))
    return pairs
