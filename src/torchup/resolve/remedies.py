"""A change in words: what the user would have to do for a rejected candidate to be valid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import NearMiss, text
from torchup.resolve.changes import BY_COST, DRIVER, KINDS, NEWER_DRIVER, PYTHON
from torchup.resolve.dates import later_day
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from torchup.model import Reason, Stack, Text
    from torchup.resolve.changes import Change
    from torchup.resolve.places import Place
    from torchup.resolve.verdict import Verdict

    class StackOf(Protocol):
        """Turns a verdict into a stack, as it would be at a place."""

        def __call__(self, verdict: Verdict, place: Place | None = None) -> Stack:
            """Give the stack."""


_BY_REMEDY: Final = {
    "remedy.ask": "ask",
    "remedy.on-ptx": "ask",
    "remedy.paired": "companion",
    "remedy.without": "companion",
    "remedy.later-day": "day",
    "remedy.cpu": "day",
    "remedy.use-gpu": "day",
    "remedy.python": "python",
    "remedy.install-python": "python",
    "remedy.other-python": "python",
    "remedy.source": "source",
    "remedy.libcuda": "library",
}


def near_miss(change: Change, stack_of: StackOf) -> NearMiss:
    """The stack that would do then, what speaks against it now, and the change in words."""
    stack = stack_of(change.verdict, change.place)
    reasons = change.verdict.rejects
    return NearMiss(stack=stack, reasons=reasons, remedy=_remedy(change, reasons))


def _remedy(change: Change, reasons: Sequence[Reason]) -> Text:
    label, kinds = change.verdict.label, change.kinds
    named = kinds & {"ask", "companion"}
    if len(kinds - {"ask", "companion"}) > 1:
        return _beyond(change, reasons)
    if kinds == {"companion"} and len(change.companions) == 1:
        return _of_companion(change)
    if kinds == named:
        return text("remedy.ask", stack=label)
    (kind,) = kinds - {"ask", "companion"}
    if kind == "python":
        return _of_python(change, reasons, named=bool(named))
    if kind == "driver":
        return _of_driver(label, reasons, named=bool(named))
    if kind in _ALONE and not named:
        answered = [one for one in reasons if one.code in KINDS[kind]]
        return _ALONE[kind](change, answered)
    return text("remedy.other-card", stack=label)


def _beyond(change: Change, reasons: Sequence[Reason]) -> Text:
    """A driver and a Python, the two that go together in one sentence."""
    drivers = [one for one in reasons if one.code in NEWER_DRIVER]
    label = change.verdict.label
    if change.kinds != {"python", "driver"} or not drivers:
        return text("remedy.other-card", stack=label)
    pythons = _pythons(change, reasons)
    driver = max((one.needs for one in drivers), key=dotted)
    if _available(change):
        return text("remedy.python-and-driver", stack=label, pythons=pythons, driver=driver)
    return text("remedy.install-python-and-driver", stack=label, pythons=pythons, driver=driver)


def _of_companion(change: Change) -> Text:
    name, label = change.companions[0], change.verdict.label
    known = change.verdict.release.companion(name)
    if change.pairs and known is not None:
        return text("remedy.paired", companion=f"{name} {known.version}", stack=label)
    return text("remedy.without", companion=name, stack=label)


def _of_python(change: Change, reasons: Sequence[Reason], *, named: bool) -> Text:
    label, pythons = change.verdict.label, _pythons(change, reasons)
    if named and _available(change):
        return text("remedy.ask-and-python", stack=label, pythons=pythons)
    if named:
        return text("remedy.ask-and-install-python", stack=label, pythons=pythons)
    if change.place is None and any(one.code == "python-unobtainable" for one in reasons):
        return text("remedy.install-python", stack=label, pythons=pythons)
    if _available(change):
        return text("remedy.python", stack=label, pythons=pythons)
    return text("remedy.other-python", stack=label, pythons=pythons)


def _available(change: Change) -> bool:
    """Tell whether the Python that is to be taken is here or can be had."""
    python = (change.place or change.verdict.place).python
    return python is not None and python.available


def _pythons(change: Change, reasons: Sequence[Reason]) -> str:
    """The Pythons that would do."""
    if change.place is not None and change.place is change.verdict.place.freed:
        return ", ".join(change.verdict.place.lines)
    told = (*(change.place.refusals if change.place else ()), *reasons)
    reason = next(one for one in told if one.code in PYTHON)
    return reason.has if reason.code == "requested-python" else reason.needs


def _of_driver(label: str, reasons: Sequence[Reason], *, named: bool) -> Text:
    drivers = [one for one in reasons if one.code in DRIVER]
    first = drivers[0]
    needs = max((one.needs for one in drivers), key=dotted)
    if first.code == "driver-dropped-card":
        if named:
            return text("remedy.ask-and-older-driver", stack=label, driver=needs)
        return text("remedy.older-driver", stack=label, driver=needs)
    if any(one.code == "driver-missing" for one in drivers):
        if named:
            return text("remedy.ask-and-install-driver", stack=label, driver=needs)
        return text("remedy.install-driver", stack=label, driver=needs)
    if named:
        return text("remedy.ask-and-driver", stack=label, driver=needs, has=first.has)
    return text("remedy.driver", stack=label, driver=needs, has=first.has)


def _other_system(change: Change, floors: Sequence[Reason]) -> Text:
    """Name the system that a candidate and its Python need; for musl also what has such a one."""
    label = change.verdict.label
    needs = [one.needs for one in floors]
    python = (change.place or change.verdict.place).python
    if python is not None and python.glibc and not needs[0].startswith("macos"):
        needs.append(f"glibc {python.glibc}")
    needed = max(needs, key=lambda one: dotted(one.rpartition(" ")[2]))
    has = floors[0].has
    if has.startswith("musl"):
        return text("remedy.glibc-system", stack=label, needs=needed, has=has)
    return text("remedy.system", stack=label, needs=needed, has=has)


_ALONE: Final[dict[str, Callable[[Change, Sequence[Reason]], Text]]] = {
    "day": lambda change, reasons: later_day(change.verdict.label, reasons[0]),
    "source": lambda change, _reasons: text("remedy.source", stack=change.verdict.label),
    "library": lambda change, _reasons: text("remedy.libcuda", stack=change.verdict.label),
    "libc": _other_system,
}
"""Kinds that one sentence words: from the change and the reasons that the change answers."""


def by_cost(near: NearMiss) -> int:
    """Where a way out stands among others: what the command line can do comes first."""
    return BY_COST.index(_BY_REMEDY.get(near.remedy.code, "driver"))
