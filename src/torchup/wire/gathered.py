"""What nodes of a cluster said, as scripts of Slurm gather it; read, never printed."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType


class CollectedV1(Struct, frozen=True, kw_only=True):
    """A line of ``torchup.collected/v1``: what a shell script printed on one host, in base64."""

    schema: Literal["torchup.collected/v1"] = "torchup.collected/v1"
    host: str
    text: bytes


class SeenV1(Struct, frozen=True, kw_only=True):
    """How a host sees itself; ``resolved`` are the addresses that its own name means there."""

    address: str = ""
    interface: str = ""
    hostname: str = ""
    resolved: tuple[str, ...] = ()


class PeerV1(Struct, frozen=True, kw_only=True):
    """How reaching another host ended: ``why`` not, milliseconds, and by how much its clock is off.

    ``skew`` is in seconds.
    """

    why: str = ""
    ms: float | UnsetType = UNSET
    skew: float | UnsetType = UNSET


class MetV1(Struct, frozen=True, kw_only=True):
    """Whom a host reached; ``listens`` says why it could not listen itself, empty if it could."""

    listens: str = ""
    peers: dict[str, PeerV1] = {}


class ComputedV1(Struct, frozen=True, kw_only=True):
    """What the first host measured; ``pairs`` are two ranks and GB/s."""

    backend: str
    right: bool
    gb_s: float
    world: int = 0
    pairs: tuple[tuple[int, int, float], ...] = ()


class AnswersV1(Struct, frozen=True, kw_only=True):
    """``torchup.together-answers/v1``: what hosts said of each other, and what torch measured.

    ``hosts`` are by rank; ``where`` and ``meet`` are theirs by name, ``result`` is the first one's,
    null where torch was not started or did not come to an end. ``late`` are the hosts on which
    torch was ended, with the seconds that it had.
    """

    schema: Literal["torchup.together-answers/v1"] = "torchup.together-answers/v1"
    hosts: tuple[str, ...]
    where: dict[str, SeenV1]
    meet: dict[str, MetV1]
    result: ComputedV1 | None
    late: dict[str, float] = {}
