"""Making an environment again what its record says, without making it anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup import apply
from torchup.api.compiled.build_settings import builds_again
from torchup.api.condas.bare import is_base
from torchup.api.condas.changing import channelled
from torchup.api.environments.changeable import forget_stale, see_unchanged
from torchup.api.environments.creation import teller
from torchup.api.fetching.fetcher import LockFetcher
from torchup.api.solve.configured import ConfiguredPlaces
from torchup.api.solve.inputs import interpreter_for
from torchup.api.stacks.choosing import BACKEND, CONDA
from torchup.api.stacks.offline import python_for
from torchup.api.toolkit import lay_out
from torchup.api.verifying import verify_site
from torchup.backends import load_backend
from torchup.backends.conda_faults import conda_faults
from torchup.backends.faults import Fault, faults, intruders, sweep
from torchup.backends.installed import interpreter
from torchup.backends.uv_prune import forget_cached
from torchup.errors import NoAnswerError, UsageError
from torchup.facts.load import load_catalogue
from torchup.model import Environment, Outcome
from torchup.model.names import canonical_name, is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from torchup.api.context import Context
    from torchup.model import Check, EnvRecord, Machine, VerifyReport


class Repair(Struct, frozen=True, kw_only=True):
    """What is wrong with an environment: packages and why, whether its Python is gone.

    ``toolkit_broken``: what was laid out of its toolkit is not whole. ``intruders``: packages that
    are on no record and wrote over files of some that are.
    """

    environment: Environment
    packages: dict[str, Fault]
    python_gone: bool = False
    toolkit_broken: bool = False
    intruders: tuple[str, ...] = ()

    @property
    def needed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.packages) or self.python_gone or self.toolkit_broken


def look(context: Context, name: str) -> Repair:
    """Compare an environment with its record, file by file; changes nothing.

    Raises:
        UsageError: ``apply.foreign``: torchup did not make it.
        NoAnswerError: there is no such environment; ``environment.no-record`` or
            ``repair.no-lock``: nobody knows what it should hold.
    """
    found = apply.load_environment(context.host, context.home, name, sized=False)
    record = found.record
    path = Path(record.path)
    known = record.backend in (BACKEND, CONDA) and found.state != "foreign"
    if not known and record.stack.packages:
        raise UsageError("apply.foreign", name=name)
    if not record.stack.packages:
        raise NoAnswerError("environment.no-record", name=name, path=path)
    if not (path / apply.RECORDS / apply.LOCK).is_file():
        raise NoAnswerError("repair.no-lock", name=name)
    expected = _expected(record)
    wrong = _faults(context, path, record)
    spoilt = {name for name, why in wrong.items() if why == "files"}
    gone = not context.host.is_executable(str(interpreter(path, context.host)))
    strangers: tuple[str, ...] = ()
    if record.backend == BACKEND:  # conda's packages need not have the names that Python has
        strangers = intruders(path, context.host, frozenset(expected), spoilt)
    return Repair(
        environment=found,
        packages=wrong,
        intruders=strangers,
        python_gone=gone and not wrong.get("python"),  # conda's is one of its packages
        toolkit_broken=record.toolkit is not None and not apply.is_whole(path, record.toolkit),
    )


def _expected(record: EnvRecord) -> dict[str, str]:
    return {canonical_name(one.name): one.version for one in record.artifacts}


def _faults(context: Context, path: Path, record: EnvRecord) -> dict[str, Fault]:
    """Compare file by file.

    Raises:
        NoAnswerError: ``repair.no-lock``: the lock is damaged.
    """
    if record.backend == BACKEND:
        return faults(path, context.host, _expected(record))
    try:
        lock = (path / apply.RECORDS / apply.LOCK).read_text(encoding="utf-8")
        return conda_faults(path, context.host, lock)
    except (OSError, ValueError) as error:  # msgspec's and Unicode's errors are values
        raise NoAnswerError("repair.no-lock", name=record.name) from error


def see_recorded(found: Environment) -> None:
    """See that somebody knows what an environment of torchup's own should hold.

    Raises:
        NoAnswerError: ``environment.no-record`` or ``repair.no-lock``.
    """
    record = found.record
    if found.state == "foreign" or is_elsewhere(record.name):
        return
    if not record.stack.packages:
        raise NoAnswerError("environment.no-record", name=record.name, path=record.path)
    if not (Path(record.path) / apply.RECORDS / apply.LOCK).is_file():
        raise NoAnswerError("repair.no-lock", name=record.name)


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
            see_that_it_computes(reports[0], record.name)
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
    expected = _expected(record)
    wrong = repair.packages
    if repair.python_gone and record.backend == CONDA:
        wrong = {**wrong, "python": "files"}
    cut_off = {name for name, why in wrong.items() if why == "cut-off"}
    doubled = {name: expected[name] for name, why in wrong.items() if why == "doubled"}
    sweep(context.host, site.path, cut_off, doubled)
    removed = repair.intruders
    for last in (False, True):
        _update(context, record, machine, site, wrong=wrong, removed=removed)
        wrong = _faults(context, site.path, record)
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


def see_that_it_computes(report: VerifyReport, name: str) -> None:
    """Refuse a repair after which an environment doesn't compute.

    Raises:
        NoAnswerError: ``repair.verify-failed``.
    """
    if not report.ok:
        failed = ", ".join(one.code for one in report.checks if one.status == "fail")
        raise NoAnswerError("repair.verify-failed", name=name, checks=failed)
