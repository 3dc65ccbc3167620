"""Making an environment again what its record says, without making it anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from torchup import apply
from torchup.api.building import builds_again
from torchup.api.changing import forget_stale, see_unchanged
from torchup.api.choosing import BACKEND, CONDA
from torchup.api.configured import ConfiguredPlaces
from torchup.api.creation import teller
from torchup.api.environments import verify_site
from torchup.api.solving import interpreter_for
from torchup.api.toolkit import lay_out
from torchup.backends import load_backend
from torchup.backends.faults import Fault, faults, sweep
from torchup.backends.installed import interpreter
from torchup.errors import NoAnswerError, UsageError
from torchup.facts.load import load_catalogue
from torchup.model import Environment, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.model import Check, EnvRecord, Machine, VerifyReport


class Repair(Struct, frozen=True, kw_only=True):
    """What is wrong with an environment: packages and why, whether its Python is gone.

    ``toolkit_broken``: what was laid out of its toolkit is not whole.
    """

    environment: Environment
    packages: dict[str, Fault]
    python_gone: bool = False
    toolkit_broken: bool = False

    @property
    def needed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.packages) or self.python_gone or self.toolkit_broken


def look(context: Context, name: str) -> Repair:
    """Compare an environment with its record, file by file; changes nothing.

    Raises:
        UsageError: ``apply.foreign``: torchup did not make it; ``change.conda``: it is conda's.
        NoAnswerError: there is no such environment; ``environment.no-record`` or
            ``repair.no-lock``: nobody knows what it should hold.
    """
    found = apply.load_environment(context.host, context.home, name, sized=False)
    record = found.record
    path = Path(record.path)
    if record.backend == CONDA and found.state != "foreign":
        raise UsageError("change.conda", name=name)
    if record.backend != BACKEND and record.stack.packages:
        raise UsageError("apply.foreign", name=name)
    if not record.stack.packages:
        raise NoAnswerError("environment.no-record", name=name, path=path)
    if not (path / apply.RECORDS / apply.LOCK).is_file():
        raise NoAnswerError("repair.no-lock", name=name)
    expected = {one.name: one.version for one in record.artifacts}
    return Repair(
        environment=found,
        packages=faults(path, context.host, expected),
        python_gone=not context.host.is_executable(str(interpreter(path, context.host))),
        toolkit_broken=record.toolkit is not None and not apply.is_whole(path, record.toolkit),
    )


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
        OutsideError: the disk, the network or the installer failed; everything is as it was.
    """
    log = apply.StepLog(context.report.step)
    record = repair.environment.record
    reports: list[VerifyReport] = []

    def work(site: apply.Site) -> EnvRecord:
        see_unchanged(context, record)
        _mend(context, repair, machine, site)
        if verified:
            reports.append(verify_site(context, site, record.stack, on_check))
        return record

    apply.change_environment(context.host, context.home, record.name, work, log=log)
    environment = apply.load_environment(context.host, context.home, record.name, sized=False)
    ok = environment.state == "ok" and all(one.ok for one in reports)
    return Outcome(
        command="repair",
        ok=ok,
        steps=log.outcomes,
        environment=environment,
        report=reports[0] if reports else None,
    )


def _mend(context: Context, repair: Repair, machine: Machine, site: apply.Site) -> None:
    backend = load_backend(BACKEND)
    record = repair.environment.record
    if repair.python_gone:
        with site.log.step("python"):
            line = record.stack.python
            python = interpreter_for(machine, line, None) or backend.install_python(
                context.host, context.home, line, teller(context)
            )
            backend.make(context.host, context.home, python, site.path)
    with site.log.step("install"):
        cut_off = {name for name, why in repair.packages.items() if why == "cut-off"}
        sweep(context.host, site.path, cut_off)
        base = load_catalogue().framework.index_base
        backend.update(
            context.host,
            context.home,
            site.path,
            site.pylock,
            record.artifacts,
            teller(context),
            again=tuple(name for name, why in repair.packages.items() if why != "missing"),
            sources=ConfiguredPlaces(context, base, BACKEND).sources,
            offline=context.offline,
            builds=builds_again(context, record, machine),
        )
        apply.hold(site.path, record.stack, context.host.system)
        forget_stale(site, repair.packages or ("python",))
    if record.toolkit is not None:
        with site.log.step("toolkit"):
            lay_out(context, site.path, record.toolkit)
