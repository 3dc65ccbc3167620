"""A second environment of the same content, and another name for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup import apply
from torchup.model import Outcome

if TYPE_CHECKING:
    from torchup.api.context import Context


class Cloned(Struct, frozen=True, kw_only=True):
    """How it ended, and how many files are shared with the original or had to be copied."""

    outcome: Outcome
    copied: apply.Copied


def check(context: Context, name: str, target: str) -> None:
    """See that an environment can be copied or renamed so; changes nothing.

    Raises:
        NoAnswerError: there is no such environment.
        UsageError: the new name can't be taken, or the environment is not torchup's.
    """
    apply.check_copying(context.home, name, target)


def clone(context: Context, name: str, target: str) -> Cloned:
    """Make an environment with the content of another one.

    Raises:
        NoAnswerError: there is no such environment.
        UsageError: the new name can't be taken.
        OutsideError: it is busy, or the disk refuses.
    """
    log = apply.StepLog()
    record, copied = apply.clone_environment(context.host, context.home, name, target, log=log)
    found = apply.load_environment(context.host, context.home, record.name)
    outcome = Outcome(command="clone", ok=True, steps=log.outcomes, environment=found)
    return Cloned(outcome=outcome, copied=copied)


def rename(context: Context, name: str, target: str) -> Outcome:
    """Give an environment another name.

    Raises:
        NoAnswerError: there is no such environment.
        UsageError: the new name can't be taken.
        OutsideError: it is busy, or the disk refuses.
    """
    log = apply.StepLog()
    record = apply.rename_environment(context.host, context.home, name, target, log=log)
    found = apply.load_environment(context.host, context.home, record.name)
    return Outcome(command="rename", ok=True, steps=log.outcomes, environment=found)
