"""What reading a zip raises that isn't whole, or is none: loaded only by who reads one."""

from __future__ import annotations

import struct
import zlib
from typing import Final
from zipfile import BadZipFile

NO_ARCHIVE: Final = (
    *(BadZipFile, struct.error, zlib.error, EOFError, NotImplementedError),
    *(RuntimeError, ValueError, OverflowError, KeyError),
)
"""A damaged table or text; a way of packing, or a password, that nothing here reads."""
