"""Bringing a bundle to hosts: to one of each site from here, to the others from that one."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.fleet.ansible import Literally, run_play
from torchup.fleet.sites.lines import (
    FILE,
    SENT,
    drop_line,
    fetch_line,
    keep_line,
    look_line,
    stop_line,
)
from torchup.fleet.sites.places import Place, Spread, place_of, seeds_of
from torchup.fleet.sites.serving import run_lines, serve
from torchup.model import Text
from torchup.state.digests import file_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchup.api.context import Context
    from torchup.fleet.ansible import Answer
    from torchup.fleet.inventory import Inventory

_VARIABLES: Final = "".join(
    f"{name}={{{{ torchup_{variable} | default('') | string | quote }}}}; "
    for name, variable in (("site", "site"), ("address", "address"), ("port", "port"))
)
"""What the inventory says of a host: its site, and where others of the site reach it."""


class Spreading:
    """Brings one bundle to hosts.

    Args:
        context: the session.
        inventory: how hosts are reached.
        bundle: the file here.
        wheelhouse: the wheels that torchup is installed from on hosts; empty: their index.
        on_stage: told what begins, and on which hosts: ``look``, ``copy``, ``spread``.
    """

    def __init__(
        self,
        context: Context,
        inventory: Inventory,
        bundle: str,
        wheelhouse: str = "",
        on_stage: Callable[[str, Sequence[str]], None] = lambda _stage, _hosts: None,
    ) -> None:
        self._context = context
        self._inventory = inventory
        self._bundle = str(Path(bundle).resolve())
        self._wheelhouse = wheelhouse
        self._stage = on_stage
        self.digest: Final = file_digest(bundle)
        self._size = Path(bundle).stat().st_size

    def bring(self, hosts: Sequence[str]) -> Spread:
        """Bring it to hosts; those that have it already are left alone.

        A host that can't take it from its site takes it from here after all.

        Raises:
            UsageError: Ansible isn't installed.
            OutsideError: there are no such hosts, or Ansible stopped before it asked any.
            InterruptedByUserError: the user stopped it; nobody serves any more.
        """
        self._stage("look", hosts)
        places, lost = self._looked(hosts)
        has = {host for host, one in places.items() if one.there}
        todo = [host for host in places if host not in has]
        seeds: dict[str, str] = {}
        direct: list[str] = []
        # Where a site's first host doesn't take it, the next one is asked.
        while todo:
            able = [one for host, one in places.items() if host not in lost]
            seeds = seeds_of(replace(one, there=one.host in has) for one in able)
            first = [host for host in todo if seeds.get(places[host].site, host) == host]
            if not first:
                break
            direct += first
            has |= self._copied(first, places, lost)
            todo = [host for host in todo if host not in has and host not in lost]
        has |= self._spread(todo, seeds, places)
        left = [host for host in todo if host not in has]
        has |= self._copied(left, places, lost)
        return Spread(
            places={host: one for host, one in places.items() if host in has},
            seeds=tuple(host for host in (*direct, *left) if host in has),
            lost=lost,
        )

    def seeds_now(self, spread: Spread) -> frozenset[str]:
        """The hosts that keep their copy, for those of their site that come later."""
        sites = seeds_of(spread.places[host] for host in (*spread.seeds, *spread.places))
        return frozenset(sites.values())

    def drop(self, hosts: Sequence[str]) -> None:
        """Let hosts go of it."""
        if hosts:
            self._each(dict.fromkeys(hosts, drop_line(self.digest)), lambda _answer: None)

    def _looked(self, hosts: Sequence[str]) -> tuple[dict[str, Place], dict[str, tuple[str, Text]]]:
        found: dict[str, Place] = {}
        lost = {host: ("failed", Text(code="fleet.not-in-inventory", args={})) for host in hosts}

        def take(answer: Answer) -> None:
            lost.pop(answer.host, None)
            place = place_of(answer)
            if place is None:
                lost[answer.host] = _why(answer, "fleet.cannot-folder")
            elif not place.there and place.room is not None and place.room < self._size:
                args = {"needs": _mib(self._size), "has": _mib(place.room)}
                lost[answer.host] = ("failed", Text(code="fleet.bundle-no-room", args=args))
            else:
                found[answer.host] = place

        self._each(dict.fromkeys(hosts, look_line(self.digest)), take, before=_VARIABLES)
        return {host: found[host] for host in hosts if host in found}, lost

    def _copied(
        self, hosts: Sequence[str], places: Mapping[str, Place], lost: dict[str, tuple[str, Text]]
    ) -> set[str]:
        """Copy it from here; the hosts that have it then."""
        if not hosts:
            return set()
        self._stage("copy", hosts)
        has: set[str] = set()
        targets = {host: Literally(shlex.quote(f"{places[host].path}/{SENT}")) for host in hosts}
        mine = "{{ torchup_targets[inventory_hostname] }}"
        # Ansible carries the file there as it carries scripts, which takes no Python, and what is
        # run with it moves it to its place.
        sent = {
            "name": "torchup bundle",
            "script": {"cmd": f"{shlex.quote(self._bundle)} {mine}", "executable": "mv -f"},
        }
        kept = {"name": "torchup bundle kept", "raw": Literally(keep_line(self.digest))}

        def take(answer: Answer) -> None:
            if answer.state == "ok" and "@torchup@ kept" in answer.out:
                has.add(answer.host)
            elif answer.state == "ok":
                lost[answer.host] = ("failed", Text(code="fleet.bundle-damaged", args={}))
            else:
                lost[answer.host] = _why(answer, "fleet.failed")

        run_play(
            self._context.host,
            replace(self._inventory, limit=",".join(hosts)),
            [sent, kept],
            take,
            variables={"torchup_targets": targets},
            final=lambda answer: answer.task == kept["name"],
        )
        for host in hosts:
            if host not in has:
                lost.setdefault(host, ("failed", Text(code="fleet.cut-short", args={})))
        return has

    def _spread(
        self, hosts: Sequence[str], seeds: Mapping[str, str], places: Mapping[str, Place]
    ) -> set[str]:
        """Let the seeds serve it while the others take it; the hosts that have it then."""
        sites = {places[host].site for host in hosts} & seeds.keys()
        if not sites:
            return set()
        serving = {seeds[site]: places[seeds[site]] for site in sorted(sites)}
        self._stage("spread", [host for host in hosts if places[host].site in sites])
        has: set[str] = set()

        def take(answer: Answer) -> None:
            if answer.state == "ok" and "@torchup@ kept" in answer.out:
                has.add(answer.host)

        try:
            ports = serve(
                self._context,
                self._inventory,
                serving,
                digest=self.digest,
                wheelhouse=self._wheelhouse,
            )
            urls = {
                host: f"http://{_bracketed(serving[seed].address)}:{ports[seed]}/{FILE}"
                for host in hosts
                if (seed := seeds.get(places[host].site, "")) in ports
            }
            lines = {host: fetch_line(self.digest, url) for host, url in urls.items()}
            if lines:
                self._each(lines, take)
        finally:
            self._each(dict.fromkeys(serving, stop_line(self.digest)), lambda _answer: None)
        return has

    def _each(
        self, lines: Mapping[str, str], take: Callable[[Answer], None], *, before: str = ""
    ) -> None:
        run_lines(self._context, self._inventory, lines, take, before=before)


def _why(answer: Answer, code: str) -> tuple[str, Text]:
    if answer.state == "unreachable":
        why = Text(code="fleet.unreachable", args={"why": answer.first_line})
        return "unreachable", why
    return "failed", Text(code=code, args={"why": answer.first_line})


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.0f} MiB"
