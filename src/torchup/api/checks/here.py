"""Everything between the card and the notebook on this machine: the quick part first."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.api import checks, doctor
from torchup.api.checks.lines import with_lines
from torchup.api.machines.machine import probe
from torchup.host.together import together

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.chain.link import Link
    from torchup.api.context import Context
    from torchup.api.doctor import Examination
    from torchup.model import Environment, Machine, Resolution
    from torchup.model.finding import Finding
    from torchup.model.software import Answering, Software

HARDWARE: Final = ("card", "driver", "runtime", "build", "python")
"""The links that a described machine has too."""
_QUICK: Final = ("card", "driver", "runtime")
"""Those that are known before anything slow is asked."""


class Here:
    """One look at this machine.

    Args:
        context: the session.
        name: one environment; empty for the whole machine.
        closely: compare every environment with its record, file by file.
    """

    def __init__(self, context: Context, name: str = "", *, closely: bool = False) -> None:
        self._context = context
        self._name = name
        self._closely = closely or bool(name)
        self.environments = _environments(context, name)
        self.machine: Machine = probe(context)

    def hardware(self) -> tuple[Link, ...]:
        """Judge the card and the driver, by the catalogue alone."""
        answer = self._answer(live=False)
        links = doctor.examine(self.machine, answer).links
        return tuple(one for one in links if one.what in _QUICK)

    def whole(self, on_done: Callable[[str, int, int], None]) -> Examination:
        """Look at everything, side by side.

        Args:
            on_done: told the name of what was looked at, how many were, and how many there are.
        """
        questions = self._questions()
        done, turn = 0, Lock()

        def told(name: str, ask: Callable[[], object]) -> Callable[[], object]:
            def asked() -> object:
                nonlocal done
                try:
                    return ask()
                finally:
                    with turn:
                        done += 1
                        on_done(name, done, len(questions))

            return asked

        answers = dict(
            zip(
                questions,
                together([told(name, ask) for name, ask in questions.items()]),
                strict=True,
            )
        )
        return self._judged(answers)

    def _questions(self) -> dict[str, Callable[[], object]]:
        from torchup.api.machines.software import reachable, with_software

        context = self._context
        found: dict[str, Callable[[], object]] = {
            "answer": lambda: self._answer(live=True),
            "software": lambda: with_software(context.host, context.home, self.machine),
            "sources": lambda: reachable(context) or (),
        }
        if not self._name:
            found |= checks.of_machine(context)
        for one in self.environments if self._closely else ():
            inside = checks.of_environment(context, one)
            found |= {f"{one.record.name}: {name}": ask for name, ask in inside.items()}
        return found

    def _judged(self, answers: dict[str, object]) -> Examination:
        answer: Resolution = answers.pop("answer")  # type: ignore[assignment] # one dict for all
        seen: tuple[Machine, Software] = answers.pop("software")  # type: ignore[assignment] # as above
        sources: tuple[Answering, ...] = answers.pop("sources")  # type: ignore[assignment] # as above
        rest: dict[str, tuple[Finding, ...]] = answers  # type: ignore[assignment] # as above
        machine, software = seen
        examined = doctor.examine(
            self._without_own(machine),
            answer,
            self.environments,
            None if self._name else software,
            sources,
        )
        inside = [one for name, found in rest.items() if ": " in name for one in found]
        outside = [one for name, found in rest.items() if ": " not in name for one in found]
        seen_in = [with_lines(self._context.host, one) for one in examined.findings]
        findings = doctor.together(seen_in, inside, outside)
        return doctor.Examination(examined.links, findings)

    def _without_own(self, machine: Machine) -> Machine:
        """Leave out what torchup's own environments have set: their wheels need it."""
        own = {f"{one.record.path}/lib" for one in self.environments if one.record.stack.libraries}
        kept = (one for one in machine.problems if own.isdisjoint(one.args.values()))
        return replace(machine, problems=tuple(kept))

    def _answer(self, *, live: bool) -> Resolution:
        from torchup.api.stacks.planning import preview
        from torchup.model import Requirement

        context = self._context
        asked = Requirement(offline=context.offline, today=context.today())
        return preview(context, self.machine, asked, live=live).resolution


def _environments(context: Context, name: str) -> tuple[Environment, ...]:
    from torchup.api.environments import known

    if name:
        return (known.show(context, name)[0],)
    return known.list_all(context)


def inside(context: Context, found: Environment) -> tuple[Finding, ...]:
    """Everything that is wrong with one environment; the machine is not looked at."""
    questions = checks.of_environment(context, found)
    answers = together(list(questions.values()))
    closer = [one for answer in answers for one in answer]
    return doctor.together(tuple(doctor.of_environment(found)), closer, ())
