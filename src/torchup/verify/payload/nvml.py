"""Clocks, power and what holds a card back, as its driver tells it (NVIDIA, NVML API reference)."""

import ctypes
import sys

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

GRAPHICS_CLOCK, SM_CLOCK, MEMORY_CLOCK = 0, 1, 2
# nvmlClocksEventReasons
THROTTLES = {
    0x4: "power-cap",
    0x8: "hardware-slowdown",
    0x20: "thermal",
    0x40: "hardware-thermal",
    0x80: "power-brake",
}


def library() -> "Any":
    """Load NVML; None where there is none."""
    try:
        return ctypes.CDLL("nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1")
    except OSError:
        return None


def look(index: int, uuid: str, nvml: "Any" = None) -> "dict[str, object]":
    """Tell what a card does now; without what its driver doesn't tell.

    Args:
        index: its number among all cards.
        uuid: its own name where that is known, without ``GPU-``.
        nvml: the library, where another than the driver's shall be asked.
    """
    nvml = nvml or library()
    if nvml is None or nvml.nvmlInit_v2() != 0:
        return {}
    try:
        handle = ctypes.c_void_p()
        if uuid:
            name = (uuid if uuid.startswith("GPU-") else "GPU-" + uuid).encode("ascii")
            failed = nvml.nvmlDeviceGetHandleByUUID(name, ctypes.byref(handle))
        else:
            failed = nvml.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(handle))
        return {} if failed else _values(nvml, handle)
    finally:
        nvml.nvmlShutdown()


def _values(nvml: "Any", handle: "Any") -> "dict[str, object]":
    asked = {
        "sm_mhz": ("nvmlDeviceGetClockInfo", (SM_CLOCK,)),
        "sm_max_mhz": ("nvmlDeviceGetMaxClockInfo", (SM_CLOCK,)),
        "power_mw": ("nvmlDeviceGetPowerUsage", ()),
        "power_limit_mw": ("nvmlDeviceGetEnforcedPowerLimit", ()),
        "temperature": ("nvmlDeviceGetTemperature", (0,)),
        "pcie_generation": ("nvmlDeviceGetCurrPcieLinkGeneration", ()),
        "pcie_width": ("nvmlDeviceGetCurrPcieLinkWidth", ()),
        "pcie_max_width": ("nvmlDeviceGetMaxPcieLinkWidth", ()),
    }
    found: dict[str, object] = {}
    for name, (function, arguments) in asked.items():
        value = ctypes.c_uint()
        if _ask(nvml, function, handle, *arguments, ctypes.byref(value)):
            found[name] = value.value
    for name, function in (("ecc", "nvmlDeviceGetEccMode"), ("mig", "nvmlDeviceGetMigMode")):
        now, pending = ctypes.c_uint(), ctypes.c_uint()
        if _ask(nvml, function, handle, ctypes.byref(now), ctypes.byref(pending)):
            found[name] = "on" if now.value else "off"
    bits = ctypes.c_ulonglong()
    if _ask(nvml, "nvmlDeviceGetCurrentClocksThrottleReasons", handle, ctypes.byref(bits)):
        said = [word for bit, word in THROTTLES.items() if bits.value & bit]
        found["held_back"] = ",".join(said) or "no"
    return found


def _ask(nvml: "Any", function: str, *arguments: "Any") -> bool:
    called = getattr(nvml, function, None)
    return called is not None and called(*arguments) == 0
