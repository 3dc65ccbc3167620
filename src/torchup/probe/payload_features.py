"""Asks Windows which instructions the processor has, and prints their Linux names in one line.

Runs as a program of its own (``python -I payload_features.py``). The numbers are those of
``IsProcessorFeaturePresent`` in ``winnt.h``; a Windows that does not know one says no.
"""

from __future__ import annotations

import ctypes

FEATURES = {
    10: "sse2",
    13: "pni",
    36: "ssse3",
    37: "sse4_1",
    38: "sse4_2",
    39: "avx",
    40: "avx2",
    41: "avx512f",
}


def main() -> None:
    """Print the line."""
    present = ctypes.windll.kernel32.IsProcessorFeaturePresent  # type: ignore[attr-defined,unused-ignore]
    print(" ".join(name for number, name in FEATURES.items() if present(number)))


if __name__ == "__main__":
    main()
