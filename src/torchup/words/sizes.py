"""Bytes as people read them, in every language alike."""

from __future__ import annotations


def size_of(count: int) -> str:
    """Word a number of bytes: ``2.6 GB``, ``182 MB``.

    >>> size_of(2_600_000_000)
    '2.6 GB'
    >>> size_of(512)
    '512 B'
    """
    amount = float(count)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:  # noqa: PLR2004 - decimal units, as download pages use
            return f"{amount:.0f} {unit}" if amount >= 10 or unit == "B" else f"{amount:.1f} {unit}"  # noqa: PLR2004
        amount /= 1000
    return f"{amount:.1f} GB"
