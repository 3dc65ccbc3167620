"""Choosing: the catalogue, narrowed by what this machine's sources really hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.api.condas.bare import is_bare, is_base
from torchup.api.stacks.chooser import Chooser
from torchup.api.stacks.choosing import CONDA, Choice
from torchup.facts.frameworks import mean, named_in
from torchup.facts.load import load_catalogue
from torchup.model import Reason, shown_url
from torchup.resolve.ask import applying, read_requirement

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.model import Machine, Plan, Requirement, Resolution

_ROUNDS: Final = 3
"""Choices at most for lines that depend on the Python, which depends on the choice."""


def choose(
    context: Context,
    machine: Machine,
    requirement: Requirement,
    *,
    live: bool,
    here: bool = False,
    examine: bool = False,
) -> Choice:
    """Choose the stack, by what the user's other requirements ask of the framework too.

    Args:
        context: the session.
        machine: this machine, or a described one.
        requirement: what is asked for.
        live: ask this machine's sources what they hold. A described machine has its own sources:
            for it the catalogue alone decides.
        here: it is this machine even where its sources are not asked: what Pythons it can have
            counts.
        examine: ask what the other packages need even where the framework's sources are not
            asked: their metadata is the same for every machine.

    Raises:
        UsageError: the requirement can't be read or contradicts itself.
    """
    if is_bare(requirement):
        from torchup.api.condas.base import choose_base

        return choose_base(context, machine, requirement, live=live)
    if len(_named(context, requirement, machine)) > 1:
        return _together(context, machine, requirement, live=live, here=here, examine=examine)
    asking = live or examine
    moved: tuple[Reason, ...] = ()
    python = requirement.python
    if context.project is not None and not requirement.nightly:
        from torchup.api.projects.forward import settle

        read_requirement(requirement, load_catalogue().framework, machine)  # mistakes first
        # Wheels of a project's pins say nothing about what conda's channels have.
        wheels = requirement.backend != CONDA
        requirement, moved = settle(
            context, machine, requirement, here=here or live, examine=asking and wheels
        )
    found = _choose(context, machine, requirement, live=live, here=here, examine=asking)
    for _ in range(_ROUNDS if _asks_for_a_python(requirement) else 0):
        stack = found.resolution.stack
        if stack is None or stack.python == found.resolution.requirement.markers_for:
            break
        settled = replace(requirement, markers_for=stack.python)
        found = _choose(context, machine, settled, live=live, here=here, examine=asking)
    if context.project is not None:
        from torchup.api.projects.answering import answered

        def other(one: Requirement) -> Resolution:
            return _choose(context, machine, one, live=False, here=here, examine=False).resolution

        answer = answered(found.resolution, moved, requirement, other, own_python=python is None)
        found = replace(found, resolution=answer)
    if not context.notes and not moved and not context.origins:
        return found
    reasons = found.resolution.reasons
    told = (*moved, *reasons, *_origins(context, reasons), *context.notes)
    return replace(found, resolution=replace(found.resolution, reasons=told))


def _together(
    context: Context,
    machine: Machine,
    requirement: Requirement,
    *,
    live: bool,
    here: bool,
    examine: bool,
) -> Choice:
    """Choose several frameworks; once more where a line counts for one Python and not another."""
    from torchup.api.stacks.several import choose_several

    def each(one: Requirement) -> Choice:
        return choose(context, machine, one, live=live, here=here, examine=examine)

    known = None
    if requirement.backend == CONDA:
        from torchup.api.condas.sets import cataloguing

        known = cataloguing(context, machine)
    found = choose_several(machine, requirement, each, known)
    stack = found.resolution.stack
    if stack is None or requirement.markers_for or not _asks_for_a_python(requirement):
        return found
    return each(replace(requirement, markers_for=stack.python))


def _named(context: Context, requirement: Requirement, machine: Machine) -> tuple[str, ...]:
    """Name the frameworks that are asked for on a machine, and mean the first of them.

    A line may count on another machine alone. A project is about its first framework: what else
    it pins is of its time, and uv's to solve.
    """
    named = named_in(requirement.packages)
    if context.project is not None:
        return named[:1]
    if len(named) > 1 and any(";" in line for line in requirement.packages):
        named = named_in(applying(requirement, machine)) or named[:1]
        mean(named[0])
    return named


def _origins(context: Context, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    if not context.origins:
        return ()
    from torchup.api.stacks.origins import placed

    return placed(context, reasons)


def preview(
    context: Context,
    machine: Machine,
    requirement: Requirement,
    *,
    live: bool,
    examine: bool = True,
) -> Choice:
    """Choose as :func:`choose` does, for an answer that installs nothing: it needs no network.

    Where the places that would have the stack can't be asked, the catalogue answers alone, and
    the answer says so.

    Args:
        context: the session.
        machine: this machine, or a described one.
        requirement: what is asked for.
        live: ask this machine's sources what they hold.
        examine: ask what other packages need, for a described machine too; seconds for each.

    Raises:
        UsageError: the requirement can't be read or contradicts itself.
    """
    found = choose(context, machine, requirement, live=live, examine=examine)
    if not live or context.wheels or requirement.nightly:
        return found
    from torchup.api.stacks.lost import lacks_a_source

    if not lacks_a_source(found.resolution):
        return found
    known = choose(context, machine, requirement, live=False, here=True, examine=examine)
    told = (_unasked(context, found), *known.resolution.reasons)
    return replace(known, resolution=replace(known.resolution, reasons=told))


def _unasked(context: Context, found: Choice) -> Reason:
    """Say why no source was asked."""
    lost = next(one for one in found.listings if one.state == "unreachable")
    return Reason(
        code="catalogue-offline" if context.offline else "catalogue-alone",
        effect="warn",
        subject=lost.source.id,
        needs=shown_url(lost.source.url),
        has=lost.why.args.get("why", "") if lost.why else "",
    )


def _asks_for_a_python(requirement: Requirement) -> bool:
    """Tell whether a line counts only for some Pythons, while which one is not settled."""
    lines = (*requirement.packages, *requirement.constraints)
    return requirement.python is None and any("python" in one.partition(";")[2] for one in lines)


def _choose(
    context: Context,
    machine: Machine,
    requirement: Requirement,
    *,
    live: bool,
    here: bool,
    examine: bool,
    settled: bool = False,
) -> Choice:
    def again(other: Requirement, *, live: bool) -> Choice:
        chooser = kind(context, machine, other)
        return chooser.live() if live or asking else chooser.by_catalogue(here=here)

    asked = read_requirement(requirement, load_catalogue().framework, machine)
    if requirement.nightly or requirement.packages:
        from torchup.resolve.nightly import check_nightly

        check_nightly(asked)
    kind, asking = Chooser, bool(context.wheels)  # that folder is here, whatever the machine
    if requirement.nightly:
        from torchup.api.stacks.nightly import NightlyChooser

        kind, asking = NightlyChooser, live or examine  # the catalogue knows no nightlies
    if requirement.backend == CONDA:
        from torchup.api.condas.builds import CondaChooser

        kind = CondaChooser
    found = again(requirement, live=live)
    solved_at_once = requirement.backend == CONDA  # what else is wanted is weighed by the solver
    if found.resolution.stack is not None and asked.others and not solved_at_once:
        from torchup.api.stacks.narrowing import narrow

        found = narrow(context, machine, found, again, live=live, examine=examine)
    if found.resolution.stack is None or not asked.others or requirement.nightly:
        return found
    from torchup.api.compiled.belonging import belonging

    def anew(other: Requirement) -> Choice:
        return _choose(context, machine, other, live=live, here=here, examine=examine, settled=True)

    if settled:
        return found
    return belonging(context, machine, found, asked, anew, ask=live or examine)


def plan(choice: Choice, *, name: str = "NAME", verify: bool = True) -> Plan:
    """Turn a choice into steps, without asking for the files' names."""
    from torchup.backends import load_backend
    from torchup.plan import plan_creation

    stack = choice.resolution.stack
    bare = stack is not None and is_base(stack)
    others = choice.others or (choice.resolution.requirement.packages if bare else ())
    steps = load_backend(choice.backend).steps(stack, name, others) if stack else ()
    return plan_creation(choice.addressed(), steps, verify=verify, name=name)
