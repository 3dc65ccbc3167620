"""Which shared libraries are really loaded into this process, and from where.

What is told is judged elsewhere. The sources: Linux, ``/proc/self/maps`` (proc(5)); macOS,
``_dyld_get_image_name`` (dyld(3)); Windows, ``K32EnumProcessModules`` (psapi.h).
"""

# Pathlib is slow to import.

import ctypes
import glob
import os
import re
import sys

from .identity import own_places

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

    Found = tuple[str, dict[str, object]]

# What can be of another build: the framework's own parts, and what vendors ship.
TELLING = re.compile(
    r"^(lib)?(torch|c10|shm|cudart|cublas|cudnn|cufft|cusparse|cusolver|curand|nccl|nvjitlink|nvrtc"
    r"|cuda\b|nvcuda|amdhip|rccl|miopen|rocblas|hipblas|hsa-runtime|mkl|iomp|omp\b|omp[-.]|gomp"
    r"|sycl|ur_|pi_level|ze_loader|stdc\+\+|openblas|scipy_openblas|msvcp|vcomp)",
    re.IGNORECASE,
)
SHARED = re.compile(r"\.so(\.[^/]*)?( \(deleted\))?$")
MANY = 4096


def look() -> "Found":
    """Name the loaded libraries that matter, and for foreign ones this environment's own."""
    places = [os.path.realpath(sys.prefix)] + own_places()
    try:
        paths = loaded()
    except (OSError, AttributeError) as error:
        return "skip", {"reason": "unreadable-libraries", "why": error}
    found = []
    for path in paths:
        if TELLING.match(os.path.basename(path)):
            inside = any(os.path.realpath(path).startswith(place + os.sep) for place in places)
            found.append({"path": path, "own": path if inside else _own(path)})
    return "pass", {"facts": {"kind": "libraries", "loaded": found}}


def loaded() -> "list[str]":
    """List the files that are mapped as libraries."""
    if sys.platform == "darwin":
        return _loaded_macos(ctypes.CDLL(None))
    if sys.platform == "win32":
        return _loaded_windows(ctypes.WinDLL("kernel32"))
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as stream:
        return mapped(stream.read())


def mapped(text: str) -> "list[str]":
    """Take the libraries out of the text of ``/proc/self/maps``, each once."""
    found: dict[str, None] = {}
    for line in text.splitlines():
        path = line.split(None, 5)[5:]
        if path and path[0].startswith("/") and SHARED.search(path[0]):
            name = path[0]
            found[name[: -len(" (deleted)")] if name.endswith(" (deleted)") else name] = None
    return list(found)


def _loaded_macos(system: "Any") -> "list[str]":
    system._dyld_get_image_name.restype = ctypes.c_char_p
    count = system._dyld_image_count()
    names = [system._dyld_get_image_name(index) for index in range(count)]
    return [os.fsdecode(name) for name in names if name]


def _loaded_windows(kernel: "Any") -> "list[str]":
    handles = (ctypes.c_void_p * MANY)()
    needed = ctypes.c_ulong()
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    process = ctypes.c_void_p(kernel.GetCurrentProcess())
    if not kernel.K32EnumProcessModules(
        process, handles, ctypes.sizeof(handles), ctypes.byref(needed)
    ):
        raise OSError("K32EnumProcessModules")
    found = []
    for handle in handles[: needed.value // ctypes.sizeof(ctypes.c_void_p)]:
        name = ctypes.create_unicode_buffer(MANY)
        if kernel.GetModuleFileNameW(ctypes.c_void_p(handle), name, MANY):
            found.append(name.value)
    return found


def _own(path: str) -> str:
    """Return this environment's file of a name: the loaded one itself, where a link leads there."""
    own = own_copy(path)
    try:
        return path if own and os.path.samefile(own, path) else own
    except OSError:
        return own


def own_copy(path: str) -> str:
    """Return this environment's file of the same name; empty where it has none."""
    name = os.path.basename(path)
    for place in own_places():
        for pattern in ("torch/lib", "*.libs", "nvidia/*/lib", "nvidia/*/bin", "nvidia/*/*/lib"):
            for folder in glob.glob(os.path.join(glob.escape(place), pattern)):
                if os.path.exists(os.path.join(folder, name)):
                    return os.path.join(folder, name)
    for folder in ("lib", "Library/bin"):
        if os.path.exists(os.path.join(sys.prefix, folder, name)):
            return os.path.join(sys.prefix, folder, name)
    return ""
