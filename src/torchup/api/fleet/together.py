"""What keeps hosts from computing together, by what they said of each other; pure."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from torchup.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SKEW_S: Final = 5.0
"""Clocks further apart make logs and time limits of different hosts hard to compare."""
SLOW: Final = 0.5
"""A pair below this share of the median is slow."""


class Trouble(Struct, frozen=True, kw_only=True):
    """Something between hosts. ``stops``: torch would wait for it until its time limit."""

    what: Text
    stops: bool = False


def ranks_fit(pairs: Iterable[Sequence[Any]], hosts: int) -> bool:
    """Tell whether pairs of ranks speak only of hosts that are there.

    Args:
        pairs: each two ranks, and what was measured between them.
        hosts: how many hosts there are.
    """
    return all(0 <= rank < hosts for pair in pairs for rank in pair[:2])


def before(
    seen: Mapping[str, Mapping[str, Any]], met: Mapping[str, Mapping[str, Any]]
) -> tuple[Trouble, ...]:
    """Judge what hosts said before torch is started.

    Args:
        seen: how each host sees itself (``where`` of the payload).
        met: whom each host reached (``meet``).
    """
    found: list[Trouble] = []
    for host, said in seen.items():
        resolved = [str(one) for one in said.get("resolved") or ()]
        if resolved and all(one.startswith("127.") or one == "::1" for one in resolved):
            args = {
                "host": host,
                "name": str(said.get("hostname", "")),
                "address": resolved[0],
                "interface": str(said.get("interface") or "?"),
            }
            found.append(Trouble(what=Text(code="fleet.together-loopback", args=args)))
        elif not resolved:
            args = {"host": host, "name": str(said.get("hostname", ""))}
            found.append(Trouble(what=Text(code="fleet.together-nameless", args=args)))
    for host, said in met.items():
        if said.get("listens"):
            args = {"host": host, "why": str(said["listens"])}
            found.append(Trouble(what=Text(code="fleet.together-deaf", args=args), stops=True))
    deaf = {host for host, said in met.items() if said.get("listens")}
    for host, said in met.items():
        for other, peer in (said.get("peers") or {}).items():
            if peer.get("why") and other not in deaf:
                found.append(_no_way(host, other, seen.get(other) or {}, str(peer["why"])))
    found += _clocks(met)
    return tuple(sorted(found, key=lambda one: not one.stops))


def _no_way(host: str, other: str, seen: Mapping[str, Any], why: str) -> Trouble:
    code = {
        "timeout": "fleet.together-silent",
        "refused": "fleet.together-refused",
    }.get(why, "fleet.together-no-way")
    args = {"host": host, "other": other, "address": str(seen.get("address", "?")), "why": why}
    return Trouble(what=Text(code=code, args=args), stops=True)


def _clocks(met: Mapping[str, Mapping[str, Any]]) -> list[Trouble]:
    """Compare every clock with the first host's."""
    first = next(iter(met), "")
    peers = (met.get(first) or {}).get("peers") or {}
    skews = {other: float(peer["skew"]) for other, peer in peers.items() if "skew" in peer}
    return [
        Trouble(
            what=Text(
                code="fleet.together-clock",
                args={"host": other, "other": first, "seconds": f"{abs(skew):.0f}"},
            )
        )
        for other, skew in skews.items()
        if abs(skew) > SKEW_S
    ]


def afterwards(hosts: Sequence[str], result: Mapping[str, Any]) -> tuple[Trouble, ...]:
    """Judge what torch measured.

    Args:
        hosts: by rank.
        result: what the first one printed.
    """
    found: list[Trouble] = []
    if not result.get("right"):
        found.append(Trouble(what=Text(code="fleet.together-wrong", args={}), stops=True))
    pairs = [(int(a), int(b), float(rate)) for a, b, rate in result.get("pairs") or ()]
    if len(pairs) > 1:
        usual = median(rate for _, _, rate in pairs)
        for one, other, rate in pairs:
            if rate < SLOW * usual:
                args = {
                    "host": hosts[one],
                    "other": hosts[other],
                    "rate": f"{rate:.2f}",
                    "usual": f"{usual:.2f}",
                }
                found.append(Trouble(what=Text(code="fleet.together-slow", args=args)))
    return tuple(found)
