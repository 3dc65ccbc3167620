"""``python -m torch.utils.collect_env``: what people paste into a report about PyTorch.

All its layouts are read, from the one with ``Yes`` and ``No`` to vLLM's with headed blocks.

Facts: ``torch``, ``cuda_build``, ``rocm_build`` (its number; ``rocm_build_full`` as printed),
``xpu_build``, ``debug_build``, ``cuda_available``, ``xpu_available``, ``mps_available``,
``hip_runtime``, ``miopen``, ``cudnn`` (its version where a file's name tells it) and
``cudnn_files``, ``python_platform``, ``gcc``, ``clang``, ``cmake``, ``cpu``, ``vllm``,
``pip_packages`` (versions by name) and ``conda_packages``; ``cuda_module_loading``. ``packages``
are both lists together: pip's versions, as pip sees conda's too, with conda's builds.

Long: one format in all its layouts since 2018, told apart while they are read.
"""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec.structs import replace

from torchup.readers.conda_list import Package, row
from torchup.readers.pasted import output_lines
from torchup.readers.reading import ReadGpu, Reading

KIND: Final = "collect_env"
_PAIR: Final = re.compile(r"^([A-Za-z型架][\w ()/-]{0,60}?)[:\uff1a=]\s{0,40}(.*)$")
_LEAD: Final = re.compile(r"^[>#|\s]{1,40}")
_TAGGED: Final = re.compile(r"^\[(pip\d?|conda|uv)\]\s{0,8}(.*)$")
_PIP: Final = re.compile(
    r"^([A-Za-z0-9][\w.-]{0,120})\s{0,20}(?:={2,3}|\(|\s)\s{0,20}(\d[^\s)]{0,80})"
)
_CARD: Final = re.compile(r"^(?:GPU )(\d{1,3}): (.{1,200})$")
_UUID: Final = re.compile(r"\s{0,4}\(UUID: (\S{1,80}?)\)$")
_SLICE: Final = re.compile(r"^MIG (\S{1,30})\s{1,20}Device\s{1,10}\d{1,3}:")
_GFX: Final = re.compile(r"^(.{1,200}?)\s?\((gfx[0-9a-f]{3,5})(?::[^()]{0,60})?\)$")
_INTEL: Final = re.compile(r"\[(\d{1,3})\] _\w{0,30}DeviceProperties\(name='([^']{0,200})'")
_MEMORY: Final = re.compile(r"total_memory=(\d{1,9})MB")
_DRIVER: Final = re.compile(r"driver_version='([^']{1,60})'")
_NUMBER: Final = re.compile(r"\d{1,6}(?:\.\d{1,9}){1,4}")
_PYTHON: Final = re.compile(r"^\d{1,2}\.\d{1,3}[\w.+]{0,20}")
_LIBC: Final = re.compile(r"(\d{1,3}\.\d{1,3}(?:\.\d{1,3})?)")
_CUDNN: Final = re.compile(
    r"libcudnn\w{0,40}\.so\.(\d{1,3}(?:\.\d{1,4}){0,3})|cudnn\w{0,20}64_(\d{1,3})"
)
_ARCH: Final = re.compile(
    r"(?<![A-Za-z0-9])(x86_64|amd64|AMD64|aarch64|arm64|ARM64|ppc64le|s390x|riscv64|i[3-6]86|armv7l)"
    r"(?![A-Za-z0-9])"
)
_OS_ARCH: Final = re.compile(r"^(.{0,300}?)\s{0,4}\(([\w-]{3,12})\)$")
_OLD_PYTORCH: Final = "NoGCNArchNameOnOldPyTorch"
_NOTHING: Final = frozenset(
    {"", "n/a", "none", "no cuda", "no xpu", "could not collect", "not found", "unknown"}
)
_END: Final = "versions of relevant libraries"
_SIGNS: Final = ("pytorch version", "is debug build", "cuda used to build pytorch")
_KEPT: Final = frozenset(
    {
        *_SIGNS,
        "rocm used to build pytorch",
        "xpu used to build pytorch",
        "os",
        "gcc version",
        "clang version",
        "cmake version",
        "libc version",
        "python version",
        "python platform",
        "is cuda available",
        "is xpu available",
        "is mps available",
        "cuda runtime version",
        "cuda_module_loading set to",
        "gpu models and configuration",
        "nvidia driver version",
        "cudnn version",
        "hip runtime version",
        "miopen runtime version",
        "intel gpu driver version",
        "intel gpu models onboard",
        "intel gpu models detected",
        "cpu",
        "model name",
        "name",
        "型号名称",
        "architecture",
        "架构",
        "vllm version",
        "is xnnpack available",
        "caching allocator config",
        "msvc",
    }
)


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    start = text[:200_000]
    signs = ("CUDA used to build PyTorch", "PyTorch version:")
    return "Collecting environment information" in start or (
        "Is CUDA available" in start and any(sign in start for sign in signs)
    )


def read(text: str) -> Reading:
    """Read it. ``gpus`` is None where the program couldn't tell, as without a driver."""
    said = _Said(output_lines(text))
    if not any(sign in said.values for sign in (*_SIGNS, "is cuda available", "python version")):
        return Reading(kind=KIND, state="unreadable")
    system, arch = _system(said)
    toolkit = _NUMBER.findall(said.one("cuda runtime version") or "")
    full = toolkit[-1] if toolkit else None
    driver = _NUMBER.search(said.one("nvidia driver version") or "")
    libc = _LIBC.search(said.one("libc version") or "")
    python = _PYTHON.match(said.one("python version") or "")
    return Reading(
        kind=KIND,
        state="ok" if said.ended else "truncated",
        gpus=_gpus(said),
        driver=driver[0] if driver else None,
        os=system,
        arch=arch,
        libc=libc[1] if libc else None,
        python=python[0] if python else None,
        toolkit=None if full is None else ".".join(full.split(".")[:2]),
        toolkit_full=full,
        packages=_packages(said) if said.ended else None,
        facts=_facts(said),
    )


class _Said:
    """The text, by its keys: each with what stands after it and in the lines below."""

    def __init__(self, lines: list[str]) -> None:
        self.values: dict[str, list[str]] = {}
        self.pip: dict[str, str] = {}
        self.conda: dict[str, Package] = {}
        self.ended = False
        current: list[str] | None = None
        for line in lines:
            plain = _LEAD.sub("", line).rstrip()
            tagged, pair = _TAGGED.match(plain), _PAIR.match(plain)
            key = pair[1].strip().lower() if pair else ""
            if tagged:
                self.ended, current = True, None
                self._package(tagged[1], tagged[2])
            elif plain.lower().startswith(_END):
                self.ended, current = True, None
            elif pair and key in _KEPT:
                first = [pair[2].strip()] if pair[2].strip() else []
                current = None if key in self.values else self.values.setdefault(key, first)
            elif plain and current is not None and not plain.startswith("==="):
                current.append(plain)

    def _package(self, tag: str, line: str) -> None:
        if tag == "conda":
            found = row(line)
            if found:
                self.conda[found[0]] = found[1]
            return
        name = _PIP.match(line)
        if name:
            self.pip[name[1]] = name[2]

    def one(self, key: str) -> str | None:
        """Return what stands after a key; None where the program has nothing to say."""
        first = (self.values.get(key) or [""])[0].strip()
        return None if first.lower() in _NOTHING else first

    def switch(self, key: str) -> bool | None:
        """Read ``Yes``, ``True``, ``No`` and ``False``."""
        word = (self.one(key) or "").lower()
        return {"yes": True, "true": True, "no": False, "false": False}.get(word)


def _system(said: _Said) -> tuple[str | None, str | None]:
    """Return the system without the processor that newer versions put after it, and that."""
    system = said.one("os")
    behind = _OS_ARCH.match(system or "")
    if behind and _ARCH.fullmatch(behind[2]):
        return behind[1], behind[2]
    keys = ("python platform", "python version", "architecture", "架构")
    found = (_ARCH.search(said.one(key) or "") for key in keys)
    return system, next((match[1] for match in found if match), None)


def _gpus(said: _Said) -> tuple[ReadGpu, ...] | None:
    gpus: list[ReadGpu] = []
    slices: dict[int, list[str]] = {}
    for line in said.values.get("gpu models and configuration", []):
        card, part = _CARD.match(line), _SLICE.match(line)
        if part and gpus:
            slices.setdefault(len(gpus) - 1, []).append(part[1])
        elif card:
            gpus.append(_nvidia(int(card[1]), card[2].strip()))
        elif line.lower() not in _NOTHING and not gpus and not line.startswith("["):
            gpus.append(_other(line.removesuffix(_OLD_PYTORCH).strip(), said))
    for place, profiles in slices.items():
        gpus[place] = replace(gpus[place], mig=True, mig_devices=tuple(profiles))
    gpus += _intel(said)
    return tuple(gpus) or None


def _nvidia(index: int, name: str) -> ReadGpu:
    uuid = _UUID.search(name)
    plain = name[: uuid.start()] if uuid else name
    return ReadGpu(index=index, name=plain, vendor="nvidia", uuid=uuid[1] if uuid else None)


def _other(name: str, said: _Said) -> ReadGpu:
    """Read the one card whose name PyTorch itself gives: AMD's, or an old Mac's."""
    found = _GFX.match(name)
    if found:
        return ReadGpu(index=0, name=found[1], arch=found[2], vendor="amd")
    amd = said.one("rocm used to build pytorch") or name.startswith(("AMD ", "Radeon "))
    return ReadGpu(index=0, name=name, vendor="amd" if amd else None)


def _intel(said: _Said) -> list[ReadGpu]:
    keys = ("intel gpu models detected", "gpu models and configuration")
    gpus: list[ReadGpu] = []
    for line in (line for key in keys for line in said.values.get(key, [])):
        card = _INTEL.search(line[:300])
        if card:
            memory, driver = _MEMORY.search(line), _DRIVER.search(line)
            gpus.append(
                ReadGpu(
                    index=int(card[1]),
                    name=card[2],
                    vendor="intel",
                    memory_mib=int(memory[1]) if memory else None,
                    driver=driver[1] if driver else None,
                )
            )
    names = [line[1:].strip() for line in said.values.get("intel gpu models onboard", [])]
    seen = [name for name in names if name.lower() not in _NOTHING and name != "/A"]
    return gpus or [ReadGpu(name=name, vendor="intel") for name in seen]


def _packages(said: _Said) -> dict[str, Package]:
    packages: dict[str, Package] = dict(said.conda)
    for name, version in said.pip.items():
        known = packages.get(name)
        if known is None or known["version"] != version:
            packages[name] = {"version": version, "build": None, "channel": None}
    return packages


def _facts(said: _Said) -> dict[str, Any]:
    rocm = said.one("rocm used to build pytorch")
    files = [line for line in said.values.get("cudnn version", []) if "/" in line or "\\" in line]
    known = [line for line in files if line.lower() not in _NOTHING]
    return {
        "torch": said.one("pytorch version"),
        "cuda_build": said.one("cuda used to build pytorch"),
        "rocm_build": None if rocm is None else rocm.partition("-")[0],
        "rocm_build_full": rocm,
        "xpu_build": said.one("xpu used to build pytorch"),
        "debug_build": said.switch("is debug build"),
        "cuda_available": said.switch("is cuda available"),
        "xpu_available": said.switch("is xpu available"),
        "mps_available": said.switch("is mps available"),
        "cuda_module_loading": said.one("cuda_module_loading set to"),
        "hip_runtime": said.one("hip runtime version"),
        "miopen": said.one("miopen runtime version"),
        "cudnn": _cudnn(said.one("cudnn version"), known),
        "cudnn_files": known or None,
        "python_platform": said.one("python platform"),
        "gcc": said.one("gcc version"),
        "clang": said.one("clang version"),
        "cmake": said.one("cmake version"),
        "cpu": said.one("model name")
        or said.one("型号名称")
        or said.one("name")
        or said.one("cpu"),
        "vllm": said.one("vllm version"),
        "pip_packages": said.pip,
        "conda_packages": said.conda,
    }


def _cudnn(value: str | None, files: list[str]) -> str | None:
    """Take the version out of the files' names; None where they tell different ones."""
    found = [match for match in map(_CUDNN.search, (line[-300:] for line in files)) if match]
    versions = {match[1] or match[2] for match in found}
    if not files and value and _NUMBER.fullmatch(value):
        return value
    longest = max(versions, key=len, default=None)
    return longest if longest and all(longest.startswith(each) for each in versions) else None
