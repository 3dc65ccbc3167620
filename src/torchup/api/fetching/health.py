"""Whether the network is good enough for a download that can't be gone on with."""

from __future__ import annotations

from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError

if TYPE_CHECKING:
    from torchup.host.real import RealHost

LONGEST_S: Final = 120.0
"""What a break may cost: seconds that the whole would take at the rate that was seen."""
_LOOK_S: Final = 1.0
_LOOK_BYTES: Final = 2 * 2**20
_TIMEOUT_S: Final = 10.0
_PIECE: Final = 64 * 2**10
_GOOD: Final = frozenset({200, 206})
_REFUSED: Final = frozenset({401, 403})


def is_healthy(host: RealHost, url: str, size: int) -> bool:
    """Look at the beginning of a file, and tell whether all of it will be here soon.

    Args:
        host: the door to the network.
        url: of the largest file.
        size: the bytes of all files.
    """
    return is_soon(rate_of(host, url), size)


def is_soon(rate: float, size: int) -> bool:
    """Tell whether ``size`` bytes are here soon at a rate, in bytes a second."""
    return rate > 0 and size / rate <= LONGEST_S


def rate_of(host: RealHost, url: str) -> float:
    """Return how fast the beginning of a file comes, in bytes a second; 0 where nothing does.

    A server that wants a login counts as infinitely fast: the network does well, and the backend
    may know a login that isn't known here.

    Args:
        host: the door to the network.
        url: of the file.
    """
    headers = {"Range": f"bytes=0-{_LOOK_BYTES - 1}"}
    count, began = 0, perf_counter()
    try:
        with host.receive(url, headers=headers, timeout=_TIMEOUT_S) as incoming:
            if incoming.status in _REFUSED:
                return inf
            if incoming.status not in _GOOD:
                return 0
            began = perf_counter()
            while count < _LOOK_BYTES and perf_counter() - began < _LOOK_S:
                piece = incoming.read(_PIECE)
                if not piece:
                    break
                count += len(piece)
    except OutsideError:
        return 0
    took = max(perf_counter() - began, 1e-4)
    return count / took
