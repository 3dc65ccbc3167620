"""Messages about the chain from the card to the notebook."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.option.diagram": "draw the chain from the card to the notebook, each link with its state; into FILE.svg if one is named",
    "cli.diagram-and-json": "--diagram is for people: it goes neither with --json nor with --save.",
    "cli.diagram-and-json.hint": "torchup probe --json",
    "chain.title": "What a computation hangs on",
    "chain.driver-amd": "The driver hands the card to programs, through /dev/kfd.",
    "chain.driver": "The driver brings libcuda, and the highest CUDA that programs may use.",
    "chain.label.driver": "Driver",
    "chain.runtime": "What the driver knows by itself. To run PyTorch no CUDA has to be installed.",
    "chain.label.runtime": "Driver's CUDA",
    "chain.runtime-and-toolkit": "What the driver knows by itself. The toolkit here ({toolkits}) compiles extensions; PyTorch runs without it.",
    "chain.label.build": "Build",
    "chain.build": "The wheel brings {runtime} along; the driver has to start it.",
    "chain.build-cpu": "This build computes on the processor.",
    "chain.build-other": "This build computes on the device {device}.",
    "chain.no-build": "No build fits this machine.",
    "chain.label.python": "Python",
    "chain.python-here": "It is installed here.",
    "chain.python-to-come": "torchup create downloads it.",
    "chain.label.environment": "Environment",
    "chain.no-environment": "None yet: torchup create NAME makes one.",
    "chain.verified": "PyTorch has computed in it.",
    "chain.not-verified": "Nobody has computed in it yet: torchup verify NAME does.",
    "chain.label.notebook": "Notebook",
    "chain.notebook": "This kernel computes in {name}.",
    "chain.notebook-gone": "This kernel points into {name}, and its Python is gone.",
    "chain.no-notebook": "No Jupyter kernel computes in one of torchup's environments.",
    "chain.label.card": "Card",
    "chain.card-none": "PyTorch computes on the processor here.",
    "chain.card-unknown": "Which cards there are is not known.",
    "chain.card-served": "The build has code for it.",
    "chain.card-not-served": "The build has no code for it.",
    "chain.card-waits": "Nothing is chosen for it yet; see below.",
    "chain.driver-missing": "Without a driver no program reaches the card.",
    "chain.driver-unknown": "Which driver there is is not known.",
}
