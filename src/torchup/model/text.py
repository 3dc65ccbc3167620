"""A message that has not been worded yet."""

from __future__ import annotations

from msgspec import Struct


class Text(Struct, frozen=True):
    """A message's code in :mod:`torchup.words`, and the values for its placeholders."""

    code: str
    args: dict[str, str] = {}


def text(code: str, **args: object) -> Text:
    """Make a :class:`Text`; values are turned into strings."""
    return Text(code, {name: str(value) for name, value in args.items()})
