"""All that is kept of the hosts, a row for each: for a table, a page, or another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.facts.frameworks import FRAMEWORKS, named_in
from torchup.fleet.kept import driver_of, known_hosts, read_machine, read_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.model import Machine
    from torchup.state.home import Home


class Made(Struct, frozen=True, kw_only=True):
    """An environment on a host. ``packages`` are those that it was described with."""

    name: str
    ok: bool
    at: str
    packages: dict[str, str] = {}
    build: str = ""
    python: str = ""
    verified: str = ""


class Row(Struct, frozen=True, kw_only=True):
    """A host: what it is, how the last probe ended, and its environments."""

    host: str
    system: str = ""
    cards: tuple[str, ...] = ()
    driver: str = ""
    state: str = ""
    at: str = ""
    why: str = ""
    environments: tuple[Made, ...] = ()


def rows_of(home: Home) -> tuple[Row, ...]:
    """Every host of which anything is kept, by name."""
    return tuple(_row(home, host) for host in known_hosts(home))


def _row(home: Home, host: str) -> Row:
    state, machine = read_state(home, host), read_machine(home, host)
    probe = state.probe
    return Row(
        host=host,
        system=_system(machine),
        cards=tuple(_card(machine)),
        driver=driver_of(machine),
        state=probe.state if probe is not None else "",
        at=probe.at if probe is not None else "",
        why=probe.why if probe is not None else "",
        environments=tuple(
            Made(
                name=name,
                ok=one.ok,
                at=one.at,
                packages=_frameworks_first(one.seen.packages) if one.seen is not None else {},
                build=one.seen.build if one.seen is not None else "",
                python=one.seen.python if one.seen is not None else "",
                verified=one.seen.verified if one.seen is not None else "",
            )
            for name, one in sorted(state.environments.items())
        ),
    )


def frameworks_in(packages: Mapping[str, str]) -> tuple[str, ...]:
    """Name the packages that are frameworks, by the names that they are installed under."""
    # A build may be a package of another name.
    each = ((name, *FRAMEWORKS[name]) for name in named_in(packages))
    found = (next((one for one in builds if one in packages), "") for builds in each)
    return tuple(filter(None, found))


def _frameworks_first(packages: dict[str, str]) -> dict[str, str]:
    return {name: packages[name] for name in frameworks_in(packages)} | packages


def _system(machine: Machine | None) -> str:
    if machine is None:
        return ""
    named = machine.os.distro or machine.os.system
    return f"{named} {machine.os.version}" if machine.os.version else named


def _card(machine: Machine | None) -> list[str]:
    counts: dict[str, int] = {}
    for gpu in (machine.gpus or ()) if machine is not None else ():
        name = (gpu.name or gpu.arch or gpu.pci_id or "?").removeprefix("NVIDIA ")
        counts[name] = counts.get(name, 0) + 1
    return [name if count == 1 else f"{count} x {name}" for name, count in counts.items()]
