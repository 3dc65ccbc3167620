"""Messages of ``doctor``."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.doctor.summary": "check everything from the card to the notebook, and say what is wrong",
    "cli.doctor.examples": "examples:\n  torchup doctor\n  torchup doctor demo\n  torchup doctor --all -v\n  torchup doctor --machine machine.json --json",
    "cli.option.doctor-all": "compare every environment with its record, file by file",
    "cli.option.doctor-verbose": "say why of every line",
    "doctor.anew": "make a new environment that fits, and leave this one as it is",
    "doctor.broken": "The environment {name} is not in order.",
    "doctor.count": "errors: {errors}, warnings: {warnings}",
    "doctor.kernel-gone": "The Jupyter kernel “{title}” starts a Python that is gone ({python}).",
    "doctor.kernel-remove": "take the kernel out of the list",
    "doctor.no-stack": "No PyTorch that is known fits this machine as it is.",
    "doctor.not-verified": "The environment {name} was not verified since it was changed.",
    "doctor.one-machine": "doctor looks at one machine; the file holds {count}.",
    "doctor.one-machine.hint": "Give it a file with one machine; torchup plan --machine FILE takes many.",
    "doctor.one-thing": "NAME, --all and --machine name three different things.",
    "doctor.one-thing.hint": "Name one of them; torchup doctor alone looks at this whole machine.",
    "doctor.reach": "look at the network, the proxy and the mirrors",
    "checks.refused": "{path} can't be looked at: {why}.",
    "doctor.look.answer": "what fits",
    "doctor.look.conda": "conda",
    "doctor.look.files": "files",
    "doctor.look.software": "what is installed",
    "doctor.look.sources": "sources",
    "doctor.looked-at": "{name} ({done} of {total})",
    "doctor.repair": "put it in order, whole or not at all",
    "doctor.unreachable": "{url} does not answer.",
    "doctor.verify": "compute inside it",
    "doctor.well": "Nothing is wrong.",
}
