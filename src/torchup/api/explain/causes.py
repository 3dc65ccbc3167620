"""From an error text to its cause, and what to do about it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from torchup.diagnose.asking import question
from torchup.diagnose.judge import NONE_OF_IT, Cause, judge
from torchup.diagnose.reading import Reader
from torchup.diagnose.rules import HARMLESS, RULES
from torchup.diagnose.rules.told import TOLD
from torchup.diagnose.traits import machine_traits, stated_traits
from torchup.facts.causes import load_cause_facts, words_of
from torchup.model import text
from torchup.model.finding import Finding, Remedy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torchup.model import Machine, System
    from torchup.model.finding import Severity

_OF_SHELLS: Final = frozenset("$~|&;<>*")
"""What a shell makes something of."""
PLACEHOLDER: Final = "PACKAGE"
"""What stands in a command where nobody knows which package is meant."""
_MODULE: Final = re.compile(
    r"(?:(?:site|dist)-packages[/\\]|(?:import|importing|named ['\"]?|for |Collecting )\s?)"
    r"(?P<name>[A-Za-z][\w-]*?)(?:_\d+)?(?:_cuda|_ext|_cpp)?(?=[/\\.\s'\"]|$)"
)
_NO_MODULES: Final = frozenset({"torch", "numpy", "python", "lib", "nvidia", "_C", "the", "pip"})


class Explained(NamedTuple):
    """The causes, the root first, and the trait whose knowing would decide; empty for none."""

    findings: tuple[Finding, ...]
    question: str = ""


def explain_log(
    blocks: Iterable[bytes],
    *,
    facts: Mapping[str, str] | None = None,
    machine: Machine | None = None,
    system: System = "linux",
) -> Explained:
    """Find the causes that a log shows, the root first.

    Args:
        blocks: the log, in pieces of any size.
        facts: what a person says of the machine, in free text.
        machine: what a probe says of it.
        system: whose shell the commands are written for.
    """
    read = _reader().read(blocks)
    traits = read.traits | stated_traits(facts or {})
    if machine is not None:
        traits |= machine_traits(machine)
    causes = judge(RULES, read, traits)
    findings = tuple(_finding(one, system, traits) for one in causes)
    return Explained(findings, question(RULES, causes, traits))


def about_cause(code: str, system: System = "linux") -> Finding:
    """Tell of a cause by its name, as if it had been found."""
    cause = Cause(code=code, confidence=1.0, lines=())
    return _finding(cause, system, None)


@cache
def _reader() -> Reader:
    return Reader(RULES, HARMLESS, TOLD)


def _finding(cause: Cause, system: System, traits: frozenset[str] | None) -> Finding:
    severity: Severity = "info" if cause.code == NONE_OF_IT else "error"
    because = tuple(f"{number}: {said}" for number, said in cause.lines)
    package = _package(because)
    remedies = tuple(
        Remedy(
            title=text(f"fix.{row.name}"),
            safety=row.safety,
            commands=tuple(
                _command(one.replace(PLACEHOLDER, package), system) for one in row.commands
            ),
        )
        for row in load_cause_facts().remedies(cause.code, traits)
    )
    return Finding(
        code=cause.code,
        severity=severity,
        title=text(f"cause.{cause.code}"),
        because=because,
        remedies=remedies,
        confidence=cause.confidence,
    )


def _package(lines: Iterable[str]) -> str:
    """The package that the lines are about, as pip calls it; the placeholder where none is."""
    from torchup.facts.projects import load_import_facts

    names = (found["name"] for line in lines for found in _MODULE.finditer(line))
    known = load_import_facts()
    for name in names:
        if name not in _NO_MODULES and not known.is_standard(name):
            brought = known.brings(name)
            if brought:
                return brought
    return PLACEHOLDER


def _command(command: str, system: System) -> tuple[str, ...]:
    """Write a command for the shell of a system; one word alone is a line for it as it stands."""
    head, _, rest = command.partition(" ")
    windows = system == "windows"
    if head == "set":
        name, _, value = rest.partition("=")
        return (f'$env:{name} = "{value}"' if windows else f"export {rest}",)
    if head == "unset":
        return (f"Remove-Item Env:{rest}" if windows else command,)
    return (command,) if set(command) & _OF_SHELLS else words_of(command)
