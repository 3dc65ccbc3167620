"""A machine document with the name that its people call it."""

from torchup.wire.machine import MachineV1


class HostV1(MachineV1, frozen=True, kw_only=True, omit_defaults=True):
    """A line of many machines; ``host`` is its name in the inventory."""

    host: str | None = None


class AnyHostV1(HostV1, frozen=True, kw_only=True, omit_defaults=True):
    """One as it is read: among many there may be a processor that nothing is published for."""

    arch: str  # type: ignore[assignment]  # wider than what is written
