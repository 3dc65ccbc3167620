"""A project's other lines: the Python that their wheels are for, and what can't be had any more.

What an index doesn't have is named and left for the user; the rest goes on. A pin without a wheel
for a Python that can be had is moved to the next version that has one, and one that contradicts
what another package needs gives way to the nearest that doesn't.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api.projects.solver_says import heard
from torchup.api.projects.stack import ProjectStack
from torchup.api.projects.wheels_of_pins import pins_of
from torchup.api.solve.lines_alone import unversioned
from torchup.resolve.lines import line_number

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.api.projects.eras import Era
    from torchup.api.projects.wheels_of_pins import Pin
    from torchup.model import Machine, Reason, Requirement


def mend(
    context: Context,
    machine: Machine,
    requirement: Requirement,
    era: Era,
    reasons: tuple[Reason, ...],
) -> tuple[Requirement, tuple[Reason, ...]]:
    """Choose the Python by the project's lines, leave out what can't be had, and make peace.

    Args:
        context: the session, with the project.
        machine: the machine.
        requirement: what has a stack as far as the framework goes.
        era: the Pythons of the project.
        reasons: what was said so far.
    """
    project = ProjectStack(context, machine, requirement, era)
    if project.stack is None:
        return requirement, reasons
    by_wheels(project)
    heard(project)
    return project.requirement, (*reasons, *project.said)


def by_wheels(project: ProjectStack) -> None:
    """Take the Python that most pins have wheels for, and move the pins that have none.

    Args:
        project: is changed.
    """
    sources = project.sources
    if sources is None:
        return
    pins = pins_of(project.context, sources, project.machine, project.lines())
    alone = not sources.extras and not sources.links
    for pin in pins:
        if not pin.known and alone and project.origin(pin.line):
            project.drop(pin.line, "left-gone")
    counted = [pin for pin in pins if pin.has_wheels]
    if project.free and counted:
        _choose_python(project, counted)
    for pin in (one for one in counted if project.origin(one.line)):
        version = "" if pin.serves(project.python) else pin.next_for(project.python)
        if not version and pin.forbids(project.python):
            project.drop(pin.line, "left-python", has=project.python)
        elif version:
            moved = f"{unversioned(pin.line)}=={version}"
            project.swap(pin.line, moved)
            project.say("moved-package", pin.line, needs=moved, has=project.python)


def _choose_python(project: ProjectStack, pins: list[Pin]) -> None:
    served = {one: sum(pin.serves(one) for pin in pins) for one in project.pythons()}
    project.served = served
    best = max(served.values(), default=0)
    if best <= served.get(project.python, 0):
        return
    at = line_number(project.python)
    fitting = [one for one, count in served.items() if count == best]
    below = [one for one in fitting if line_number(one) < at]
    line = max(below or fitting[:1], key=line_number)
    speak = [one.line for one in pins if one.serves(line) and not one.serves(project.python)]
    project.move_python(line, ", ".join(speak))
