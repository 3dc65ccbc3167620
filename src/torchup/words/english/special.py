"""Messages about cards and systems that have rules of their own."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "reason.release-names-card": "{about} is new enough for the {subject}: {has} is supported from {needs} on.",
    "reason.release-before-card": "{about} is too old for the {subject}: {has} is supported from {needs} on.",
    "reason.card-not-named": "No release is known to support the {subject}; {about} was asked for by name and may not start on it.",
    "reason.gfx-override": "{about} has no code for the {subject} ({needs}). With {has} it runs code of a sister chip. AMD does not support this: check results before you trust them.",
    "reason.maker-has-builds": "For the {subject} its maker has PyTorch builds of its own ({has}): {needs}",
    "reason.rocm-in-wsl": "Inside WSL, the {subject} ({has}) is seen only with AMD's ROCm for WSL, which no PyTorch build brings along.",
    "reason.embedded-system": "The kernel {subject} is that of a Jetson: its GPU needs its maker's own PyTorch.",
    "reason.container-without-gpus": "Driver {has} is loaded, yet this container ({subject}) sees no GPU: it was probably started without --gpus all.",
    "reason.driver-forward": "Driver {has} starts {subject} builds through NVIDIA's forward-compatibility package (cuda-compat), which was found here.",
    "reason.platform-ended": "{has} is the last release known to have builds for {subject}; elsewhere the newest is {needs}.",
    "remedy.glibc-system": "{stack} would fit on a system with {needs} (now {has}): Debian, Ubuntu or Fedora, or a container of one of them.",
    "remedy.gfx-override": "{stack} runs on the {name} with {setting}; unofficial. To take it, add --build {build}.",
    "remedy.rocm-in-wsl": "{stack} runs on the {name} once AMD's ROCm for WSL is installed. To take it, add --build {build}.",
}
