"""Readers: pure functions from a program's output to what it says.

Each kind of text has one module with ``KIND``, ``matches(text)`` and ``read(text)``. None of them
ever raises: a text that is cut off, empty or of another kind gives a reading whose ``state`` says
so. Machines differ in versions and languages, people paste what they have.
"""

from __future__ import annotations

from torchup.readers.reading import ReadGpu, Reading
from torchup.readers.registry import READERS, detect

__all__ = ["READERS", "ReadGpu", "Reading", "detect"]
