"""Messages about machines in words."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.help.machine": "another machine",
    "cli.option.gpu": "a card of the machine that is planned for, by name (“3060 laptop”), architecture (sm_86) or PCI id; may be repeated; “none” for no card",
    "cli.option.driver": "its driver's version (535 or 535.183.01); “none” for no driver",
    "cli.option.os": "its system",
    "cli.option.arch": "its processor",
    "cli.option.urls": "print the exact files' addresses, sizes and hashes, for a download program",
    "cli.option.wheels": "take the framework's wheels from this folder, and others where it has them",
    "cli.urls.no-size": "size unknown",
    "ask.no-wheels": "There are no wheels in {path}.",
    "ask.no-wheels.hint": "torchup plan --urls lists the files to put there.",
    "cli.option.print": "print only the commands that give this stack with another tool",
    "pasting.no-image": "There is no image of Python {python} to build a container on.",
    "pasting.no-image.hint": "Choose a Python without the t: --python 3.13",
    "pasting.no-container": "Windows {has} runs no Linux containers: they need WSL 2, which came with Windows 10.",
    "pasting.no-container.hint": "torchup plan --print pip",
    "pasting.of-conda": "This stack is conda's, and {form} can't install conda's packages.",
    "pasting.of-conda.hint": "torchup plan --backend conda --print conda     or leave --backend conda out",
    "pasting.wheels-in-image": "An image can't be built from a folder of this machine ({path}).",
    "pasting.wheels-in-image.hint": "Leave --wheels out, or print the commands of another tool: --print pip",
    "cli.container.wsl": "For Docker Desktop with WSL 2: Linux containers there use the NVIDIA driver of Windows.",
    "cli.container.xpu": "Add Intel's own driver (Level Zero) to this image: PyTorch brings none along. https://dgpu-docs.intel.com",
    "cli.container.lost": "A Linux container on {system} can't use the {name}.",
    "describe.ambiguous-gpu": "“{name}” may be several cards: {choices}.",
    "describe.ambiguous-gpu.hint": "Say which: --gpu {arch}, or its PCI id (lspci -nn shows it).",
    "describe.unknown-gpu": "No card called “{name}” is known.",
    "describe.unknown-gpu.hint": "Give its architecture (--gpu sm_86) or its PCI id (lspci -nn shows it).",
    "describe.unknown-gpu-but": "No card called “{name}” is known. Near it: {near}.",
    "describe.unknown-gpu-but.hint": "Give one of these names, the architecture (--gpu sm_86), or the PCI id (lspci -nn shows it).",
    "describe.cuda-not-driver": "{driver} is a version of CUDA, not of a driver.",
    "describe.cuda-not-driver.hint": "nvidia-smi shows both: write the number after “Driver Version”, such as 535.183.01.",
    "describe.not-a-driver": "“{driver}” is not a driver's version.",
    "describe.not-a-driver.hint": "Write it as nvidia-smi shows it, such as 535.183.01, or 535 for the branch.",
    "describe.one-machine": "This can be answered for one machine at a time; the file has {count}.",
    "describe.one-machine.hint": "Give a file with one machine, or use torchup plan, which answers for all.",
}
