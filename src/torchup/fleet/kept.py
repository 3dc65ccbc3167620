"""What is kept of each host: its machine document, and how the last attempts ended.

``HOME/fleet/HOST.json`` is a machine document with the host's name; ``HOME/fleet/states/HOST.json``
says when and how it was asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from torchup.early import read_file
from torchup.model.fleet import Applied
from torchup.model.no_document import NO_DOCUMENT
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.model import Machine
    from torchup.state.home import Home
    from torchup.words import Words


class Tried(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One attempt on a host: when (ISO time), how it ended, what Ansible said."""

    at: str
    state: str
    why: str = ""


class HostState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was done on a host last; None for never. ``environments`` are those asked for."""

    host: str
    probe: Tried | None = None
    environments: dict[str, Applied] = {}


def machine_file(home: Home, host: str) -> Path:
    """The machine document of a host."""
    return home.fleet / f"{_name(host)}.json"


def read_state(home: Home, host: str) -> HostState:
    """What was done on a host; empty where nothing readable is kept."""
    try:
        data = read_file(_state_file(home, host))
        return msgspec.json.decode(data, type=HostState)
    except (OSError, *NO_DOCUMENT):
        return HostState(host=host)


def write_state(home: Home, state: HostState) -> None:
    """Keep what was done on a host."""
    write_atomic(_state_file(home, state.host), msgspec.json.encode(state))


def keep_machine(home: Home, host: str, machine: Machine, words: Words) -> None:
    """Keep a host's machine document."""
    from torchup.wire import write
    from torchup.wire.hosts import HostV1

    document = HostV1(host=host, **asdict(write.machine(machine, words)))
    write_atomic(machine_file(home, host), msgspec.json.encode(document))


def read_machine(home: Home, host: str) -> Machine | None:
    """The machine document that is kept of a host; None where there is none that can be read."""
    from torchup.errors import UsageError
    from torchup.wire import read

    file = machine_file(home, host)
    try:
        found = read.hosts(read_file(file), str(file))[0][1]
    except (OSError, UsageError):
        return None
    return None if isinstance(found, str) else found


def driver_of(machine: Machine | None) -> str:
    """The version of a machine's driver; empty where it has none, or that is unknown."""
    drivers = (machine.drivers or ()) if machine is not None else ()
    return next((one.version for one in drivers if one.version), "")


def note_probe(home: Home, host: str, tried: Tried) -> None:
    """Keep how asking a host ended."""
    write_state(home, replace(read_state(home, host), probe=tried))


def known_hosts(home: Home) -> tuple[str, ...]:
    """The hosts of which anything is kept, by name."""
    found: set[str] = set()
    for folder in (home.fleet, home.fleet / "states"):
        if folder.is_dir():
            found |= {unquote(one.stem) for one in folder.glob("*.json")}
    return tuple(sorted(found))


def lost_hosts(home: Home) -> tuple[str, ...]:
    """The hosts that did not answer the last time they were asked."""
    return tuple(one for one in known_hosts(home) if _answered(home, one) is False)


def answering_hosts(home: Home) -> tuple[str, ...]:
    """The hosts that answered the last time they were asked."""
    return tuple(one for one in known_hosts(home) if _answered(home, one))


def _answered(home: Home, host: str) -> bool | None:
    probe = read_state(home, host).probe
    return None if probe is None else probe.state == "ok"


def _state_file(home: Home, host: str) -> Path:
    return home.fleet / "states" / f"{_name(host)}.json"


def _name(host: str) -> str:
    """A file's name for a host's: nothing in it leads to another folder or hides the file."""
    safe = quote(host, safe=" @+,=[]")
    return f"%2E{safe[1:]}" if safe[:1] == "." else safe
