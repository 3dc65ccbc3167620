"""A second environment of the same content, and another name for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from torchup import apply
from torchup.api.environments.foreign import load
from torchup.api.stacks.choosing import CONDA
from torchup.errors import NoAnswerError, UsageError
from torchup.facts.frameworks import FRAMEWORKS
from torchup.facts.load import titles
from torchup.model import Outcome
from torchup.model.names import is_elsewhere

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.backends import Fetcher
    from torchup.model import EnvRecord


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
    known = _elsewhere(context, name)
    if known is None:
        apply.check_copying(context.home, _own(context, name), target)
    else:
        apply.check_free(context.home, apply.check_name(target))


def clone(context: Context, name: str, target: str) -> Cloned:
    """Make an environment with the content of another one; of conda's, whoever made it.

    Raises:
        NoAnswerError: there is no such environment, or ``foreign.no-framework``.
        UsageError: the new name can't be taken; ``foreign.clone-venv``.
        OutsideError: it is busy, or the disk refuses.
    """
    log = apply.StepLog(context.report.step)
    host, home, known = context.host, context.home, _elsewhere(context, name)
    if known is None:
        name = _own(context, name)
        fetch = _fetcher(context, load(context, name, sized=False).record)
        record, copied = apply.clone_environment(host, home, name, target, log=log, fetch=fetch)
    else:
        fetch = _fetcher(context, known)
        record, copied = apply.clone_elsewhere(host, home, known, target, log=log, fetch=fetch)
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
    log = apply.StepLog(context.report.step)
    fetch = _fetcher(context, load(context, name, sized=False).record)
    record = apply.rename_environment(
        context.host, context.home, name, target, log=log, fetch=fetch
    )
    found = apply.load_environment(context.host, context.home, record.name)
    return Outcome(command="rename", ok=True, steps=log.outcomes, environment=found)


def _fetcher(context: Context, record: EnvRecord) -> Fetcher | None:
    """What brings packages of conda's that its cache no longer has; None for wheels."""
    if record.backend != CONDA:
        return None
    from torchup.api.condas.changing import channelled
    from torchup.api.environments.filling import teller
    from torchup.api.fetching.fetcher import LockFetcher
    from torchup.api.locks.files import sources_of

    sources = channelled(context, record, sources_of(context))
    return LockFetcher(context, sources, teller(context))


def _own(context: Context, name: str) -> str:
    """Return the name of an environment of this home that a path may stand for."""
    return load(context, name, sized=False).record.name if is_elsewhere(name) else name


def _elsewhere(context: Context, name: str) -> EnvRecord | None:
    """Return what is known of an environment that torchup did not make, None for its own.

    Raises:
        NoAnswerError: ``foreign.none-there``, ``foreign.no-framework``.
        UsageError: ``foreign.clone-venv``.
    """
    adopted = apply.adopted_names(context.home)
    if not is_elsewhere(name) and (name in apply.names(context.home) or name not in adopted):
        return None
    found = load(context, name, sized=False)
    record = found.record
    if not is_elsewhere(record.name) and record.name not in adopted:
        return None
    if record.backend != "conda":
        raise UsageError("foreign.clone-venv", path=record.path)
    if not record.stack.packages:
        raise NoAnswerError("foreign.no-framework", path=record.path, names=titles(FRAMEWORKS))
    return replace(record, stack=replace(record.stack, origin="conda"))
