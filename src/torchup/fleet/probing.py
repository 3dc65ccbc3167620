"""Probing hosts: a shell script is sent, what it prints is replayed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.api.fleet.collected import IncompleteError, OtherSystemError, read_collected, script
from torchup.errors import OutsideError
from torchup.fleet.ansible import Literally, State, run_play
from torchup.fleet.kept import Tried, keep_machine, note_probe
from torchup.model import Machine, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.fleet.ansible import Answer
    from torchup.fleet.inventory import Inventory
    from torchup.words import Words

TASK: Final = "torchup probe"


class Probed(Struct, frozen=True, kw_only=True):
    """What became of one host: what it is, or why that is not known."""

    host: str
    state: State
    machine: Machine | None = None
    why: Text | None = None


def probe_hosts(
    context: Context, inventory: Inventory, words: Words, on_host: Callable[[Probed], None]
) -> tuple[Probed, ...]:
    """Look at every host and keep what it is; each is kept as soon as it has answered.

    A host needs ssh and a POSIX shell, nothing else: no Python. A document of an earlier time stays
    where a host doesn't answer now.

    Args:
        context: the session.
        inventory: the hosts.
        words: words what is odd about a machine, for its document.
        on_host: told of each as it answers.

    Raises:
        UsageError: Ansible isn't installed.
        OutsideError: there are no hosts, or Ansible stopped before it asked any.
        InterruptedByUserError: the user stopped it.
    """
    found: list[Probed] = []

    def take(answer: Answer) -> None:
        probed = _probed(answer)
        found.append(probed)
        if probed.machine is not None:
            keep_machine(context.home, answer.host, probed.machine, words)
        why = words.text(probed.why) if probed.why is not None else ""
        now = context.host.now().isoformat(timespec="seconds")
        note_probe(context.home, answer.host, Tried(at=now, state=probed.state, why=why))
        on_host(probed)

    task = {"name": TASK, "raw": Literally(script()), "changed_when": False}
    run_play(context.host, inventory, [task], take)
    return tuple(found)


def _probed(answer: Answer) -> Probed:
    if answer.state != "ok":
        code = "fleet.unreachable" if answer.state == "unreachable" else "fleet.failed"
        why = Text(code=code, args={"why": answer.first_line})
        return Probed(host=answer.host, state=answer.state, why=why)
    from torchup.api.machines.machine import replay_hardware

    try:
        machine = replay_hardware(read_collected(answer.out))
    except IncompleteError:
        return Probed(host=answer.host, state="failed", why=Text(code="fleet.cut-short", args={}))
    except OtherSystemError as error:
        args = {"system": str(error) or "?"}
        return Probed(host=answer.host, state="failed", why=Text(code="fleet.not-linux", args=args))
    except OutsideError as error:
        return Probed(
            host=answer.host, state="failed", why=Text(code=error.code, args=error.details)
        )
    return Probed(host=answer.host, state="ok", machine=machine)
