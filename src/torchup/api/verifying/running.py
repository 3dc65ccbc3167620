"""Computing inside environments of this home, or with any interpreter."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from torchup import apply
from torchup.api import measurements
from torchup.api.condas.bare import is_base
from torchup.api.environments.foreign import load
from torchup.api.environments.known import is_foreign, receipt_of
from torchup.backends.installed import interpreter
from torchup.errors import NoAnswerError, OutsideError, UsageError
from torchup.facts.frameworks import DEFAULT, FRAMEWORKS, mean, named_in
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
    from torchup.verify import Expected, write_receipt
    from torchup.verify.presence import there

    if name is None:
        if not python or not context.host.is_executable(python):
            raise UsageError("verify.no-such-python", python=python or "")
        names = there(context.host, python) or (DEFAULT,)
        mean(names[0])
        wanted = tuple(Expected(framework=one, device=device or "auto") for one in names)
        return _computed(context, python, wanted, level=level, bench=bench, on_check=on_check)
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
            _expected(context, found, device),
            level=level,
            bench=bench,
            on_check=on_check,
        )
        try:
            # What another device does says nothing of what was planned.
            if receipt is not None and device in ("", found.record.stack.device):
                write_receipt(receipt, report)
            if report.figures and not is_elsewhere(found.record.name):
                measurements.keep(context, found.record.name, report)
        except OutsideError as error:
            on_unrecorded(error)
    return report


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
        report = _computed(context, python, expected_of(stack), level="quick", on_check=on_check)
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


def expected_of(stack: Stack) -> tuple[Expected, ...]:
    """What a verification should find where a stack was installed, for each of its frameworks.

    The exact versions asked of the source: a wheel without a local part (PyPI's, every macOS one)
    may or may not name its build inside.
    """
    from torchup.facts.load import load_catalogue
    from torchup.verify import Expected

    names = named_in(stack.packages) or (DEFAULT,)
    versions = stack.packages | stack.pins
    plugins = {one for name in names for one in load_catalogue(name).plugins}
    theirs = {
        name: set(load_catalogue(name).framework.companions) for name in names if len(names) > 1
    }
    return tuple(
        Expected(
            framework=framework,
            version=versions.get(framework, ""),
            companions={
                name: version
                for name, version in versions.items()
                if name not in plugins.union(names) and (not theirs or name in theirs[framework])
            },
            device=stack.devices.get(framework, stack.device),
            environment=stack.environment,
            cards=stack.cards.get(framework, ()),
        )
        for framework in names
    )


def _expected(context: Context, found: Environment, device: str) -> tuple[Expected, ...]:
    """What should be found in an environment; on another device where one was named."""
    name = found.record.name
    untouched = is_elsewhere(name) or is_foreign(context, name)
    stack = found.record.stack
    # A framework that has only its CPU build beside another one's card stays on the CPU.
    return tuple(
        structs.replace(
            planned,
            untouched=untouched,
            device=planned.device
            if planned.framework in stack.devices
            else device or planned.device,
        )
        for planned in expected_of(stack)
    )
