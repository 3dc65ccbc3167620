"""Computing inside environments of this home, or with any interpreter."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from torchup import apply
from torchup.api import measurements
from torchup.api.condas.bare import is_base
from torchup.api.environments.foreign import load
from torchup.api.environments.known import is_foreign, receipt_of
from torchup.api.verifying.expecting import expected_in, expected_of, expected_with
from torchup.backends.installed import interpreter
from torchup.errors import NoAnswerError, OutsideError
from torchup.facts.frameworks import FRAMEWORKS
from torchup.facts.load import titles
from torchup.model.names import is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.model import Check, Environment, Stack, VerifyReport
    from torchup.verify import Expected, Level


def verify(
    context: Context,
    *,
    name: str | None = None,
    python: str | None = None,
    level: Level = "standard",
    bench: bool = False,
    device: str = "",
    on_check: Callable[[Check], None] = lambda _check: None,
    on_unrecorded: Callable[[OutsideError], None] = lambda _error: None,
) -> VerifyReport:
    """Compute inside an environment of this home, or with any interpreter.

    With an interpreter, the frameworks that are installed there compute. An environment is locked
    meanwhile, by what computes in it too: nobody deletes it then. Where its home can't be written
    it is verified all the same.

    Args:
        context: the session.
        name: the environment.
        python: an interpreter, instead.
        level: how much is tried.
        bench: measure how fast it is, too.
        device: compute on another device than the planned one.
        on_check: told each check as it ends.
        on_unrecorded: told why no receipt could be left.

    Raises:
        NoAnswerError: there is no such environment.
        UsageError: there is no such interpreter.
        OutsideError: ``apply.busy``: something is being done with the environment.
    """
    if name is None:
        wanted = expected_with(context, python or "", device)
        return _computed(context, python or "", wanted, level=level, bench=bench, on_check=on_check)
    found = load(context, name, sized=False)
    elsewhere = is_elsewhere(found.record.name)
    if is_base(found.record.stack) or (elsewhere and not found.record.stack.packages):
        raise NoAnswerError(
            "foreign.no-framework", path=found.record.path, names=titles(FRAMEWORKS)
        )
    if not found.record.stack.packages:
        raise NoAnswerError("environment.no-record", name=name, path=found.record.path)
    path, receipt = Path(found.record.path), receipt_of(context, found)
    # What isn't torchup's has no lock: whoever else deletes it would not look for one.
    held = (
        nullcontext() if elsewhere else apply.in_use(context.host, context.home, found.record.name)
    )
    with held:
        foreign = elsewhere or is_foreign(context, found.record.name)
        if not foreign and not apply.has_marker(path):  # deleted just now
            raise NoAnswerError("apply.no-such-environment", name=name)
        report = _computed(
            context,
            str(interpreter(path, context.host)),
            expected_in(context, found, device),
            level=level,
            bench=bench,
            on_check=on_check,
        )
        try:
            _keep(context, found, report, receipt, device)
        except OutsideError as error:
            on_unrecorded(error)
    return report


def _keep(
    context: Context,
    found: Environment,
    report: VerifyReport,
    receipt: Path | None,
    device: str,
) -> None:
    """Leave a receipt, and what was measured.

    Raises:
        OutsideError: one of them can't be written.
    """
    from torchup.verify import write_receipt

    # What another device does says nothing of what was planned.
    if receipt is not None and device in ("", found.record.stack.device):
        write_receipt(receipt, report)
    if report.figures and not is_elsewhere(found.record.name):
        measurements.keep(context, found.record.name, report)


def verify_site(
    context: Context,
    site: apply.Site,
    stack: Stack,
    on_check: Callable[[Check], None],
) -> VerifyReport:
    """Compute quickly inside an environment that is being changed; the caller holds it.

    Args:
        context: the session.
        site: the environment.
        stack: what should be found there.
        on_check: told each check as it ends.

    Raises:
        OutsideError: the receipt can't be written.
    """
    from torchup.verify import write_receipt

    with site.log.step("verify"):
        python = str(interpreter(site.path, context.host))
        variables = apply.library_variables(site.path, stack, context.host)
        planned = expected_of(stack, variables)
        report = _computed(context, python, planned, level="quick", on_check=on_check)
        write_receipt(site.records / apply.RECEIPT, report)
    return report


def _computed(
    context: Context,
    python: str,
    expected: tuple[Expected, ...],
    *,
    level: Level,
    bench: bool = False,
    on_check: Callable[[Check], None],
) -> VerifyReport:
    """Compute with every framework, each in a process of its own; the first one's report leads."""
    from torchup.verify import verify_environment
    from torchup.verify.together import joined, of_framework

    cache = str(context.home.cache)
    first, *others = expected
    report = verify_environment(
        context.host, python, first, cache=cache, level=level, bench=bench, on_check=on_check
    )
    for one in others:

        def told(check: Check, name: str = one.framework) -> None:
            on_check(of_framework(check, name))

        found = verify_environment(
            context.host, python, one, cache=cache, level=level, bench=bench, on_check=told
        )
        report = joined(report, one.framework, found)
    return report


def see_that_it_computes(report: VerifyReport, name: str) -> None:
    """See that an environment that was changed computes, before the change is kept.

    Raises:
        NoAnswerError: ``change.verify-failed``, with the checks that failed.
    """
    if not report.ok:
        failed = ", ".join(one.code for one in report.checks if one.status == "fail")
        framework = titles(report.packages)
        raise NoAnswerError("change.verify-failed", name=name, framework=framework, checks=failed)
