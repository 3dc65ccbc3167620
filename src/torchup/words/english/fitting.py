"""Messages about packages that are compiled against the framework."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "reason.fit-wheel": "{subject}: {about} was compiled for {needs}; its wheel lies at {has}.",
    "reason.fit-held": "{subject}: {about} is what goes with {needs}.",
    "reason.fit-unloaded": "{subject}: {about} was compiled for another build than {has}; it can be installed, but its kernels won't load.",
    "reason.fit-tag": "{subject} was compiled for {needs}, not for {has}: it fails when it is imported.",
    "reason.fit-unreachable": "{subject}: the wheels of {about} lie at {needs}, which can't be reached: {has}",
    "reason.fit-none": "{subject}: there is no wheel of {about} for {has}, and it can't be compiled for that.",
    "reason.fit-compiled": "{subject} has no wheel for {has}: it would be compiled. That takes nvcc {needs}.x, a C++ compiler, and for each compiler that runs at a time about {about}.",
    "reason.fit-compiled-cpu": "{subject} has no wheel for {has}: it would be compiled. That takes a C++ compiler, and for each one that runs at a time about {about}.",
    "reason.fit-near": "{subject} has wheels for {has}.",
    "reason.fit-moved": "{needs} is the newest stack that has wheels of {subject}.",
}
