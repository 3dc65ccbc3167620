"""Runs one play through ansible-runner and hands each host's answer on as it comes.

Inventories, connections, become and vaults are Ansible's own: nothing of them is read here.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import tempfile
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from torchup.errors import InterruptedByUserError, OutsideError, UsageError
from torchup.fleet.inventory import limit_words
from torchup.fleet.settings import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from torchup.fleet.inventory import Inventory
    from torchup.host import Host

State = Literal["ok", "failed", "unreachable"]
_STATES: Final[dict[str, State]] = {
    "runner_on_ok": "ok",
    "runner_on_failed": "failed",
    "runner_on_unreachable": "unreachable",
}
_NEEDED: Final = ("ansible", "ansible_runner")
_LEAVES_NONE: Final = "no hosts to target"
_TOLD: Final = 12
"""Lines of Ansible's own output that an error shows."""


_LIKE_OPTIONS: Final = "~^-"
_HOSTS: Final = f"all:!{_LIKE_OPTIONS}"
"""All but those whose name begins like an option: ssh would take it for one."""


class NoneLeftError(OutsideError):
    """The inventory has hosts, and its limit takes all of them out."""


class Literally(str):
    """A value that Ansible must not read as a template, whatever braces are in it."""

    __slots__ = ()


class Answer(Struct, frozen=True, kw_only=True):
    """What one host said to one task. ``why`` is Ansible's message where it failed."""

    host: str
    state: State
    out: str = ""
    why: str = ""
    code: int | None = None
    task: str = ""

    @property
    def first_line(self) -> str:
        """The first line of why it failed; a question mark where nobody said."""
        lines = (self.why or self.out).splitlines()
        return next((line.strip() for line in lines if line.strip()), "?")


def check_there(host: Host) -> None:
    """Ask for Ansible where it is missing.

    Raises:
        UsageError: ``fleet.no-ansible``, or ``fleet.no-control`` on Windows, where Ansible has no
            control node.
    """
    if host.system == "windows":
        raise UsageError("fleet.no-control")
    if any(find_spec(name) is None for name in _NEEDED):
        raise UsageError("fleet.no-ansible")


def run_play(
    host: Host,
    inventory: Inventory,
    tasks: Sequence[Mapping[str, Any]],
    on_answer: Callable[[Answer], None],
    *,
    variables: Mapping[str, Any] | None = None,
    final: Callable[[Answer], bool] = lambda _answer: True,
) -> None:
    """Run tasks on every host of an inventory; the first final answer of each is handed on.

    Facts are not gathered, so that a host needs no Python unless a task does.

    Args:
        host: this machine.
        inventory: the hosts.
        tasks: Ansible's tasks, as data.
        on_answer: told of each host once.
        variables: what the tasks' templates name.
        final: tells whether a task's answer is the host's; where one failed, it always is.

    Raises:
        UsageError: as :func:`check_there`.
        OutsideError: ``fleet.no-hosts``: the inventory has none that are meant (a
            :class:`NoneLeftError` where the limit takes them out), or Ansible can't read it;
            ``fleet.ansible-failed``: it stopped before any host was asked.
        InterruptedByUserError: the user stopped it; hosts that had answered were handed on.
    """
    check_there(host)
    import ansible_runner

    play: dict[str, Any] = {"hosts": _HOSTS, "gather_facts": False, "tasks": list(tasks)}
    if variables:
        play["vars"] = dict(variables)
    told: set[str] = set()

    def take(event: Mapping[str, Any]) -> bool:
        answer = _answer(event)
        settled = answer is not None and (answer.state != "ok" or final(answer))
        if answer is not None and settled and answer.host not in told:
            told.add(answer.host)
            on_answer(answer)
        return False  # nothing of it is written to a file: it may hold secrets

    with tempfile.TemporaryDirectory(prefix="torchup-fleet-") as folder:
        project = Path(folder) / "project"
        project.mkdir(mode=0o700)
        (project / "play.yml").write_text(_yaml([play]), encoding="utf-8")
        with _own_handlers():
            runner = ansible_runner.run(
                private_data_dir=folder,
                playbook="play.yml",
                inventory=list(inventory.sources),
                limit=limit_words(inventory, Path(folder)),
                forks=inventory.forks,
                cmdline=shlex.join(inventory.options) or None,
                envvars=environment(host),
                event_handler=take,
                quiet=True,
                suppress_env_files=True,
            )
        if runner.status == "canceled":
            _end_workers(folder)
            raise InterruptedByUserError("fleet.interrupted")
        said = [] if told else [one for one in _lines(runner) if _LIKE_OPTIONS not in one]
    if not told:
        raise _nobody(said, inventory, ended_well=runner.rc == 0)


@contextmanager
def _own_handlers() -> Iterator[None]:
    """Put this program's own handlers of signals back: the library leaves its own behind."""
    handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in handlers.items():
            signal.signal(one, handler)


def _nobody(said: Sequence[str], inventory: Inventory, *, ended_well: bool) -> OutsideError:
    """Say why no host answered at all."""
    code = "fleet.no-hosts" if ended_well or _no_hosts(said) else "fleet.ansible-failed"
    kind = NoneLeftError if _none_left(said, inventory) else OutsideError
    return kind(code, why="\n".join(said[-_TOLD:]), limit=inventory.limit or "all")


def _yaml(value: object) -> str:
    """Write YAML in its flow style, which is JSON but for the tag of what is no template."""
    if isinstance(value, Literally):
        return f"!unsafe {json.dumps(value)}"
    if isinstance(value, dict):
        inner = (f"{json.dumps(key)}: {_yaml(one)}" for key, one in value.items())
        return f"{{{', '.join(inner)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    return json.dumps(value)


def _answer(event: Mapping[str, Any]) -> Answer | None:
    state = _STATES.get(str(event.get("event")))
    data = event.get("event_data") or {}
    if state is None or data.get("ignore_errors"):
        return None
    found = data.get("res") or {}
    message = found.get("msg") or found.get("stderr") or found.get("module_stderr") or ""
    return Answer(
        host=str(data.get("host", "")),
        state=state,
        out=str(found.get("stdout") or ""),
        why="" if state == "ok" else str(message).strip(),
        code=found.get("rc") if isinstance(found.get("rc"), int) else None,
        task=str(data.get("task", "")),
    )


def _end_workers(folder: str) -> None:
    """End what Ansible's processes left behind: each is in a session of its own, in this folder."""
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):  # not ours, or gone meanwhile
            if os.readlink(link).startswith(folder):  # noqa: PTH115 (no Path is needed)
                os.kill(int(link.parent.name), signal.SIGTERM)


def _lines(runner: Any) -> list[str]:  # noqa: ANN401 - the library has no types
    with runner.stdout as stream:
        return [line.rstrip() for line in stream if line.strip()]


def _no_hosts(said: Sequence[str]) -> bool:
    text = " ".join(said)
    return (
        "No inventory was parsed" in text
        or "o hosts matched" in text
        or "hosts list is empty" in text
        or _LEAVES_NONE in text
    )


def _none_left(said: Sequence[str], inventory: Inventory) -> bool:
    """Whether the limit took out every host; one that names what is not there is a mistake."""
    text = " ".join(said)
    unknown = {f"pattern, ignoring: {one}" for one in inventory.limit.split(",")}
    return _LEAVES_NONE in text and not any(f"{one} " in f"{text} " for one in unknown)
