"""Messages about cards and systems that have rules of their own."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "reason.release-names-card": "{about} is new enough for the {subject}: {has} is supported from {needs} on.",
    "reason.release-before-card": "{about} is too old for the {subject}: {has} is supported from {needs} on.",
    "reason.card-not-named": "No release is known to support the {subject}; {about} was asked for by name and may not start on it.",
    "reason.gfx-override": "{about} has no code for the {subject} ({needs}). With {has} it runs code of a sister chip. AMD does not support this: check results before you trust them.",
    "reason.maker-has-builds": "For the {subject} there is another way ({has}): {needs}",
    "reason.device-ended": "{subject} is the last release with builds for the {has} on this system; {needs} computes on the CPU alone here.",
    "reason.together": "{subject} share the libraries of {has}; driver {needs} or newer starts all of it.",
    "reason.not-together": "No Python and no CUDA have all of it: alone it would be {subject} and {has}. Make an environment for each, or pin older releases.",
    "remedy.set": "Take {stack} instead, with Python {python}: they go together.",
    "reason.libraries-elsewhere": "{subject} doesn't bring its CUDA libraries along: it needs {needs} where it is started, from conda's packages or NVIDIA's installers.",
    "reason.computes-through": "{about} computes on the {subject} through {needs}.",
    "reason.gpu-on-request": "No build that is taken by itself computes on the {subject} ({has}); one does that has to be named.",
    "reason.build-ended": "The build {has} of {subject} rests on a package that has had no release since {needs}: its errors stay, and newer releases don't have it. Check results before you trust them.",
    "reason.rocm-in-wsl": "Inside WSL, the {subject} ({has}) is seen only with AMD's ROCm for WSL, which no PyTorch build brings along.",
    "reason.embedded-board": "This is a {subject}: its GPU needs its maker's own PyTorch.",
    "reason.embedded-system": "The kernel {subject} is that of a Jetson: its GPU needs its maker's own PyTorch.",
    "reason.container-without-gpus": "Driver {has} is loaded, yet this container ({subject}) sees no GPU: it was probably started without --gpus all.",
    "reason.driver-forward": "Driver {has} starts {subject} builds through NVIDIA's forward-compatibility package (cuda-compat), which was found here.",
    "reason.platform-ended": "{has} is the last release known to have builds for {subject}; elsewhere the newest is {needs}.",
    "reason.windows-too-old": "{subject} runs no Python newer than {has}: from {needs} on a newer Windows is needed.",
    "reason.drivers-differ": "Several drivers are reported for the {subject} cards ({has}); the choice was made for the oldest, {needs}.",
    "reason.wsl-1-no-gpu": "WSL 1 has no way to the GPU. In Windows, wsl --set-version {has} 2 makes it a WSL 2, which has one.",
    "reason.gpu-of-other-kind": "The {subject} needs a build for {needs}; {has} is not one, and no build serves both kinds.",
    "reason.published-without-device": "{subject} was published for this system, without support for the {has}. Of the releases known here, {about} is the first with builds for such cards, and {needs} the newest.",
    "reason.computes-through-mps": "{about} computes on the {subject} through MPS; on macOS the name of the build does not tell.",
    "reason.macos-without-mps": "PyTorch computes on the {subject} from macOS {needs} on; this is macOS {has}. Update macOS to use the GPU.",
    "remedy.driver-ends": "Update the driver to {driver} or newer (now {has}): then {stack} fits. It ends support for the {lost}, which is served now.",
    "remedy.driver-alone": "For the {name} alone there is {stack}: update the driver to {driver} or newer (now {has}), and add --use-gpu {gpu}.",
    "remedy.older-driver-alone": "For the {name} alone there is {stack}: go back to driver branch {driver}, and add --use-gpu {gpu}.",
    "remedy.older-driver-ends": "Go back to driver branch {driver}: then {stack} fits. It does not support the {lost}, which is served now.",
    "remedy.native-build": "The driver knows the CUDA of {stack} itself; what is known of it is {certainty}. To take it, add --build {build}.",
    "remedy.native-build-with": "The driver knows the CUDA of {stack} itself, and it has {names}; what is known of it is {certainty}. To take it, add --build {build}.",
    "remedy.glibc-system": "{stack} would fit on a system with {needs} (now {has}): Debian, Ubuntu or Fedora, or a container of one of them.",
    "remedy.gfx-override": "{stack} runs on the {name} with {setting}; unofficial. To take it, add --build {build}.",
    "remedy.named-build": "{stack} computes on the {name}. It is taken only where it is named: add --build {build}.",
    "remedy.rocm-in-wsl": "{stack} runs on the {name} once AMD's ROCm for WSL is installed. To take it, add --build {build}.",
}
