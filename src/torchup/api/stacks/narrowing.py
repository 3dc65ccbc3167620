"""Narrowing a choice by what the user's other requirements ask of the framework."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.compiled.fitted import known_of
from torchup.api.stacks.dependants import contradiction, needs_of
from torchup.api.stacks.pinned import Again, Search
from torchup.facts.extensions import load_extensions
from torchup.facts.load import load_catalogue
from torchup.model import Reason
from torchup.model.names import canonical_name
from torchup.resolve.ask import marker_environment, read_requirement
from torchup.resolve.narrowing import unsolvable
from torchup.resolve.needs import Need, normalised_names, on_python_alone, parsed
from torchup.resolve.wellknown import alternatives, with_compiled

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.model import Machine, Stack
    from torchup.resolve.ask import Asked


def narrow(
    context: Context,
    machine: Machine,
    first: Choice,
    again: Again,
    *,
    live: bool,
    examine: bool,
) -> Choice:
    """Choose again where the user's other requirements need another release of the framework.

    The table of well-known packages decides where it knows the very version; otherwise the
    packages' own metadata does, if the network may be asked.

    Args:
        context: the session.
        machine: the machine.
        first: the choice by everything but those requirements.
        again: chooses once more.
        live: whether this machine's sources may be asked.
        examine: whether the packages' own metadata may be.
    """
    stack = first.resolution.stack
    if stack is None:
        return first
    requirement = first.resolution.requirement
    framework = load_catalogue().framework
    asked = read_requirement(requirement, framework, machine)
    lines = _that_count(asked, machine, stack)
    if not lines:
        return first
    known = load_extensions(normalised_names(lines), framework.name)
    wishes = alternatives(lines, known, framework.name)
    search = Search(machine, first, again, asked, live=live)
    barred = search.barred(wishes)
    if barred is not None:
        return barred
    settled = {wish[0].line for wish in wishes if wish[0].firm}
    elsewhere = (*framework.publishes, *_by_wheels(lines, known))
    unsettled = _asked_elsewhere(lines, settled, elsewhere)
    told = None
    if examine and not context.offline and unsettled:
        told = needs_of(context, machine, first, unsettled, asked)
    needs = None if told is None else tuple(with_compiled(need, known) for need in told.needs)
    untold = {name for name, one in known.items() if one.untold}
    found = _search(search, wishes, needs, untold) or first
    if told is None:
        return _unexamined(found, unsettled)
    if not told.refused or found.resolution.stack is None:
        return found
    against = contradiction(context, machine, found, unsettled, asked)
    if against is None:
        return found
    why, enough = against
    return replace(found, resolution=unsolvable(found.resolution, why, enough))


def _by_wheels(lines: Sequence[str], told: Collection[str]) -> list[str]:
    """The packages that say nothing themselves of the framework: only their wheels do."""
    return [name for name, one in known_of(lines).items() if one.placed or name not in told]


def _unexamined(found: Choice, lines: Sequence[str]) -> Choice:
    """Name the packages that may restrict the framework and couldn't be asked whether they do.

    One without a version can be had in an older one that fits.
    """
    names = [one.name for one in map(parsed, lines) if one.specifier]
    if not names or found.resolution.stack is None:
        return found
    said = Reason(code="not-examined", effect="warn", subject=", ".join(names))
    reasons = (*found.resolution.reasons, said)
    return replace(found, resolution=replace(found.resolution, reasons=reasons))


def _asked_elsewhere(
    lines: Sequence[str], settled: Collection[str], ours: Collection[str]
) -> list[str]:
    """The lines whose packages are still to be asked.

    What the framework's own index publishes is found there alone, once that index is chosen.
    """
    return [
        line
        for line in lines
        if line not in settled and canonical_name(parsed(line).name) not in ours
    ]


def _search(
    search: Search,
    wishes: Sequence[Sequence[Need]],
    told: Sequence[Need] | None,
    untold: Collection[str],
) -> Choice | None:
    """Choose by what is known of the lines; None where that leaves the first choice as it is.

    Args:
        search: chooses.
        wishes: what the table of well-known packages says.
        told: what the packages' own metadata says; None where it couldn't be asked.
        untold: packages whose metadata doesn't say what is known.
    """
    firm = [wish for wish in wishes if wish[0].firm]
    open_ones = [wish for wish in wishes if not wish[0].firm]
    kept = [wish for wish in open_ones if wish[0].package.partition(" ")[0] in untold]
    if kept:
        others = [wish for wish in wishes if wish not in kept]
        rest = others if told is None else _now(firm, [w for w in others if w not in firm], told)
        fitting = search.choose([*rest, *kept])
        if fitting is not None:
            return fitting
        without = _search(search, others, told, ())
        return _with_older(search.first if without is None else without, kept)
    if told is not None:
        now = _now(firm, open_ones, told)
        if not now:
            return None
        found = search.choose(now)
        if found is not None:
            return found
    pinned = [(need,) for need in told or () if need.firm]
    every = [*wishes, *pinned]
    found = search.choose(every) or search.choose(every, any_python=True)
    sure = [*firm, *pinned]  # an open line can be had in an older version
    return found or (search.choose(sure) if sure else None) or search.nothing(sure)


def _now(
    firm: Sequence[Sequence[Need]], open_ones: Sequence[Sequence[Need]], told: Sequence[Need]
) -> list[Sequence[Need]]:
    """What is wanted of the newest versions, by their own metadata where that is known."""
    return [*firm, *on_python_alone(open_ones), *((need,) for need in told)]


def _with_older(found: Choice, wishes: Sequence[Sequence[Need]]) -> Choice:
    """Say what works with older releases of the framework alone, where none of these runs."""
    said = tuple(
        Reason(
            code="works-with-older",
            effect="warn",
            subject=wish[0].package,
            needs=f"{wish[0].framework}{wish[0].wants}",
            fact=wish[0].fact,
        )
        for wish in wishes
    )
    answer = found.resolution
    return replace(found, resolution=replace(answer, reasons=(*answer.reasons, *said)))


def _that_count(asked: Asked, machine: Machine, stack: Stack) -> list[str]:
    """The other requirements whose markers hold on this machine; addresses ask for themselves."""
    if not asked.others:
        return []
    from packaging.requirements import Requirement as Parsed

    environment = marker_environment(machine, stack.python)
    parsed = [(line, Parsed(line)) for line in asked.others]
    return [
        line.partition(";")[0].strip()
        for line, one in parsed
        if not one.url and (one.marker is None or one.marker.evaluate(environment))
    ]
