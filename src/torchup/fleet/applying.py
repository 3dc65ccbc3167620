"""Making an environment on many hosts: in waves, each host by torchup itself, as on one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from torchup.api.fleet.waves import goes_on, waves
from torchup.fleet.kept import driver_of, read_machine, read_state, write_state
from torchup.fleet.remote import run_there
from torchup.fleet.said import changed, complaint, environment_of
from torchup.model import Text
from torchup.model.fleet import Applied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchup.api.context import Context
    from torchup.fleet.inventory import Inventory
    from torchup.fleet.remote import Said


class Pace(Struct, frozen=True, kw_only=True):
    """How fast: ``canaries`` of each kind first, then ``size`` hosts at a time (0 for all).

    ``most`` is the share of a wave, 0 to 1, that may fail before the next one isn't started.
    """

    canaries: int = 1
    size: int = 0
    most: float = 0.1


class Result(Struct, frozen=True, kw_only=True):
    """How it ended on one host.

    ``state``: ``done``, ``unchanged`` (it was so before), ``failed``, ``unreachable``, or
    ``waiting`` where its wave was not started. ``document`` is what torchup printed there.
    """

    host: str
    state: str
    why: Text | None = None
    document: dict[str, Any] = {}


def apply_fleet(
    context: Context,
    inventory: Inventory,
    name: str,
    creations: Mapping[str, Sequence[str]],
    *,
    pace: Pace,
    on_result: Callable[[Result], None],
    again: bool = False,
    dry_run: bool = False,
    quick: bool = False,
    wheelhouse: str = "",
    bundle: str = "",
) -> tuple[Result, ...]:
    """Make the environment on every host, wave by wave.

    What became of a host is kept as soon as it has answered, so that whoever starts this again goes
    on where it stopped: hosts on which the same was done are not asked again.

    Args:
        context: the session.
        inventory: how hosts are reached.
        name: the environment.
        creations: for each host the command line of ``create``.
        pace: how many at a time, and when to stop.
        on_result: told of each host as it answers.
        again: ask those too on which the same was done before.
        dry_run: let every host say what it would do; nothing is changed, and nothing kept.
        quick: leave out what takes long when a new environment is verified.
        wheelhouse: see :func:`torchup.fleet.parcel.make_parcel`.
        bundle: likewise.

    Returns:
        A result for every host, in the order of ``creations``.

    Raises:
        UsageError: Ansible isn't installed.
        OutsideError: there are no hosts, or Ansible stopped before it asked any.
        InterruptedByUserError: the user stopped it.
    """
    results: dict[str, Result] = {}
    for host, words in creations.items():
        before = read_state(context.home, host).environments.get(name)
        if not again and not dry_run and before is not None and before.same(tuple(words)):
            results[host] = Result(host=host, state="unchanged")
    kinds = {host: tuple(words) for host, words in creations.items() if host not in results}

    def take(said: Said) -> None:
        result = result_of(said)
        results[said.host] = result
        if not dry_run:
            _keep(context, name, kinds[said.host], result)
        on_result(result)

    canaries = pace.canaries if len(kinds) > 1 else 0
    every = waves(kinds, canaries=canaries, size=pace.size)
    for number, wave in enumerate(every):
        asked = {host: _with(kinds[host], dry_run=dry_run, quick=quick) for host in wave}
        run_there(context, inventory, asked, take, wheelhouse=wheelhouse, bundle=bundle)
        for host in wave:
            if host not in results:
                why = Text(code="fleet.not-in-inventory", args={})
                results[host] = Result(host=host, state="failed", why=why)
                on_result(results[host])
        failed = sum(results[host].state in ("failed", "unreachable") for host in wave)
        canary = number == 0 and canaries > 0 and len(every) > 1
        if not goes_on(failed, len(wave), canary=canary, most=pace.most):
            break
    waiting = [Result(host=host, state="waiting") for host in kinds if host not in results]
    results |= {one.host: one for one in waiting}
    return tuple(results[host] for host in creations)


def _with(words: Sequence[str], *, dry_run: bool, quick: bool) -> tuple[str, ...]:
    more = ("--quick",) if quick else ()
    return (*words, *more, "--dry-run" if dry_run else "--yes")


def result_of(said: Said) -> Result:
    """How a command ended on a host, by what it printed there."""
    if said.state != "ok":
        return Result(host=said.host, state=said.state, why=said.why)
    why = complaint(said.document, said.code)
    if why is not None:
        return Result(host=said.host, state="failed", why=why, document=said.document)
    state = "done" if changed(said.document) else "unchanged"
    return Result(host=said.host, state=state, document=said.document)


def _keep(context: Context, name: str, words: Sequence[str], result: Result) -> None:
    """Keep how it ended; what an earlier time made stays known while the host doesn't answer."""
    if result.state == "unreachable":
        return
    state = read_state(context.home, result.host)
    before = state.environments.get(name)
    now = context.host.now().isoformat(timespec="seconds")
    made = result.state == "done" or (before is not None and before.made)
    kept = Applied(
        at=now,
        asked=tuple(words),
        ok=result.state in ("done", "unchanged"),
        made=made,
        seen=environment_of(result.document) or (before.seen if before is not None else None),
        driver=driver_of(read_machine(context.home, result.host)),
    )
    write_state(context.home, replace(state, environments={**state.environments, name: kept}))
