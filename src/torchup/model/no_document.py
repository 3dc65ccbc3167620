"""What decoders raise for bytes that are no document of the kind that they look for."""

from __future__ import annotations

from typing import Final

from msgspec import MsgspecError

NO_DOCUMENT: Final = (MsgspecError, ValueError, RecursionError)
"""Malformed or of another form; not Unicode; nested, or a number so long, that nothing can read it.

>>> import msgspec
>>> for data in (b"{", b'"\\xff"', b"[" * 100_000):
...     try:
...         msgspec.json.decode(data)
...     except NO_DOCUMENT:
...         print("no document")
no document
no document
no document
"""
