"""A prepared change made: whole or not at all, and verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup import __version__, apply
from torchup.api.environments.changeable import forget_stale, see_unchanged
from torchup.api.environments.filling import as_installed, teller, without_logins
from torchup.api.fetching.fetcher import LockFetcher
from torchup.api.solve.inputs import hashed_index
from torchup.api.toolkit import lay_out
from torchup.api.toolkit.conda import recorded
from torchup.api.verifying import see_that_it_computes, verify_site
from torchup.backends import load_backend
from torchup.model import Outcome, Stack, bare_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.api.environments.changing import Change
    from torchup.model import Check, EnvRecord, VerifyReport


def carry_out(
    context: Context,
    change: Change,
    stack: Stack,
    *,
    command: str,
    verified: bool = True,
    on_check: Callable[[Check], None] = lambda _check: None,
) -> Outcome:
    """Make a prepared change, whole or not at all, and verify the environment.

    Args:
        context: the session.
        change: what :func:`prepare` returned.
        stack: its stack, which is there.
        command: the command's name, for the outcome.
        verified: compute inside it; a change after which that fails is undone.
        on_check: told each check as it ends.

    Raises:
        NoAnswerError: ``change.verify-failed``; everything is as it was.
        OutsideError: the disk, the network or the installer failed; everything is as it was.
    """
    log = apply.StepLog(context.report.step)
    name = change.environment.record.name
    reports: list[VerifyReport] = []

    def work(site: apply.Site) -> EnvRecord:
        see_unchanged(context, change.environment.record)
        apply.check_room(context.host, context.home, change.fetched)
        now = _fill(context, change, stack, site)
        if verified and change.differences:
            reports.append(verify_site(context, site, now, on_check))
            see_that_it_computes(reports[0], name)
        return _record(context, change, now)

    apply.change_environment(context.host, context.home, name, work, log=log, command=command)
    environment = apply.load_environment(context.host, context.home, name, sized=False)
    report = reports[0] if reports else None
    return Outcome(
        command=command, ok=True, steps=log.outcomes, environment=environment, report=report
    )


def _fill(context: Context, change: Change, stack: Stack, site: apply.Site) -> Stack:
    with site.log.step("install"):
        site.pylock.write_text(change.lock, encoding="utf-8")
        load_backend(change.environment.record.backend).update(
            context.host,
            context.home,
            site.path,
            site.pylock,
            change.artifacts,
            teller(context),
            removed=change.removed,
            sources=change.choice.sources,
            offline=context.offline,
            hashed_index=hashed_index(context, change.choice),
            builds=change.builds,
            fetch=LockFetcher(context, change.choice.sources, teller(context)),
        )
        stack = as_installed(context, site.path, stack)
        apply.hold(site.path, stack, context.host.system)
        forget_stale(site, change.differences)
    if change.toolkit or change.environment.record.toolkit:
        with site.log.step("toolkit"):
            lay_out(context, site.path, change.toolkit, change.kit)
    return stack


def _record(context: Context, change: Change, stack: Stack) -> EnvRecord:
    record = change.environment.record
    return replace(
        record,
        stack=replace(stack, index_url=bare_url(stack.index_url)),
        requirement=without_logins(change.edited.asked),
        artifacts=change.artifacts,
        changed=context.host.now().isoformat(timespec="seconds"),
        lock=replace(record.lock, left=True) if record.lock else None,
        torchup=__version__,
        toolkit=recorded(change.toolkit),
    )
