"""Many machines: each one's own stack, and the one that they could share."""

from __future__ import annotations

from msgspec import Struct

from torchup.model.machine import Machine
from torchup.model.stack import Reason, Resolution, Stack
from torchup.model.text import Text


class Host(Struct, frozen=True, kw_only=True):
    """A machine by the name that its people call it.

    ``machine`` is None for one that nothing is published for; ``why`` says so then.
    """

    name: str
    machine: Machine | None
    why: Text | None = None


class HostPlan(Struct, frozen=True, kw_only=True):
    """What fits one host: an answer, or what it can't be asked."""

    host: Host
    answer: Resolution | None = None
    refused: Text | None = None

    @property
    def stack(self) -> Stack | None:
        """Its own right stack; None where there is none."""
        return self.answer.stack if self.answer is not None else None


class HostGroup(Struct, frozen=True, kw_only=True):
    """Hosts that get the same: a stack, or the same no.

    ``cards`` are the names of their GPUs, ``drivers`` the versions, the commonest first.
    ``reasons`` say why there is no stack, and ``remedy`` is the cheapest way out.
    """

    stack: Stack | None
    hosts: tuple[str, ...]
    cards: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    refused: Text | None = None
    remedy: Text | None = None


class HostLeft(Struct, frozen=True, kw_only=True):
    """A host on which a shared stack doesn't run, why, and the one change that would make it."""

    name: str
    reasons: tuple[Reason, ...] = ()
    remedy: Text | None = None


class SharedStack(Struct, frozen=True, kw_only=True):
    """One stack for several hosts: those on which it runs, and the others."""

    stack: Stack
    hosts: tuple[str, ...]
    left: tuple[HostLeft, ...] = ()


class FleetPlan(Struct, frozen=True, kw_only=True):
    """Every host's own stack, in groups, and the stacks that most could share.

    The first of ``shared`` runs on most hosts and says why it leaves the others; those behind it
    are newer and run on fewer.
    """

    hosts: tuple[HostPlan, ...]
    groups: tuple[HostGroup, ...]
    shared: tuple[SharedStack, ...] = ()


class Seen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An environment as the host described it."""

    packages: dict[str, str] = {}
    build: str = ""
    python: str = ""
    path: str = ""
    state: str = ""
    why: str = ""
    verified: str = ""


class Applied(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An environment that was asked for on a host.

    ``asked`` is the command line; ``made``: it was not there before. ``driver`` is that of the
    machine document at the time.
    """

    at: str
    asked: tuple[str, ...]
    ok: bool
    made: bool = False
    seen: Seen | None = None
    driver: str = ""

    def same(self, words: tuple[str, ...]) -> bool:
        """Tell whether exactly this was done, and well."""
        return self.ok and self.asked == words
