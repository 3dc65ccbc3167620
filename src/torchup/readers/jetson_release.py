"""What a Jetson says of itself.

``jetson_release`` (old and new), ``jetsonInfo``, ``/etc/nv_tegra_release``, and package lists
with ``nvidia-l4t-core`` in them.

``facts`` has ``device_family`` (``jetson``), ``l4t``, ``jetpack``, ``model``, ``module``,
``kernel``, ``cudnn``, ``tensorrt`` and ``compute_capability``; each None where the text doesn't
say it. ``cuda`` and ``toolkit_full`` are the CUDA libraries: a Jetson's come with its system.
"""

from __future__ import annotations

import re
from typing import Any, Final

from torchup.readers.hardware import why_nothing
from torchup.readers.reading import Reading
from torchup.readers.texts import known, lines_of

KIND: Final = "jetson-release"
_SIGN: Final = re.compile(
    r"\[L4T |\bL4T (?:\d|N\.N)|jetson[-_]stats|nvidia-l4t-\w|nv_tegra_release|\bJetPack\b"
    r"|# R\d{1,3} \(release\)|NVIDIA Jetson\b|Jetson-\w",
    re.IGNORECASE,
)
_L4T: Final = re.compile(r"\bL4T[ :]{1,3}v?(\d{1,3}(?:\.\d{1,3}){1,3})", re.IGNORECASE)
_L4T_UNKNOWN: Final = re.compile(r"\bL4T[ :]{1,3}(?:N\.N(?:\.N)?|UNKNOWN|N/A)", re.IGNORECASE)
_RELEASE: Final = re.compile(r"\bR(\d{1,3}) \(release\), REVISION: (\d{1,3}(?:\.\d{1,3})?)")
_PACKAGE: Final = re.compile(
    r"nvidia-l4t-core(?::arm64)?(?:/[\w,.-]{1,60})?[\s,=/]{1,60}(\d{1,3}(?:\.\d{1,3}){1,3})-\d"
)
_POLICY: Final = re.compile(
    r"(?:Installed|Version):\s{1,8}(\d{1,3}(?:\.\d{1,3}){2})-20\d{10}", re.IGNORECASE
)
_JETPACK: Final = re.compile(r"Jetpack[: ]{1,4}(\d{1,2}(?:\.\d{1,3}){0,3})", re.IGNORECASE)
_META: Final = re.compile(
    r"nvidia-jetpack(?:[\s,=/]{1,60}|\s{1,4}Version: )(\d{1,2}(?:\.\d{1,3}){1,3})-b\d"
)
_CUDA: Final = re.compile(r"^CUDA(?: version)?[: ]{1,3}(\d{1,3}(?:\.\d{1,4}){1,2})", re.IGNORECASE)
_ARCH: Final = re.compile(
    r"^.{0,20}?(?:CUDA|GPU)[ -]Arch(?:itecture)?(?: BIN)?[: ]{1,3}(\d\S?.{0,80})$", re.IGNORECASE
)
_CAPABILITY: Final = re.compile(r"\d{1,2}\.\d")
_LIBRARY: Final = re.compile(
    r"^(cuDNN|TensorRT)[: ]{1,3}(\d{1,3}(?:\.\d{1,4}){1,3})", re.IGNORECASE
)
_SYSTEM: Final = re.compile(r"\b(Ubuntu) (\d{2}\.\d{2}(?:\.\d{1,2})?)")
_KERNEL: Final = re.compile(
    r"^(?:Release|Kernel(?: Version)?)[: ]{1,3}(\d\.\S{1,60})$", re.IGNORECASE
)
_MACHINE: Final = re.compile(r"\b(aarch64|armv7l|armhf|arm64)\b")
_MODEL: Final = re.compile(r"^(?:Model|Hardware Model): (\S.*)$", re.IGNORECASE)
_MODULE: Final = re.compile(r"^Module: (\S.*)$", re.IGNORECASE)
_HEADED: Final = re.compile(
    r"^NVIDIA (?:Jetson|Orin|Thor|Tegra)\b.*$|^Jetson[- ]\w.*$", re.IGNORECASE
)
_ON_MODEL: Final = re.compile(r"\s*(?:-\s*Jetpack\b.*|\[L4T\b.*|L4T\b.*)$", re.IGNORECASE)
_COLOUR: Final = re.compile("\x1b\\[[0-9;]{0,12}m")
_BULLET: Final = re.compile(r"^[\s>*\-•#$]{0,12}")
_NUMBERED: Final = 500_000
"""Characters that are looked at: a list of all packages is about this long."""


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(text[:_NUMBERED]) is not None


def read(text: str) -> Reading:
    """Read it. In a container the L4T line may read ``N.N.N``: the state is ``l4t-unknown``."""
    head = _COLOUR.sub("", text[:_NUMBERED])
    if _SIGN.search(head) is None:
        return Reading(kind=KIND, state=why_nothing(text))
    lines = [_BULLET.sub("", line).strip() for line in lines_of(head)]
    facts = _facts(head, lines)
    cuda = _first(_CUDA, lines)
    system = _SYSTEM.search(head)
    l4t = facts["l4t"]
    return Reading(
        kind=KIND,
        state="l4t-unknown" if l4t is None and _L4T_UNKNOWN.search(head) else "ok",
        cuda=cuda,
        toolkit=".".join(cuda.split(".")[:2]) if cuda else None,
        toolkit_full=cuda,
        os=f"{system[1]} {system[2]}" if system else None,
        arch=_machine(head),
        facts=facts,
    )


def _facts(head: str, lines: list[str]) -> dict[str, Any]:
    jetpack = _JETPACK.search(head) or _META.search(head)
    model = _first(_MODEL, lines) or next((each for each in lines if _HEADED.match(each)), None)
    arches = _CAPABILITY.findall(_first(_ARCH, lines) or "")
    return {
        "device_family": "jetson",
        "l4t": _l4t(head),
        "jetpack": jetpack[1] if jetpack else None,
        "model": known(_ON_MODEL.sub("", model)) if model else None,
        "module": known(_first(_MODULE, lines)),
        "kernel": _first(_KERNEL, lines),
        "cudnn": _library("cudnn", lines),
        "tensorrt": _library("tensorrt", lines),
        # More than one number is what OpenCV was built for, not what the device is.
        "compute_capability": arches[0] if len(arches) == 1 else None,
    }


def _first(sign: re.Pattern[str], lines: list[str]) -> str | None:
    found = next((found for line in lines if (found := sign.match(line[:400]))), None)
    return found[1].strip() if found else None


def _library(name: str, lines: list[str]) -> str | None:
    for line in lines:
        found = _LIBRARY.match(line[:400])
        if found and found[1].lower() == name:
            return found[2]
    return None


def _l4t(head: str) -> str | None:
    release = _RELEASE.search(head)
    if release:
        parts = release[2] if "." in release[2] else f"{release[2]}.0"
        return f"{release[1]}.{parts}"
    found = _L4T.search(head) or _PACKAGE.search(head)
    if found is None and "nvidia-l4t-core" in head:
        found = _POLICY.search(head)
    return found[1] if found else None


def _machine(head: str) -> str:
    """Return the processor's kind: every Jetson since the TX1 is 64-bit."""
    found = _MACHINE.search(head)
    if found is None:
        return "armv7l" if re.search(r"Jetson[- ]TK1\b", head, re.IGNORECASE) else "aarch64"
    return {"armhf": "armv7l", "arm64": "aarch64"}.get(found[1], found[1])
