"""Containers, in which a card may be plugged in and its devices not be handed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.host import Host

_MARKS: Final = ("/.dockerenv", "/run/.containerenv")


def in_container(host: Host) -> bool:
    """Tell whether Docker's or Podman's mark is there."""
    return any(host.modified(mark) for mark in _MARKS)
