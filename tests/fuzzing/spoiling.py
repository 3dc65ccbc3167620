"""Spoiled files, made of good ones and of a number: the same number makes the same file.

It is thousands of times faster than drawing letter by letter, and what it finds is made small
afterwards (:func:`smallest`).
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ODD: Final = (
    *(b"", b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n", b"\n", b"\t"),
    *(b"[", b"]", b"{", b"}", b'"', b"'", b"\\", b"\\u0000", b"\\ud800", b"<", b">", b"&", b"|"),
    *(b":", b"=", b",", b";", b"#", b"//", b"/*", b"-", b"--", b"%", b"$", b"${", b"`", b"*"),
    *(b"null", b"NaN", b"1e999", b"-1", b"0", b"99999999999999999999", b"true", b"[]", b"{}"),
    *(b"../../", b"C:\\", b"file:///", b"http://[::1", b"@", b"\x1b[31m", b"\xe5\x90\x8d"),
    *(
        b"0x",
        b"1.2.3.4.5",
        b"!!python/object",
        b"&a *a",
        b"<!ENTITY",
        b"1_0",
        b"\xc2\xa0",
        b"9" * 5000,
    ),
)
_DEEP: Final = (b"[", b"{", b"(", b'{"a":', b"<a>", b"- ", b"a.", b'[{"b":[', b"!", b"  ")


def spoilt(seeds: Sequence[bytes], number: int) -> bytes:
    """Make a file: a good one with up to five things done to it, or nothing but odd things."""
    chance = random.Random(number)
    if chance.random() < 0.05:
        return b"".join(chance.choices(_ODD, k=chance.randrange(12)))
    if chance.random() < 0.02:
        return chance.choice(_DEEP) * chance.choice((50, 500, 3000, 20_000))
    data = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        data = _spoil(data, chance, seeds)
    return data


def _spoil(data: bytes, chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(data) + 1)
    end = min(len(data), at + chance.choice((0, 1, 1, 2, 4, 9, 40, 400)))
    way = chance.randrange(10)
    if way == 0:
        return data[:at]
    if way == 1:
        return data[:at] + data[end:]
    if way == 2:
        return data[:end] + data[at:]
    if way == 3:
        return data[:at] + bytes((chance.randrange(256),)) + data[at + 1 :]
    if way == 4:
        other = chance.choice(seeds)
        return data[:at] + other[chance.randrange(len(other) + 1) :]
    if way == 5:
        place = chance.randrange(len(data) + 1)
        return data[:place] + data[at:end] + data[place:]
    if way == 6:
        return data[:at] + chance.choice(_DEEP) * chance.choice((2, 20, 2000)) + data[at:]
    return data[:at] + chance.choice(_ODD) + data[end if way == 7 else at :]


def smallest(data: bytes, fails: Callable[[bytes], bool]) -> bytes:
    """Leave out of a file what a failure doesn't need."""
    size = max(1, len(data) // 2)
    while size:
        at = 0
        while at < len(data):
            shorter = data[:at] + data[at + size :]
            if fails(shorter):
                data = shorter
            else:
                at += size
        size //= 2
    return data
