"""Making an environment again what its record says, without making it anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup import apply
from torchup.api.compiled.build_settings import builds_again
from torchup.api.condas.bare import is_base
from torchup.api.condas.changing import channelled
from torchup.api.environments.changeable import forget_stale, see_unchanged
from torchup.api.environments.damage import Repair, expected_versions, faults_of
from torchup.api.environments.filling import teller
from torchup.api.fetching.fetcher import LockFetcher
from torchup.api.solve.configured import ConfiguredPlaces
from torchup.api.solve.inputs import interpreter_for
from torchup.api.stacks.choosing import BACKEND, CONDA
from torchup.api.stacks.offline import python_for
from torchup.api.toolkit import lay_out
from torchup.api.verifying import see_that_it_computes, verify_site
from torchup.backends import load_backend
from torchup.backends.faults import Fault, sweep
from torchup.backends.uv_prune import forget_cached
from torchup.facts.load import load_catalogue
from torchup.model import Outcome
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from torchup.api.context import Context
    from torchup.model import Check, EnvRecord, Machine, VerifyReport


VERIFY_FAILED: Final = "repair.verify-failed"
"""What is said where an environment doesn't compute after a repair."""


def carry_out(
    context: Context,
    repair: Repair,
    machine: Machine,
    *,
    verified: bool = True,
    on_check: Callable[[Check], None] = lambda _check: None,
) -> Outcome:
    """Repair, whole or not at all.

    Args:
        context: the session.
        repair: what :func:`look` found.
        machine: this machine, for the Python.
        verified: compute inside it afterwards.
        on_check: told each check as it ends.

    Raises:
        NoAnswerError: ``repair.verify-failed``; everything is as it was.
        OutsideError: the disk, the network or the installer failed; everything is as it was.
    """
    log = apply.StepLog(context.report.step)
    record = repair.environment.record
    reports: list[VerifyReport] = []

    def work(site: apply.Site) -> EnvRecord:
        see_unchanged(context, record)
        _mend(context, repair, machine, site)
        if verified and not is_base(record.stack):
            reports.append(verify_site(context, site, record.stack, on_check))
            see_that_it_computes(reports[0], record.name, otherwise=VERIFY_FAILED)
        return record

    apply.change_environment(
        context.host, context.home, record.name, work, log=log, command="repair"
    )
    environment = apply.load_environment(context.host, context.home, record.name, sized=False)
    ok = environment.state == "ok"
    return Outcome(
        command="repair",
        ok=ok,
        steps=log.outcomes,
        environment=environment,
        report=reports[0] if reports else None,
    )


def _mend(context: Context, repair: Repair, machine: Machine, site: apply.Site) -> None:
    record = repair.environment.record
    backend = load_backend(record.backend)
    if repair.python_gone and record.backend == BACKEND:
        with site.log.step("python"):
            line = record.stack.python
            python = interpreter_for(machine, line, None) or python_for(context, BACKEND, line)
            backend.make(context.host, context.home, python, site.path)
    with site.log.step("install"):
        _install(context, repair, machine, site)
        if not is_base(record.stack):
            apply.hold(site.path, record.stack, context.host.system)
        forget_stale(site, repair.packages or ("python",))
    if record.toolkit is not None:
        with site.log.step("toolkit"):
            lay_out(context, site.path, record.toolkit)


def _install(context: Context, repair: Repair, machine: Machine, site: apply.Site) -> None:
    """Install what is wrong anew; what is still wrong then was spoilt in the cache as well."""
    record = repair.environment.record
    expected = expected_versions(record)
    wrong = repair.packages
    if repair.python_gone and record.backend == CONDA:
        wrong = {**wrong, "python": "files"}
    cut_off = {name for name, why in wrong.items() if why == "cut-off"}
    doubled = {name: expected[name] for name, why in wrong.items() if why == "doubled"}
    sweep(context.host, site.path, cut_off, doubled)
    removed = repair.intruders
    for last in (False, True):
        _update(context, record, machine, site, wrong=wrong, removed=removed)
        wrong = faults_of(context, site.path, record)
        removed = ()
        if last or context.offline or not wrong:
            return
        names = tuple(_by_uv(record, wrong))
        if names:
            forget_cached(context.host, context.home, names)


def _by_uv(record: EnvRecord, names: Iterable[str]) -> Iterator[str]:
    """Those of some packages that come out of uv's cache."""
    theirs = (".conda", ".tar.bz2") if record.backend == CONDA else ()
    files = {canonical_name(one.name): one.url for one in record.artifacts}
    return (one for one in names if not files.get(one, "").endswith(theirs))


def _update(
    context: Context,
    record: EnvRecord,
    machine: Machine,
    site: apply.Site,
    *,
    wrong: Mapping[str, Fault],
    removed: tuple[str, ...],
) -> None:
    base = load_catalogue().framework.index_base
    sources = channelled(context, record, ConfiguredPlaces(context, base, BACKEND).sources)
    load_backend(record.backend).update(
        context.host,
        context.home,
        site.path,
        site.pylock,
        record.artifacts,
        teller(context),
        removed=removed,
        again=tuple(name for name, why in wrong.items() if why != "missing"),
        sources=sources,
        offline=context.offline,
        builds=builds_again(context, record, machine),
        fetch=LockFetcher(context, sources, teller(context)),
    )
