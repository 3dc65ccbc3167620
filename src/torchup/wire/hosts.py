"""A machine document with the name that its people call it."""

from torchup.wire.machine import MachineV1


class HostV1(MachineV1, frozen=True, kw_only=True, omit_defaults=True):
    """A line of many machines; ``host`` is its name in the inventory."""

    host: str | None = None
