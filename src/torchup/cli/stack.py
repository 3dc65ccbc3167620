"""A stack in quotes: requirements and the options that belong to them."""

from __future__ import annotations

import re
from typing import Final

from torchup.errors import UsageError
from torchup.model import Requirement

_OPTION: Final = re.compile(r"(?:^|\s)--?[A-Za-z]")
_VALUED: Final = frozenset({"--build", "--python"})


def is_stack(text: str) -> bool:
    """Tell whether an argument holds more than one requirement: options stand in it."""
    return bool(_OPTION.search(text))


def read_stack(text: str) -> Requirement:
    """Read ``torch==2.9.1 --build cu130 --python 3.12``.

    Raises:
        UsageError: ``cli.stack-quotation``, ``cli.stack-option``, ``cli.stack-no-value`` or
            ``cli.stack-says-nothing``.
    """
    if not text.strip():
        raise UsageError("cli.stack-says-nothing", text=text)
    if not is_stack(text):
        return Requirement(packages=(text.strip(),))
    import shlex

    try:
        words = iter(shlex.split(text))
    except ValueError as error:
        raise UsageError("cli.stack-quotation", text=text) from error
    packages: list[str] = []
    found = {"--build": "", "--python": ""}
    cpu = False
    for word in words:
        name, equals, value = word.partition("=")
        if name in _VALUED:
            found[name] = value if equals else next(words, "")
            if not found[name] or found[name].startswith("-"):
                raise UsageError("cli.stack-no-value", option=name, text=text)
        elif word == "--cpu":
            cpu = True
        elif word.startswith("-"):
            raise UsageError("cli.stack-option", option=word, text=text)
        else:
            packages.append(word)
    return Requirement(
        packages=tuple(packages),
        build=found["--build"] or None,
        python=found["--python"] or None,
        cpu=cpu,
    )
