"""Fetching large files from places that may fail: resumed, moved to the next place, verified.

A file is received in one stream, appended to what came before. Where its hash is known it goes
on, byte for byte, from any place that has it; what is complete is hashed before anybody sees it.
docs/decisions/0009-downloads.md says why this is ours.
"""

from torchup.sources.fetching.many import Fetching
from torchup.sources.fetching.wanted import WantedFile

__all__ = ["Fetching", "WantedFile"]
