"""Options of ``sbatch`` that the user adds to a script, and those that the script needs itself.

Slurm reads them with ``getopt_long`` (https://slurm.schedmd.com/sbatch.html): a long option counts
by any beginning of its name that is no other's, a short one may have its value right behind it, and
short ones without a value may stand together.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

OF_BOTH: Final = {
    "--array": "-a",
    "--hold": "-H",
    "--wait": "-W",
    "--ntasks": "-n",
    "--ntasks-per-node": "",
    "--parsable": "",
    "--wrap": "",
}
"""Options that both scripts need for themselves, with their letters."""
OF_PROBE: Final = {
    **OF_BOTH,
    "--job-name": "-J",
    "--nodes": "-N",
    "--nodelist": "-w",
    "--nodefile": "-F",
}
"""Those of the array, whose tasks are each sent to a node of its own."""
CARDS: Final = {
    "--gres": "",
    "--gpus": "-G",
    "--gpus-per-node": "",
    "--gpus-per-task": "",
    "--exclusive": "",
}
"""Options by which the user says how many cards a job gets."""
PARTITION: Final = {"--partition": "-p"}
_ALONE: Final = "HhOQsuVvW"
"""Letters that take no value, and may be followed by others."""


class Directive(Struct, frozen=True, kw_only=True):
    """One option: as it stands in the script, its name as it was given, and its value."""

    line: str
    name: str
    value: str = ""

    def is_any(self, options: Mapping[str, str]) -> bool:
        """Whether Slurm may take it for one of these."""
        if self.name.startswith("--"):
            return any(one.startswith(self.name) for one in options)
        letters = frozenset(filter(None, options.values()))
        return any(f"-{one}" in letters for one in self.letters)

    @property
    def letters(self) -> str:
        """The letters of short options that stand together: up to the first that takes a value."""
        for at, letter in enumerate(self.name[1:], 1):
            if letter not in _ALONE:
                return self.name[1 : at + 1]
        return self.name[1:]


def directives(options: str, own: Mapping[str, str]) -> tuple[Directive, ...]:
    """Read options as a shell would, one directive each.

    Args:
        options: as they are given to ``sbatch``.
        own: those that the script needs for itself.

    Raises:
        UsageError: ``slurm.options``: they can't be read, or a word is no option; ``slurm.own``:
            one that the script sets itself.
    """
    try:
        words = shlex.split(options)
    except ValueError as error:
        raise UsageError("slurm.options", options=options, why=error) from error
    found: list[Directive] = []
    for word in words:
        starts = word.startswith("-")
        if not word.isprintable() or not (starts or _takes_value(found)) or word in ("-", "--"):
            raise UsageError("slurm.options", options=options, why=word)
        if starts:
            found.append(_read(word))
        else:
            before = found[-1]
            found[-1] = Directive(
                line=f"{before.line} {_quoted(word)}", name=before.name, value=word
            )
    for one in found:
        if one.is_any(own):
            raise UsageError("slurm.own", option=one.name)
    return tuple(found)


def _read(word: str) -> Directive:
    if word.startswith("--"):
        name, given, value = word.partition("=")
        return Directive(line=f"{name}={_quoted(value)}" if given else word, name=name, value=value)
    plain = Directive(line=_quoted(word), name=word)
    at = 1 + len(plain.letters)
    return Directive(line=plain.line, name=word[:at], value=word[at:])


def _takes_value(found: list[Directive]) -> bool:
    """Whether the last option may be followed by its value."""
    return bool(found) and not found[-1].value and "=" not in found[-1].line


def _quoted(word: str) -> str:
    """A value in a directive: ``sbatch`` reads quotation marks, and no shell."""
    return f'"{word}"' if re.search(r"\s", word) else word
