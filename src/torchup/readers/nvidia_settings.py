"""How a card of NVIDIA's is set up, by the words of ``nvidia-smi``.

Readers keep it in a card's ``extra``: ``compute`` (as a machine document has it), ``virtual``,
``persistence``, ``ecc_errors`` (how many could not be corrected since the start), ``fabric``
(the state of NVSwitch as printed), ``lost`` (the card no longer answers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from torchup.readers.nvidia_states import is_lost
from torchup.readers.texts import known, number, switch

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMPUTE: Final = {
    "default": "default",
    "e. process": "exclusive-process",
    "exclusive_process": "exclusive-process",
    "exclusive process": "exclusive-process",
    "e. thread": "exclusive-thread",
    "exclusive_thread": "exclusive-thread",
    "exclusive thread": "exclusive-thread",
    "prohibited": "prohibited",
}
_PARTS: Final = ("vgpu", "vsga")


def settings(
    *,
    compute: str | None = None,
    virtual: str | None = None,
    persistence: str | None = None,
    ecc: Iterable[str | None] = (),
    fabric: str | None = None,
    said: Iterable[str | None] = (),
) -> dict[str, Any]:
    """Return what is told of how a card is set up; a key that isn't told is left out.

    Args:
        compute: the compute mode. ``virtual``: the virtualization mode.
        virtual: ``VGPU`` and the like; ``Pass-Through`` is a whole card.
        persistence: the persistence mode.
        ecc: the counters of errors that could not be corrected, which are added up.
        fabric: the state of the fabric.
        said: fields in which a lost card says so.
    """
    counted = [count for text in ecc if (count := number(text)) is not None]
    mode = known(virtual)
    found = {
        "compute": _COMPUTE.get((compute or "").strip().lower()),
        "virtual": any(part in mode.lower() for part in _PARTS) if mode else None,
        "persistence": switch(persistence),
        "ecc_errors": sum(counted) if counted else None,
        "fabric": known(fabric),
        "lost": True if is_lost(*said) else None,
    }
    return {key: value for key, value in found.items() if value is not None}
