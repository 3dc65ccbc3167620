"""Asks ``libcuda`` what a CUDA program would see and prints one JSON document.

Runs as a program of its own (``python -I payload_cuda.py``): a driver library that hangs or
crashes takes this process with it and nothing else. The numbers are those of ``cuda.h``.
"""

from __future__ import annotations

import ctypes
import json
import sys
from contextlib import suppress
from typing import Any

MAJOR, MINOR = 75, 76  # CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR
WSL = "/usr/lib/wsl/lib"
NEEDED = "libdxcore.so"


def main() -> None:
    """Print the document; ``init`` is what starting CUDA answered, None without a library."""
    document: dict[str, Any] = {"init": None, "cuda": None, "devices": []}
    library = load(document)
    if library is None:
        print(json.dumps(document))
        return
    version = ctypes.c_int()
    if library.cuDriverGetVersion(ctypes.byref(version)) == 0:
        document["cuda"] = version.value
    document["init"] = library.cuInit(0)
    if document["init"] == 0:
        count = ctypes.c_int()
        library.cuDeviceGetCount(ctypes.byref(count))
        document["devices"] = [describe(library, number) for number in range(count.value)]
    print(json.dumps(document))


def load(document: dict[str, Any]) -> ctypes.CDLL | None:
    """Load the library as a program would, and by its full name where WSL keeps it off the path."""
    try:
        return ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError as error:
        document["why"] = str(error)
    with suppress(OSError):
        ctypes.CDLL(f"{WSL}/{NEEDED}", mode=ctypes.RTLD_GLOBAL)
    try:
        library = ctypes.CDLL(f"{WSL}/libcuda.so.1")
    except OSError:
        return None
    document["off_path"] = WSL
    return library


def describe(library: ctypes.CDLL, number: int) -> dict[str, Any]:
    """Ask about one device, in CUDA's order; a value that is missing could not be had."""
    device = ctypes.c_int()
    found: dict[str, Any] = {"index": number}
    if library.cuDeviceGet(ctypes.byref(device), number) != 0:
        return found
    slot = ctypes.create_string_buffer(32)
    if library.cuDeviceGetPCIBusId(slot, len(slot), device) == 0:
        found["bus"] = slot.value.decode("ascii", "replace")
    name = ctypes.create_string_buffer(256)
    if library.cuDeviceGetName(name, len(name), device) == 0:
        found["name"] = name.value.decode("utf-8", "replace")
    memory = ctypes.c_size_t()
    if library.cuDeviceTotalMem_v2(ctypes.byref(memory), device) == 0:
        found["memory"] = memory.value
    uuid = (ctypes.c_ubyte * 16)()
    if library.cuDeviceGetUuid(ctypes.byref(uuid), device) == 0:
        found["uuid"] = bytes(uuid).hex()
    numbers = [ctypes.c_int(), ctypes.c_int()]
    asked = zip(numbers, (MAJOR, MINOR), strict=True)
    codes = [library.cuDeviceGetAttribute(ctypes.byref(n), what, device) for n, what in asked]
    if not any(codes):
        found["capability"] = [n.value for n in numbers]
    return found


if __name__ == "__main__":
    main()
