"""Processor, memory and disks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Cpu, Disk
from torchup.probe.system import parse_colon_lines

if TYPE_CHECKING:
    from torchup.host import Host

_MIB_SHIFT: Final = 20
_SYSCTL: Final = ("sysctl", "machdep.cpu.brand_string", "hw.logicalcpu")


def read_cpu(host: Host) -> Cpu:
    """Describe the processor; ``features`` stay unknown where the system doesn't list them."""
    if host.system == "macos":
        return _on_macos(host)
    if host.system == "windows":
        return _on_windows(host)
    return parse_cpuinfo((host.read("/proc/cpuinfo") or b"").decode("utf-8", "replace"))


def _on_macos(host: Host) -> Cpu:
    from torchup.probe.features import features_on_macos

    facts = parse_colon_lines(host.run(_SYSCTL, timeout=5).out)
    model = facts.get("machdep.cpu.brand_string") or None
    intel = model is not None and not model.startswith("Apple")
    return Cpu(
        model=model,
        cores=_number(facts.get("hw.logicalcpu", "")),
        features=features_on_macos(host) if intel else None,
    )


def _on_windows(host: Host) -> Cpu:
    from torchup.probe.features import features_on_windows
    from torchup.vendors.windows import ask_windows

    said = ask_windows(host)
    return Cpu(
        model=(said.processor if said else None) or host.env("PROCESSOR_IDENTIFIER"),
        cores=(said.cores if said else None) or _number(host.env("NUMBER_OF_PROCESSORS") or ""),
        features=features_on_windows(host),
    )


def parse_cpuinfo(text: str) -> Cpu:
    """Read ``/proc/cpuinfo``: logical cores, the first core's model and its flags."""
    facts: dict[str, str] = {}
    cores = 0
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        key = key.strip()
        if colon:
            cores += key == "processor"
            facts.setdefault(key, value.strip())
    flags = facts.get("flags", facts.get("Features"))
    return Cpu(
        model=facts.get("model name") or facts.get("Model") or None,
        cores=cores or None,
        features=None if flags is None else tuple(flags.split()),
    )


def read_memory(host: Host) -> int | None:
    """Return the main memory in MiB, None where the system doesn't say."""
    if host.system == "macos":
        size = _number(host.run(("sysctl", "-n", "hw.memsize"), timeout=5).out.strip())
        return None if size is None else size >> _MIB_SHIFT
    if host.system == "windows":
        from torchup.vendors.windows import ask_windows

        said = ask_windows(host)
        return said.memory_bytes >> _MIB_SHIFT if said and said.memory_bytes else None
    return parse_meminfo((host.read("/proc/meminfo") or b"").decode("utf-8", "replace"))


def read_free_memory(host: Host) -> int | None:
    """Return the memory that programs could have now in MiB, None where the system doesn't say."""
    text = (host.read("/proc/meminfo") or b"").decode("utf-8", "replace")
    return parse_meminfo(text, "MemAvailable")


def parse_meminfo(text: str, line: str = "MemTotal") -> int | None:
    """Read ``MemTotal:  24689512 kB`` out of ``/proc/meminfo``, in MiB."""
    total = parse_colon_lines(text).get(line, "").removesuffix("kB").strip()
    number = _number(total)
    return None if number is None else number >> 10


def read_disks(host: Host) -> tuple[Disk, ...]:
    """Measure the disks that an installation fills: torchup's home, the user's, the temporary."""
    windows = host.system == "windows"
    places = (
        host.env("TORCHUP_HOME"),
        host.env("USERPROFILE" if windows else "HOME"),
        host.env("TEMP" if windows else "TMPDIR") or (None if windows else "/tmp"),  # noqa: S108 - measured, not written
    )
    found = []
    for place in dict.fromkeys(place for place in places if place):
        room = host.room(place)
        if room is not None:
            free, total = room.free >> _MIB_SHIFT, room.total >> _MIB_SHIFT
            found.append(Disk(path=place, free_mib=free, total_mib=total))
    return tuple(found)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None  # noqa: PLR2004 - 64 bits
