"""Carrying out what a lock says: an environment made, or brought to it, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup import apply
from torchup.api.environments.changeable import see_unchanged
from torchup.api.locks.filling import Filling
from torchup.api.stacks.choosing import BACKEND
from torchup.api.stacks.offline import python_for
from torchup.api.verifying import see_that_it_computes, verify, verify_site
from torchup.model import EnvRecord, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.api.locks.choice import Judged
    from torchup.api.locks.syncing import Sync
    from torchup.model import Check, VerifyReport


def carry_out(
    context: Context,
    sync: Sync,
    chosen: Judged,
    *,
    verified: bool = True,
    on_check: Callable[[Check], None] = lambda _check: None,
) -> Outcome:
    """Make the environment, or bring it exactly to the row; nothing else is touched.

    Args:
        context: the session.
        sync: what was prepared.
        chosen: its row.
        verified: compute inside it; a change after which that fails is undone, a new environment
            stays.
        on_check: told each check as it ends.

    Raises:
        NoAnswerError: ``change.verify-failed``; everything is as it was.
        OutsideError: the disk, the network or the installer failed; everything is as it was.
    """
    log = apply.StepLog()
    python = sync.python
    stack = chosen.stack or chosen.row.stack
    if not python and chosen.row.conda is None:
        python = python_for(context, BACKEND, stack.python)
    work = Filling(context, replace(sync, python=python), chosen, stack)
    report: VerifyReport | None = None
    if sync.environment is None:
        apply.create_environment(
            context.host, context.home, sync.name, work.make, artifacts=sync.artifacts, log=log
        )
        if verified:
            with log.step("verify"):
                report = verify(context, name=sync.name, level="quick", on_check=on_check)
        else:
            log.skip("verify")
    else:
        before = sync.environment

        def change(site: apply.Site) -> EnvRecord:
            nonlocal report
            see_unchanged(context, before.record)
            record = work.change(site, before)
            if verified and sync.needed:
                report = verify_site(context, site, work.stack, on_check)
                see_that_it_computes(report, sync.name)
            return record

        apply.change_environment(
            context.host, context.home, sync.name, change, log=log, command="sync"
        )
    environment = apply.load_environment(context.host, context.home, sync.name, sized=False)
    ok = report is None or report.ok
    return Outcome(
        command="sync", ok=ok, steps=log.outcomes, environment=environment, report=report
    )
