"""Runs one play through ansible-runner and hands each host's answer on as it comes.

Inventories, connections, become and vaults are Ansible's own: nothing of them is read here.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from torchup.errors import InterruptedByUserError, OutsideError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchup.host import Host

State = Literal["ok", "failed", "unreachable"]
_STATES: Final[dict[str, State]] = {
    "runner_on_ok": "ok",
    "runner_on_failed": "failed",
    "runner_on_unreachable": "unreachable",
}
_NEEDED: Final = ("ansible", "ansible_runner")
_TOLD: Final = 12
"""Lines of Ansible's own output that an error shows."""


class Literally(str):
    """A value that Ansible must not read as a template, whatever braces are in it."""

    __slots__ = ()


class Inventory(Struct, frozen=True, kw_only=True):
    """Which hosts, and how Ansible reaches them.

    ``sources`` are as Ansible's ``-i`` has them, files made absolute; ``limit`` is a pattern;
    ``options`` are further arguments of ``ansible-playbook``.
    """

    sources: tuple[str, ...]
    limit: str = ""
    forks: int = 10
    options: tuple[str, ...] = ()


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


def find_inventory(
    sources: Sequence[str], *, limit: str = "", forks: int = 10, options: str = ""
) -> Inventory:
    """Take ``-i`` as Ansible does: files, folders, scripts, or hosts with a comma.

    Raises:
        UsageError: ``fleet.no-inventory`` or ``fleet.no-such-inventory``.
    """
    if not sources:
        raise UsageError("fleet.no-inventory")
    found = []
    for one in sources:
        path = Path(one).expanduser()
        if "," not in one and not path.exists():
            raise UsageError("fleet.no-such-inventory", path=one)
        found.append(one if "," in one else str(path.resolve()))
    try:
        words = tuple(shlex.split(options))
    except ValueError as error:
        raise UsageError("fleet.options", options=options, why=error) from error
    return Inventory(sources=tuple(found), limit=limit, forks=forks, options=words)


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
        OutsideError: ``fleet.no-hosts``: the inventory has none that are meant, or Ansible can't
            read it; ``fleet.ansible-failed``: it stopped before any host was asked.
        InterruptedByUserError: the user stopped it; hosts that had answered were handed on.
    """
    check_there(host)
    import ansible_runner

    play: dict[str, Any] = {"hosts": "all", "gather_facts": False, "tasks": list(tasks)}
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
        handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
        runner = ansible_runner.run(
            private_data_dir=folder,
            playbook="play.yml",
            inventory=list(inventory.sources),
            limit=inventory.limit or None,
            forks=inventory.forks,
            cmdline=shlex.join(inventory.options) or None,
            envvars=_environment(host),
            event_handler=take,
            quiet=True,
            suppress_env_files=True,
        )
        for one, handler in handlers.items():
            signal.signal(one, handler)  # the library leaves its own behind
        if runner.status == "canceled":
            _end_workers(folder)
            raise InterruptedByUserError("fleet.interrupted")
        said = [] if told else _lines(runner)
    if not told:
        code = "fleet.no-hosts" if runner.rc == 0 or _no_hosts(said) else "fleet.ansible-failed"
        raise OutsideError(code, why="\n".join(said[-_TOLD:]), limit=inventory.limit or "all")


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


def _environment(host: Host) -> dict[str, str]:
    """Ansible's own settings stay the user's; ansible-runner would put its defaults over some."""
    beside = str(Path(sys.executable).parent)
    found = {
        "PATH": f"{beside}{os.pathsep}{host.env('PATH') or ''}",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
    }
    config = _config(host)
    if config is not None:
        found["ANSIBLE_CONFIG"] = config
    if host.env("ANSIBLE_HOST_KEY_CHECKING") is None:
        found["ANSIBLE_HOST_KEY_CHECKING"] = str(_checks_keys(config))
    return found


def _config(host: Host) -> str | None:
    """The file of settings that Ansible would take in this folder.

    Order of https://docs.ansible.com/ansible/latest/reference_appendices/config.html; it is named
    because the play lies in another folder.
    """
    home = host.env("HOME") or ""
    named = host.env("ANSIBLE_CONFIG")
    places = (named, "ansible.cfg", f"{home}/.ansible.cfg", "/etc/ansible/ansible.cfg")
    found = next((one for one in places if one and Path(one).is_file()), None)
    return None if found is None else str(Path(found).resolve())


def _checks_keys(config: str | None) -> bool:
    """Whether unknown host keys are refused: Ansible's default, unless its settings say no."""
    from configparser import ConfigParser
    from configparser import Error as ConfigError

    parser = ConfigParser(interpolation=None, strict=False)
    try:
        if config is not None:
            parser.read(config, encoding="utf-8")
        return parser.getboolean("defaults", "host_key_checking", fallback=True)
    except (ConfigError, ValueError, OSError):
        return True


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
    )
