"""Asking hosts about an environment that was made on them: verify, doctor, check, undoing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.api.fleet.drift import drift
from torchup.errors import NoAnswerError
from torchup.fleet.applying import Result, result_of
from torchup.fleet.kept import driver_of, known_hosts, read_machine, read_state, write_state
from torchup.fleet.remote import run_there
from torchup.fleet.said import environment_of
from torchup.model import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torchup.api.context import Context
    from torchup.fleet.inventory import Inventory
    from torchup.fleet.remote import Said
    from torchup.model.fleet import Applied
    from torchup.state.home import Home

GONE: Final = frozenset({"apply.no-such-environment", "apply.no-such-environment-but"})
"""The codes of the error that an environment is not there."""


class Checked(Struct, frozen=True, kw_only=True):
    """What became of a host since: ``state`` is ``same``, ``drifted``, or why nobody knows."""

    host: str
    state: str
    drift: tuple[Text, ...] = ()
    why: Text | None = None


def hosts_with(home: Home, name: str) -> dict[str, Applied]:
    """The hosts on which an environment was asked for and is there, by name.

    One that was made stays known where asking for it again failed: it is there all the same.

    Raises:
        NoAnswerError: ``fleet.not-applied``: there are none.
    """
    states = (read_state(home, host) for host in known_hosts(home))
    found = {
        one.host: one.environments[name]
        for one in states
        if name in one.environments and (one.environments[name].ok or one.environments[name].made)
    }
    if not found:
        raise NoAnswerError("fleet.not-applied", name=name)
    return found


def ask_hosts(
    context: Context,
    inventory: Inventory,
    hosts: Sequence[str],
    words: Sequence[str],
    on_result: Callable[[Result], None],
    *,
    wheelhouse: str = "",
) -> tuple[Result, ...]:
    """Run the same command of torchup on hosts.

    Raises:
        UsageError: Ansible isn't installed.
        OutsideError: there are no such hosts, or Ansible stopped before it asked any.
        InterruptedByUserError: the user stopped it.
    """
    results: dict[str, Result] = {}

    def take(said: Said) -> None:
        results[said.host] = result_of(said)
        on_result(results[said.host])

    asked = {host: tuple(words) for host in hosts}
    run_there(context, inventory, asked, take, wheelhouse=wheelhouse)
    for host in hosts:
        if host not in results:
            why = Text(code="fleet.not-in-inventory", args={})
            results[host] = Result(host=host, state="failed", why=why)
            on_result(results[host])
    return tuple(results[host] for host in hosts)


def check_hosts(
    context: Context,
    inventory: Inventory,
    name: str,
    applied: dict[str, Applied],
    on_checked: Callable[[Checked], None],
    *,
    wheelhouse: str = "",
) -> tuple[Checked, ...]:
    """Compare an environment and its hosts with what they were when it was made.

    The machine documents that are kept count as the hosts' present: probe before.

    Raises:
        UsageError: Ansible isn't installed.
        OutsideError: there are no such hosts, or Ansible stopped before it asked any.
        InterruptedByUserError: the user stopped it.
    """
    found: list[Checked] = []

    def take(result: Result) -> None:
        checked = _checked(context, result, applied[result.host])
        found.append(checked)
        on_checked(checked)

    ask_hosts(context, inventory, tuple(applied), ("show", name), take, wheelhouse=wheelhouse)
    return tuple(found)


def _checked(context: Context, result: Result, then: Applied) -> Checked:
    gone = result.document.get("code") in GONE
    now = environment_of(result.document)
    if now is None and not gone:
        return Checked(host=result.host, state=result.state, why=result.why)
    differences = drift(then, now, driver_of(read_machine(context.home, result.host)))
    state = "drifted" if differences else "same"
    return Checked(host=result.host, state=state, drift=differences)


def take_back(
    context: Context,
    inventory: Inventory,
    name: str,
    on_result: Callable[[Result], None],
    *,
    hosts: Sequence[str],
    dry_run: bool = False,
    wheelhouse: str = "",
) -> tuple[Result, ...]:
    """Delete an environment from the hosts on which it was made, and forget that it was.

    Raises:
        UsageError: Ansible isn't installed.
        OutsideError: there are no such hosts, or Ansible stopped before it asked any.
        InterruptedByUserError: the user stopped it.
    """
    found: list[Result] = []

    def take(result: Result) -> None:
        gone = result.document.get("code") in GONE
        kept = replace(result, state="unchanged", why=None) if gone else result
        if dry_run and result.state == "unchanged":
            # The host says what it would do as a step that it has not done.
            kept = replace(result, state="done")
        found.append(kept)
        if kept.state in ("done", "unchanged") and not dry_run:
            state = read_state(context.home, result.host)
            left = {key: one for key, one in state.environments.items() if key != name}
            write_state(context.home, replace(state, environments=left))
        on_result(kept)

    words = ("delete", name, "--dry-run" if dry_run else "--yes")
    ask_hosts(context, inventory, hosts, words, take, wheelhouse=wheelhouse)
    return tuple(found)
