"""Is the device there, is this build made for it, and does its memory keep what it is given?"""

import re

from .lines import OUT_OF_MEMORY
from .torch_base import compare, family_of, kind_of, not_here, place, random, wait
from .torch_cards import arch_of, compiled_in, driver_of, served

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

    Found = tuple[str, dict[str, object]]

MIB = 1024 * 1024
USUAL_MIB = 64
CHUNK_MIB = 256
# Of the free memory: the rest is left to the framework's own buffers and, on the CPU, to others.
FULL_SHARE = {"cpu": 0.4, "mps": 0.4}
FULL_SHARE_ELSE = 0.85
# What PyTorch says where there is no card, or no driver, at all (torch/csrc/cuda, c10/cuda).
NONE_HERE = ("no NVIDIA driver", "No CUDA GPUs", "No HIP GPUs")


def device(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """See that the planned device is there, and name what is."""
    kind = kind_of(torch, wanted)
    if kind == "cpu":
        return _none_found(torch) if wanted == "auto" else ("pass", {"device": "cpu"})
    if wanted.startswith("rocm") and not getattr(torch.version, "hip", None):
        return "fail", {"reason": "not-built", "device": wanted}
    if kind == "mps":
        if not torch.backends.mps.is_built():
            return "fail", {"reason": "not-built", "device": wanted}
        found = torch.backends.mps.is_available()
        return ("pass", {"device": "mps"}) if found else _absent(wanted, "")
    if kind == "cuda" and not (torch.version.cuda or getattr(torch.version, "hip", None)):
        return "fail", {"reason": "not-built", "device": wanted}
    family = getattr(torch, kind, None)
    if family is None or not family.is_available():
        return _absent(wanted, _why_absent(family))
    names = [family.get_device_name(index) for index in range(family.device_count())]
    shown = place(torch, wanted) if wanted == "auto" else wanted
    values: dict[str, object] = {"device": shown, "count": len(names), "names": "; ".join(names)}
    if kind == "cuda":
        pairs = [torch.cuda.get_device_capability(index) for index in range(len(names))]
        values["capabilities"] = " ".join(f"{major}.{minor}" for major, minor in pairs)
    index = wanted.partition(":")[2]
    if index and int(index) >= len(names):
        return _absent(wanted, f"{len(names)} found")
    if not index:
        values["devices"], first = _choose(torch, wanted)
        values.update({"first": first} if first else {})
    return "pass", values


def _choose(torch: "Any", wanted: str) -> "tuple[list[str], int]":
    """Name the devices to compute on; what names no number is computed on the first of them.

    Returns:
        Their names, and the number of the first.
    """
    chosen = served(torch, wanted)
    if chosen[0] != 0:
        family_of(torch, wanted).set_device(chosen[0])
    return [f"{kind_of(torch, wanted)}:{index}" for index in chosen], chosen[0]


def _none_found(torch: "Any") -> "Found":
    """Compute on the CPU, unless the build is for cards and says why the one here fails."""
    hip = getattr(torch.version, "hip", None)
    if hip or getattr(torch.version, "cuda", None):
        why = _why_absent(getattr(torch, "cuda", None))
        if why and not any(said in why for said in NONE_HERE):
            device = "rocm" if hip else "cuda"
            return "fail", {"reason": "unusable", "device": device, "why": why}
    return "pass", {"device": "cpu"}


def _absent(wanted: str, why: str) -> "Found":
    return "fail", {"reason": "absent", "device": wanted, "why": why or "not available"}


def _why_absent(family: "Any") -> str:
    if family is None:
        return ""
    try:
        family.init()
    except Exception as error:
        return (str(error).strip().splitlines() or [""])[0]
    return ""


def fit(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Tell what was compiled in and what is there; it is judged elsewhere."""
    if kind_of(torch, wanted) != "cuda":
        return not_here(wanted)
    cards = [
        {"name": torch.cuda.get_device_name(index), "arch": arch_of(torch, index)}
        for index in range(torch.cuda.device_count())
    ]
    return "pass", {
        "facts": {
            "kind": "fit",
            "compiled": compiled_in(torch),
            "cards": cards,
            "runtime": torch.version.cuda or "",
            "driver": driver_of(torch),
        }
    }


def allocate(torch: "Any", wanted: str, _options: "Any") -> "Found":
    """Put numbers on the device and take them back unchanged."""
    sent = random(torch, 1024, 64)
    got = sent.to(place(torch, wanted))
    return compare(torch, got, sent.double(), 0.0)


def memory(torch: "Any", wanted: str, options: "Any") -> "Found":
    """Fill memory with patterns, read it all back.

    Two complementary patterns and one that differs everywhere, as memtest programs have them. A
    usual verification takes 64 MiB, a full one most of what is free.
    """
    at = place(torch, wanted)
    chunk = CHUNK_MIB if options.level == "full" else USUAL_MIB
    count = 1
    if options.level == "full":
        kind = kind_of(torch, wanted)
        share = FULL_SHARE.get(kind, FULL_SHARE_ELSE)
        count = max(1, int(_free(torch, wanted) * share) // (chunk * MIB))
    length = chunk * MIB // 8
    chunks = _take(torch, length, count, at)
    status, values = _patterns(torch, wanted, chunks, length)
    del chunks
    empty = getattr(family_of(torch, wanted), "empty_cache", None)
    if empty is not None:  # other processes of the checks that follow need room
        empty()
    return status, values


def _take(torch: "Any", length: int, count: int, at: str) -> "list[Any]":
    """Take so many chunks, or as many as there is room for: others may take some meanwhile."""
    chunks: list[Any] = []
    for _ in range(count):
        try:
            chunks.append(torch.empty(length, dtype=torch.int64, device=at))
        except RuntimeError as error:  # noqa: PERF203 - what is taken decides how far it goes
            if not chunks or not any(said in str(error).lower() for said in OUT_OF_MEMORY):
                raise
            break
    return chunks[:-1] if len(chunks) < count and len(chunks) > 1 else chunks


def _patterns(torch: "Any", wanted: str, chunks: "list[Any]", length: int) -> "Found":
    at, mib = place(torch, wanted), len(chunks) * length * 8 // MIB
    ramp = torch.arange(length, dtype=torch.int64, device=at)
    for pattern in (0x5555555555555555, -0x5555555555555556, None):
        for index, one in enumerate(chunks):
            if pattern is None:
                one.copy_(ramp)
                one.add_(index * length)
            else:
                one.fill_(pattern)
        wait(torch, wanted)
        for index, one in enumerate(chunks):
            if pattern is None:
                one.sub_(index * length)
                wrong = int((one != ramp).sum())
            else:
                wrong = int((one != pattern).sum())
            if wrong:
                values = {"reason": "memory-wrong", "words": wrong, "chunk": index}
                return "fail", dict(values, mib=mib)
    return "pass", {"mib": mib}


def _free(torch: "Any", wanted: str) -> int:
    """Return the free bytes: of the device, else of the machine as far as a container may go."""
    kind, family = kind_of(torch, wanted), family_of(torch, wanted)
    if kind not in ("cpu", "mps") and hasattr(family, "mem_get_info"):
        return int(family.mem_get_info(place(torch, wanted))[0])
    found = [_first_number("/proc/meminfo", r"MemAvailable:\s+(\d+) kB") * 1024]
    limit = _first_number("/sys/fs/cgroup/memory.max", r"(\d+)")
    used = _first_number("/sys/fs/cgroup/memory.current", r"(\d+)")
    if limit:
        found.append(limit - used)
    return min((each for each in found if each > 0), default=1024 * MIB)


def _first_number(path: str, pattern: str) -> int:
    try:
        with open(path, encoding="ascii", errors="replace") as stream:
            found = re.search(pattern, stream.read())
    except OSError:
        return 0
    return int(found.group(1)) if found else 0
